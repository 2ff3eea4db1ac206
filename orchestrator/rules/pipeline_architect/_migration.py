"""The edits that move a whole file from `dlt` to `pyspark.pipelines`; none where one use cannot be moved for sure."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from orchestrator.code.frames import Frame, RootKind, returned
from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.datasets import Dataset
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.types import Edit

_SAME = frozenset(
    {"expect", "expect_or_drop", "expect_or_fail", "expect_all", "expect_all_or_drop", "expect_all_or_fail",
     "append_flow", "create_streaming_table", "create_auto_cdc_flow", "create_auto_cdc_from_snapshot_flow",
     "create_sink"}
)  # fmt: skip
"""Functions of the same name and meaning in both modules."""
_RENAMED = {
    "create_streaming_live_table": "create_streaming_table",
    "apply_changes": "create_auto_cdc_flow",
    "apply_changes_from_snapshot": "create_auto_cdc_from_snapshot_flow",
}
_READS = {"read": "spark.read.table", "read_stream": "spark.readStream.table"}
_TABLE_ARGUMENTS = frozenset(
    {"name", "comment", "spark_conf", "table_properties", "partition_cols", "cluster_by", "schema", "row_filter"}
)
_VIEW_ARGUMENTS = frozenset({"name", "comment"})
_LIVE = re.compile(r"\blive\.", re.IGNORECASE)
"""The virtual schema of pipelines in legacy publishing mode, which are left as they are."""
_BATCH = frozenset({RootKind.TABLE, RootKind.FILES, RootKind.SQL, RootKind.LITERAL, RootKind.RANGE})


def migration(file: PythonFile, facts: Facts, statement: ast.stmt) -> tuple[Edit, ...]:
    """Every edit of the file, the import's first; empty where some use has no certain counterpart."""
    if not _is_plain_import(file, statement) or _is_taken(file, "dp") or _LIVE.search(file.source.text):
        return ()
    edits = [file.edit(statement, "from pyspark import pipelines as dp")]
    decorators = {_function(dataset.decorator): dataset for dataset in facts.datasets(file)}
    for name in file.nodes(ast.Name):
        if name.id != "dlt":
            continue
        use = file.parent(name)
        new = _counterpart(file, facts, use, decorators) if isinstance(use, ast.Attribute) else None
        if new is None or use is None:
            return ()
        edits.append(file.edit(use, new))
    return tuple(edits)


def _is_plain_import(file: PythonFile, statement: ast.stmt) -> bool:
    """Whether it is `import dlt` alone, at the top of the file, and the only import of it."""
    if not isinstance(statement, ast.Import) or len(statement.names) != 1 or statement.names[0].asname:
        return False
    imports = [each for each in file.nodes(ast.Import) if any(alias.name == "dlt" for alias in each.names)]
    others = [each for each in file.nodes(ast.ImportFrom) if (each.module or "").split(".")[0] == "dlt"]
    return len(imports) == 1 and not others and isinstance(file.parent(statement), ast.Module)


def _is_taken(file: PythonFile, name: str) -> bool:
    arguments = any(argument.arg == name for argument in file.nodes(ast.arg))
    return arguments or name in file.imports or any(use.id == name for use in file.nodes(ast.Name))


def _function(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _counterpart(file: PythonFile, facts: Facts, use: ast.Attribute, decorators: dict[ast.expr, Dataset]) -> str | None:
    """What stands for `dlt.<name>` in the new module; None where that is not certain."""
    dataset = decorators.get(use)
    if use.attr in _SAME:
        return f"dp.{use.attr}"
    if use.attr in _RENAMED:
        return f"dp.{_RENAMED[use.attr]}"
    if use.attr in _READS:
        return _READS[use.attr] if _reads_one(file, use) else None
    if dataset is None or not _has_only(dataset, _VIEW_ARGUMENTS if use.attr == "view" else _TABLE_ARGUMENTS):
        return None
    if use.attr == "view":
        return "dp.temporary_view"
    return _table(file, facts, dataset) if use.attr == "table" else None


def _reads_one(file: PythonFile, use: ast.Attribute) -> bool:
    """Whether it is a call with one name, in a file that has a session."""
    call = as_call(file.parent(use))
    single = call is not None and len(call.node.args) == 1 and not call.node.keywords
    return single and any(name.id == "spark" for name in file.nodes(ast.Name))


def _has_only(dataset: Dataset, allowed: frozenset[str]) -> bool:
    if not isinstance(dataset.decorator, ast.Call):
        return True
    return not dataset.decorator.args and all(given.arg in allowed for given in dataset.decorator.keywords)


def _table(file: PythonFile, facts: Facts, dataset: Dataset) -> str | None:
    """`dp.table` for a stream, `dp.materialized_view` for a batch; None where the body does not show which."""
    frames = [facts.frame(file, value) for value in returned(file, dataset.function)]
    if not frames:
        return None
    if all(_streams(frame) for frame in frames):
        return "dp.table"
    return "dp.materialized_view" if all(_is_batch(frame) for frame in frames) else None


def _streams(frame: Frame) -> bool:
    return bool(frame.roots) and all(root.streaming for root in frame.roots)


def _is_batch(frame: Frame) -> bool:
    roots = (*frame.roots, *frame.joined)
    return bool(roots) and all(root.kind in _BATCH and not root.streaming for root in roots)
