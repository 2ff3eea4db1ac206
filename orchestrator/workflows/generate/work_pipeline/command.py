"""`work-pipeline NAME`: builds plan.yaml into the files of a declarative pipeline, with tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.building import made
from orchestrator.workflows.generate.pipelines.graph import read_by
from orchestrator.workflows.generate.pipelines.model import LAYERS, Layer, Pipeline
from orchestrator.workflows.generate.pipelines.plan import Plan, part_faults, plan_faults, stopped
from orchestrator.workflows.generate.pipelines.reading import Document
from orchestrator.workflows.generate.pipelines.sources import completed
from orchestrator.workflows.generate.shape import Generate, Generated

_EPILOG = """examples:
  orchestrate work-pipeline shop-revenue --dry-run
  orchestrate work-pipeline shop-revenue --layer silver --check full --python .venv/bin/python
"""


class WorkPipeline(Parameters):
    """What is asked for."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    plan: Path | None = None
    layer: Layer | None = None
    into: Path = Path()


def _generated(asked: WorkPipeline, site: Site) -> Generated:
    path = asked.plan or Path("plans") / f"{asked.name}.yaml"
    if not site.path(path).is_file():
        raise UsageError(f"there is no plan {str(path)!r}; make one with `orchestrate plan-pipeline {asked.name}`")
    document = Document(site.path(path), path)
    plan, notes = _read(document, site)
    document.refuse(plan_faults(plan))
    if plan.pipeline.name != asked.name:
        raise UsageError(f"{path} is the plan of {plan.pipeline.name!r}, not of {asked.name!r}")
    halted = stopped(plan)
    pipeline = _built(plan.pipeline, halted, asked.layer)
    document.refuse(part_faults(plan, pipeline))
    return made(
        pipeline,
        plan.language,
        site.path(asked.into),
        notes=notes,
        questions=tuple(each.question for each in plan.questions),
        tables=(_standing(plan.pipeline, pipeline, halted),),
    )


def _read(document: Document, site: Site) -> tuple[Plan, tuple[str, ...]]:
    """The plan with the columns that its source tables have, where a workspace is named."""
    written = document.read(Plan)
    pipeline, notes = completed(written.pipeline, site)
    return written.model_copy(update={"pipeline": pipeline}), notes


def _built(pipeline: Pipeline, halted: dict[str, str], layer: Layer | None) -> Pipeline:
    """The part of the pipeline that is built: up to the layer, without what a question stops.

    Raises:
        UsageError: nothing is left.
    """
    last = LAYERS.index(layer) if layer else len(LAYERS)
    tables = tuple(table for table in pipeline.tables if table.name not in halted and LAYERS.index(table.layer) <= last)
    if not tables:
        why = next(iter(halted.values()), f"the plan has no table of the layer {layer}")
        raise UsageError(f"nothing of {pipeline.name!r} can be built: {why}")
    read = {name for table in tables for name in read_by(table)}
    sources = tuple(source for source in pipeline.sources if source.name in read)
    return pipeline.model_copy(update={"tables": tables, "sources": sources})


def _standing(planned: Pipeline, built: Pipeline, halted: dict[str, str]) -> Table:
    done = {table.name for table in built.tables}
    rows = tuple((each.name, each.layer, _state(each.name, done, halted)) for each in planned.tables)
    return Table(title="Planned tables", columns=("table", "layer", "state"), rows=rows)


def _state(name: str, done: set[str], halted: dict[str, str]) -> str:
    if name in done:
        return "built"
    return f"stopped: {halted[name]}" if name in halted else "not begun"


COMMAND = Generate(parameters=WorkPipeline, generate=_generated, epilog=_EPILOG)
