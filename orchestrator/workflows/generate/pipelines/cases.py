"""The made-up rows that the generated tests and the dry run use, and what they expect of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from orchestrator.workflows.generate.pipelines.forms import ROWS, breaking, form, rows, value, values_for
from orchestrator.workflows.generate.pipelines.graph import HISTORY, columns_of, ordered, source_of
from orchestrator.workflows.generate.pipelines.model import Column, Language, Pipeline
from orchestrator.workflows.generate.pipelines.shape import Built, built

Kept = Mapping[str, tuple[JsonValue, ...]]


def sample_files(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """For each source the rows that a dry run reads, as JSON lines."""
    kept = _kept(pipeline)
    for source in pipeline.sources:
        lines = [json.dumps(dict(row), ensure_ascii=False) for row in rows(source, kept)]
        yield f"samples/{source.name}/rows.jsonl", "\n".join(lines) + "\n"


def cases(pipeline: Pipeline, language: Language) -> dict[str, JsonValue]:
    """What the tests read: rows and schemas by dataset, what breaks which rule, and what a table must look like."""
    kept = _kept(pipeline)
    tables = [table for table in built(pipeline, ordered(pipeline)) if _is_known(table)]
    reads: dict[str, JsonValue] = {}
    schemas: dict[str, JsonValue] = {}
    made: dict[str, JsonValue] = {}
    for table in tables:
        if table.is_judged or table.is_shaped:
            names = _reads(table)
            shown = [_shown(table, name, number, language) for number, name in enumerate(names)]
            reads[_dataset(table)] = list(shown)
            for name, label in zip(names, shown, strict=True):
                schemas[label] = _ddl(columns_of(pipeline, name))
                made[label] = _made(pipeline, name, kept)
    return {
        "reads": reads,
        "schemas": schemas,
        "rows": made,
        "breaks": [case for table in tables if table.is_judged for case in _breaks(table)],
        "results": {table.table.name: _result(table) for table in tables if table.is_shaped and not table.is_judged},
    }


def _kept(pipeline: Pipeline) -> Kept:
    """Values that keep every condition of a known form, and those that sources list, by column."""
    listed: dict[str, tuple[JsonValue, ...]] = {
        column.name: tuple(column.values) for source in pipeline.sources for column in source.columns if column.values
    }
    return {**listed, **values_for(each for table in pipeline.tables for each in table.expectations)}


def _reads(table: Built) -> tuple[str, ...]:
    return (table.table.reads, *(join.table for join in table.table.joins))


def _shown(table: Built, name: str, number: int, language: Language) -> str:
    """The name under which the generated code reads it."""
    return table.dataset(name, streaming=number == 0 and table.streams) if language == "sql" else name


def _dataset(table: Built) -> str:
    return f"checked_{table.table.name}" if table.is_judged else table.table.name


def _is_known(table: Built) -> bool:
    """Whether the types of all columns that it reads are known: without them no rows can be made up."""
    return all(None not in columns_of(table.pipeline, name).values() for name in _reads(table))


def _ddl(columns: Mapping[str, str | None]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def _made(pipeline: Pipeline, name: str, kept: Kept) -> list[JsonValue]:
    columns = [Column(name=column, type=kind or "STRING") for column, kind in columns_of(pipeline, name).items()]
    source = source_of(pipeline, name)
    if source is not None:
        listed = {column.name: column for column in source.columns}
        columns = [listed.get(column.name, column) for column in columns]
    return [{column.name: _value(column, number, kept) for column in columns} for number in range(1, ROWS + 1)]


def _value(column: Column, number: int, kept: Kept) -> JsonValue:
    """A made-up value; rows of a table with history are those that hold now."""
    return None if column.name == HISTORY[1] else value(column, number, kept.get(column.name, ()))


def _breaks(table: Built) -> Iterator[JsonValue]:
    """Rules of a known form on a column that comes as it is read: dataset, rule, column, and the value that breaks."""
    read = columns_of(table.pipeline, table.table.reads)
    renamed = {each.name: each.expression for each in table.table.columns}
    passed = {name: kind for name, kind in read.items() if renamed.get(name, name) == name}
    for rule, found in breaking(table.rules("quarantine"), passed):
        if table.table.where is None or form(table.table.where) is None or found.column not in table.table.where:
            yield [_dataset(table), rule, found.column, _typed(found.breaks, passed[found.column])]


def _typed(breaks: JsonValue, kind: str | None) -> JsonValue:
    whole = isinstance(breaks, float) and breaks.is_integer() and (kind or "").endswith(("INT", "INTEGER", "LONG"))
    return int(breaks) if whole and isinstance(breaks, float) else breaks


def _result(table: Built) -> JsonValue:
    declared = {each.name: each.type for each in table.table.columns if each.type is not None}
    return {
        "columns": list(table.columns),
        "types": ", ".join(f"`{name}` {kind}" for name, kind in declared.items()),
        "key": list(table.table.key if table.table.changes is None else ()),
    }
