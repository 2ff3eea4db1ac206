"""Whether a file runs on Spark Connect, as far as the project says it: serverless or standard compute."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding
    from orchestrator.code.bundle.compute import Compute


class Place(NamedTuple):
    """Why a file runs on Spark Connect, in words, and whether a bundle says so of this very file."""

    reason: str
    certain: bool


def connect_place(file: PythonFile, facts: Facts) -> Place | None:
    """Where the file runs on Spark Connect; None where it does not, or nothing in the project says so."""
    bindings = facts.bindings(file.path)
    if bindings:
        found = next((binding for binding in bindings if is_connect(binding.compute)), None)
        return Place(f"{_runner(found)} {_kind(found.compute)}", certain=True) if found is not None else None
    computes = _project_compute(facts)
    if computes and all(is_connect(compute) for compute in computes):
        return Place(f"all the bundle's code runs on {_kind(computes[0])}", certain=False)
    if not computes and file.imports_any("databricks.connect") and not _builds_classic(file):
        return Place("the session comes from Databricks Connect", certain=False)
    return None


def _builds_classic(file: PythonFile) -> bool:
    """Whether the file also makes a session of plain PySpark, for runs without Databricks."""
    return any(
        node.attr == "builder" and (file.dotted(node.value) or "").startswith("pyspark.")
        for node in file.nodes(ast.Attribute)
    )


def is_connect(compute: Compute) -> bool:
    """Whether the compute is serverless or in standard access mode."""
    if compute.kind == "warehouse":
        return False
    return compute.serverless or compute.kind == "serverless" or compute.access_mode == "standard"


def _kind(compute: Compute) -> str:
    return "compute in standard access mode" if compute.access_mode == "standard" else "serverless compute"


def _runner(binding: Binding) -> str:
    if binding.task is not None:
        return f"task {binding.task.key!r} runs it on"
    return f"pipeline {binding.pipeline.key!r} runs it on" if binding.pipeline is not None else "it runs on"


def _project_compute(facts: Facts) -> list[Compute]:
    """The compute of every task and pipeline that runs code."""
    bundles = facts.project.bundles
    if not bundles:
        return []
    return [binding.compute for bindings in facts.compute.by_path.values() for binding in bindings]
