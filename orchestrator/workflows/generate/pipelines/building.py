"""From a pipeline without faults to what the driver of generate commands writes."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.types import Table as Shown
from orchestrator.workflows.generate.pipelines.graph import ordered
from orchestrator.workflows.generate.pipelines.model import Language, Pipeline
from orchestrator.workflows.generate.pipelines.project import files, remarks
from orchestrator.workflows.generate.shape import Generated


def made(
    pipeline: Pipeline,
    language: Language,
    into: Path,
    *,
    notes: tuple[str, ...] = (),
    questions: tuple[str, ...] = (),
    tables: tuple[Shown, ...] = (),
) -> Generated:
    """The files of the pipeline, with a table of its datasets.

    Raises:
        UsageError: the language cannot say what the pipeline wants.
    """
    if language == "sql":
        _refuse_counted(pipeline)
    return Generated(
        into=into,
        files=files(pipeline, language, into),
        tables=(_datasets(pipeline), *tables),
        notes=(*notes, *remarks(pipeline, into)),
        questions=questions,
        following="the tests and `databricks bundle validate --strict -t dev` in the bundle",
        run_in=".",
    )


def _refuse_counted(pipeline: Pipeline) -> None:
    for table in pipeline.tables:
        for each in table.expectations:
            if each.action == "warn":
                raise UsageError(
                    f"the expectation {each.name!r} of {table.name!r} only counts rows, and open-source Spark reads no "
                    "constraint in SQL that could; write quarantine, drop or fail, or take --language python"
                )


def _datasets(pipeline: Pipeline) -> Shown:
    rows = tuple(
        (
            table.name,
            table.layer,
            f"{table.kind.replace('_', ' ')}{f', AUTO CDC type {table.changes.scd}' if table.changes else ''}",
            ", ".join([table.reads, *(join.table for join in table.joins)]),
            ", ".join(table.key) or "none",
            str(len(table.expectations)),
        )
        for table in ordered(pipeline)
    )
    return Shown(title="Datasets", columns=("table", "layer", "kind", "reads", "key", "expectations"), rows=rows)
