"""Datasets of Lakeflow declarative pipelines: functions decorated with `dlt` or `pyspark.pipelines`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile, as_call

_MODULES = {"dlt": "dlt", "pyspark.pipelines": "pipelines", "databricks.pipelines": "pipelines"}
_DATASETS = frozenset(
    {"table", "view", "materialized_view", "temporary_view", "append_flow", "create_table", "create_view"}
)
Api = Literal["dlt", "pipelines"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """One dataset function: `kind` is the decorator's name, `api` the module it comes from."""

    name: str
    kind: str
    api: Api
    function: FunctionNode
    decorator: ast.expr
    expectations: tuple[Call, ...]


def pipeline_name(file: PythonFile, node: ast.expr) -> tuple[Api, str] | None:
    """The API and the function name behind an expression such as `dp.table`, or None where it is another module's."""
    dotted = file.dotted(node)
    if dotted is None:
        return None
    module, _, name = dotted.rpartition(".")
    if module == "dlt" and not _is_pipeline_dlt(file):
        return None
    if module in _MODULES:
        return ("dlt" if module == "dlt" else "pipelines"), name
    return None


@lru_cache(maxsize=8)
def _is_pipeline_dlt(file: PythonFile) -> bool:
    """Whether `dlt` is Databricks' module and not the load tool of the same name (`dlt.pipeline`, `dlt.source`)."""
    other = {"pipeline", "source", "resource", "secrets", "destinations"}
    used = {
        node.attr for node in file.nodes(ast.Attribute) if isinstance(node.value, ast.Name) and node.value.id == "dlt"
    }
    return not used & other


def find_datasets(file: PythonFile) -> tuple[Dataset, ...]:
    """The dataset functions of the file, in source order."""
    if not file.imports_any("dlt", "pyspark", "databricks"):
        return ()
    functions: list[FunctionNode] = [*file.nodes(ast.FunctionDef), *file.nodes(ast.AsyncFunctionDef)]
    found = [dataset for function in functions for dataset in _datasets(file, function)]
    return tuple(sorted(found, key=lambda dataset: dataset.function.lineno))


def _datasets(file: PythonFile, function: FunctionNode) -> Iterator[Dataset]:
    names = [(decorator, _decorator_name(file, decorator)) for decorator in function.decorator_list]
    expectations = tuple(
        call
        for decorator, name in names
        if name is not None and name[1].startswith("expect") and (call := as_call(decorator)) is not None
    )
    for decorator, name in names:
        if name is None or name[1] not in _DATASETS:
            continue
        call = as_call(decorator)
        given = file.pattern(call.argument(-1, "name")) if call is not None else None
        yield Dataset(
            name=given or function.name,
            kind=name[1],
            api=name[0],
            function=function,
            decorator=decorator,
            expectations=expectations,
        )


def _decorator_name(file: PythonFile, decorator: ast.expr) -> tuple[Api, str] | None:
    return pipeline_name(file, decorator.func if isinstance(decorator, ast.Call) else decorator)
