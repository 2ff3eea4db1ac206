"""Whether an expression is a Spark frame for sure: what every rule on DataFrame calls asks first."""

from __future__ import annotations

import ast

from orchestrator.code.facts import Facts
from orchestrator.code.frames import RootKind
from orchestrator.code.python import Call, PythonFile

_SPARK_PACKAGES = ("pyspark", "delta", "databricks.connect", "dlt")
_VAGUE = frozenset({RootKind.UNKNOWN, RootKind.PARAMETER})
_OTHER_FRAMES = ("polars", "ibis", "snowflake", "duckdb", "sqlalchemy", "django", "dask")


def uses_spark(file: PythonFile) -> bool:
    """Whether the file works with Spark: it imports it, or is a notebook, where a session is given."""
    return file.imports_any(*_SPARK_PACKAGES) or file.notebook is not None


def is_spark_frame(file: PythonFile, facts: Facts, node: ast.expr | None) -> bool:
    """Whether the expression is a Spark DataFrame by its source, its operations, its annotation or its name.

    A name ending in `df` counts only in a file that works with Spark and with no other kind of frame.
    """
    if is_certain_frame(file, facts, node):
        return True
    if not frame_name(node).endswith("df") or not uses_spark(file) or file.imports_any(*_OTHER_FRAMES):
        return False
    return not file.imports_any("pandas") or _is_asked_as_spark(file, node)


def _is_asked_as_spark(file: PythonFile, node: ast.expr | None) -> bool:
    """Whether a method is called on the expression that frames of pandas lack."""
    parent = file.parent(node) if node is not None else None
    return isinstance(parent, ast.Attribute) and parent.attr in {"collect", "toPandas", "toLocalIterator", "isEmpty"}


def is_certain_frame(file: PythonFile, facts: Facts, node: ast.expr | None) -> bool:
    """Whether the expression is a Spark DataFrame by more than its name."""
    frame = facts.frame(file, node)
    if any(root.kind not in _VAGUE for root in frame.roots) and not file.imports_any("snowflake"):
        return True
    if frame.is_dataframe and uses_spark(file):
        return True
    if any(_takes_columns(file, step) for step in frame.operations):
        return True
    arguments = [root.node for root in frame.roots if isinstance(root.node, ast.arg)]
    return any(is_frame_annotation(file, argument.annotation) for argument in arguments)


def _takes_columns(file: PythonFile, step: Call) -> bool:
    """Whether an argument is made by Spark's functions: no other kind of frame takes such a column."""
    calls = (part for given in step.node.args for part in ast.walk(given) if isinstance(part, ast.Call))
    return any((file.dotted(call.func) or "").startswith("pyspark.sql.functions.") for call in calls)


def is_frame_annotation(file: PythonFile, annotation: ast.expr | None) -> bool:
    """Whether an annotation names Spark's `DataFrame`, also as `DataFrame | None` or as a string."""
    if isinstance(annotation, ast.BinOp):
        return is_frame_annotation(file, annotation.left) or is_frame_annotation(file, annotation.right)
    if isinstance(annotation, ast.Subscript):
        return file.dotted(annotation.value) == "typing.Optional" and is_frame_annotation(file, annotation.slice)
    if isinstance(annotation, ast.Constant):
        written = annotation.value if isinstance(annotation.value, str) else ""
        return written.rsplit(".", 1)[-1] == "DataFrame" and (
            "pyspark" in file.imports.get(written.split(".", maxsplit=1)[0], "")
        )
    dotted = file.dotted(annotation) or ""
    return dotted.endswith("DataFrame") and dotted.startswith("pyspark.sql")


def frame_name(node: ast.expr | None) -> str:
    """The lower-case name that stands at the start of a chain, the attribute's for `self.df`; empty for none."""
    while isinstance(node, ast.Call):
        node = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(node, ast.Attribute):
        return node.attr.lower()
    return node.id.lower() if isinstance(node, ast.Name) else ""
