"""Every place where Python code writes a frame: batch writers, streams and Delta merges."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.frames import Frame, Frames, option_of
from orchestrator.code.python import Call, PythonFile, as_call

_BATCH_ENDS = frozenset({"saveAsTable", "insertInto", "save", "parquet", "csv", "json", "orc", "text", "jdbc", "delta"})
_V2_ENDS = frozenset({"append", "overwrite", "overwritePartitions", "create", "createOrReplace", "replace"})
_STREAM_ENDS = frozenset({"start", "toTable", "table"})
TABLE_ENDS = frozenset({"saveAsTable", "insertInto", "toTable", "table"}) | _V2_ENDS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Write:
    """One write: `frame` is what is written, `target` the expression of the table name or path.

    `mode` is the constant save mode in lower case ("append" for the V2 verbs that append), None where it is not
    constant, "errorifexists" where none is given. `builder` are the calls between `df.write` and the end.
    """

    call: Call
    frame_node: ast.expr
    frame: Frame
    target: ast.expr | None
    builder: tuple[Call, ...]
    mode: str | None
    streaming: bool = False

    @property
    def verb(self) -> str:
        """The name of the call that ends the write."""
        return self.call.name

    @property
    def to_table(self) -> bool:
        """Whether the target is a table name and no path."""
        return self.call.name in TABLE_ENDS

    def option(self, name: str) -> ast.expr | None:
        """The value of a writer option, or None."""
        return option_of(self.builder, name)

    @property
    def open_ended(self) -> bool:
        """Whether options come from a variable (`**options`), so that an absent one proves nothing."""
        return any(call.unpacks for call in self.builder)

    def step(self, name: str) -> Call | None:
        """The builder call of that name: `format`, `trigger`, `foreachBatch`, `partitionBy` ..."""
        return next((call for call in reversed(self.builder) if call.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeltaMerge:
    """One `DeltaTable...merge(source, condition)`: `clauses` are the `when...` calls on it."""

    call: Call
    table: ast.expr
    source: ast.expr | None
    condition: ast.expr | None
    clauses: tuple[Call, ...]


def find_writes(file: PythonFile, frames: Frames) -> tuple[Write, ...]:
    """Every write of the file, in source order."""
    found = [*_batch(file, frames), *_second_version(file, frames), *_streams(file, frames)]
    return tuple(
        sorted(found, key=lambda write: (write.call.node.end_lineno or 0, write.call.node.end_col_offset or 0))
    )


def _batch(file: PythonFile, frames: Frames) -> Iterator[Write]:
    for call in file.calls_named(*_BATCH_ENDS):
        chain = _builder(file, call, "write")
        if chain is None:
            continue
        builder, frame_node = chain
        yield Write(
            call=call,
            frame_node=frame_node,
            frame=frames.of(frame_node),
            target=call.argument(0, "tableName" if call.name == "insertInto" else "name")
            or call.argument(0, "path")
            or option_of(builder, "path"),
            builder=builder,
            mode=_mode(file, builder, call),
        )


def _second_version(file: PythonFile, frames: Frames) -> Iterator[Write]:
    for call in file.calls_named(*_V2_ENDS):
        builder: list[Call] = [call]
        node = call.receiver
        while (inner := as_call(node)) is not None and inner.receiver is not None:
            builder.append(inner)
            if inner.name == "writeTo":
                yield Write(
                    call=call,
                    frame_node=inner.receiver,
                    frame=frames.of(inner.receiver),
                    target=inner.argument(0, "table"),
                    builder=tuple(reversed(builder)),
                    mode="append" if call.name == "append" else "overwrite",
                )
                break
            node = inner.receiver


def _streams(file: PythonFile, frames: Frames) -> Iterator[Write]:
    for call in file.calls_named(*_STREAM_ENDS):
        chain = _builder(file, call, "writeStream")
        if chain is None:
            continue
        builder, frame_node = chain
        yield Write(
            call=call,
            frame_node=frame_node,
            frame=frames.of(frame_node),
            target=call.argument(0, "path" if call.name == "start" else "tableName") or option_of(builder, "path"),
            builder=builder,
            mode=_stream_mode(file, builder),
            streaming=True,
        )


def _builder(file: PythonFile, call: Call, attribute: str) -> tuple[tuple[Call, ...], ast.expr] | None:
    """The calls of a writer chain in order, and the frame before `.write`; names between them are followed."""
    builder: list[Call] = [call]
    node: ast.expr | None = call.receiver
    for _ in range(200):
        if isinstance(node, ast.Attribute):
            return (tuple(reversed(builder)), node.value) if node.attr == attribute else None
        if isinstance(node, ast.Name):
            known = file.value_of(node)
            node = known if known is not None else _last_value(file, node)
            continue
        inner = as_call(node)
        if inner is None:
            return None
        builder.append(inner)
        node = inner.receiver
    return None


def _last_value(file: PythonFile, name: ast.Name) -> ast.expr | None:
    """The last definition of a name that is built up in steps: `w = df.writeStream`, then `w = w.option(...)`."""
    values = [
        binding.value for binding in file.definitions(name) if isinstance(binding.value, ast.Call | ast.Attribute)
    ]
    return values[-1] if values else None


def _mode(file: PythonFile, builder: tuple[Call, ...], call: Call) -> str | None:
    given = call.argument(-1, "mode")
    if given is None:
        step = next((step for step in reversed(builder) if step.name == "mode"), None)
        given = step.argument(0, "saveMode") if step is not None else None
    if call.name == "insertInto":
        overwrite = call.argument(1, "overwrite")
        if overwrite is not None:
            return "overwrite" if file.constant(overwrite) is True else "append"
        return "append" if given is None else _lower(file, given)
    return "errorifexists" if given is None else _lower(file, given)


def _stream_mode(file: PythonFile, builder: tuple[Call, ...]) -> str | None:
    step = next((step for step in reversed(builder) if step.name == "outputMode"), None)
    return "append" if step is None else _lower(file, step.argument(0, "outputMode"))


def _lower(file: PythonFile, node: ast.expr | None) -> str | None:
    value = file.string(node)
    return value.lower() if value is not None else None


def find_merges(file: PythonFile) -> tuple[DeltaMerge, ...]:
    """Every `DeltaTable` merge of the file that is executed, in source order."""
    found: list[DeltaMerge] = []
    for call in file.calls_named("execute"):
        clauses: list[Call] = []
        node = call.receiver
        while (inner := as_call(node)) is not None and inner.receiver is not None:
            if inner.name == "merge":
                found.append(
                    DeltaMerge(
                        call=inner,
                        table=inner.receiver,
                        source=inner.argument(0, "source"),
                        condition=inner.argument(1, "condition"),
                        clauses=tuple(reversed(clauses)),
                    )
                )
                break
            clauses.append(inner)
            node = inner.receiver
    return tuple(found)
