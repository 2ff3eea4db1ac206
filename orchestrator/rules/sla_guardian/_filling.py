"""When a table is filled: the starts of every job and pipeline of production that writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.roles import Role
from orchestrator.code.sql import CreateTable
from orchestrator.code.tables import Use, name_parts, normalised
from orchestrator.rules.sla_guardian._times import longest_pause, period

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding, Job, Target
    from orchestrator.code.facts import Facts
    from orchestrator.code.tables import TableUse
    from orchestrator.types import Location


class Filling(NamedTuple):
    """One job that fills a table, the longest pause between its starts in minutes, and where that is written."""

    job: str
    target: str
    pause: int
    location: Location


def fillings(facts: Facts, table: str, schemas: frozenset[str]) -> tuple[Filling, ...] | None:
    """How production fills a table; None where one way is not known, or is faster than a clock says."""
    found: list[Filling] = []
    for path in _writers(facts, table, schemas):
        bindings = [binding for binding in facts.bindings(path) if _is_live(binding)]
        jobs = [(job, binding.target) for binding in bindings for job in _jobs(binding)]
        if not jobs or any(binding.pipeline and not tuple(_jobs(binding)) for binding in bindings):
            return None
        for job, target in jobs:
            one = _filling(job, target)
            if one is None:
                return None
            found.append(one)
    return tuple(found) or None


def _writers(facts: Facts, table: str, schemas: frozenset[str]) -> frozenset[str]:
    """The files that write the table, by their own SQL and Python and as datasets of pipelines."""
    uses = (use for use in facts.tables.uses if _is_of(use.name, table, schemas) and _writes(use))
    paths = {use.location.path for use in uses}
    for file in facts.project.python:
        if any(_is_of(normalised(dataset.name), table, schemas) for dataset in facts.datasets(file)):
            paths.add(file.path)
    return frozenset(path for path in paths if facts.role(path) is not Role.TEST)


def _writes(use: TableUse) -> bool:
    details = use.statement.details if use.statement is not None and use.use is Use.DECLARE else None
    return use.use.writes or (isinstance(details, CreateTable) and details.as_select and details.form != "view")


def _is_of(name: str, table: str, schemas: frozenset[str]) -> bool:
    """Whether a written name may be that of the table: equal at its end, and in one of the schemas if it says one."""
    *outer, last = name_parts(name)
    return last == table and (not outer or not schemas or "{" in outer[-1] or outer[-1] in schemas)


def _is_live(binding: Binding) -> bool:
    return binding.production or not binding.bundle.declares_targets


def _jobs(binding: Binding) -> Iterator[Job]:
    """The job that a binding belongs to, or those that start its pipeline."""
    if binding.job is not None:
        yield binding.job
    elif binding.pipeline is not None and not binding.pipeline.continuous:
        wanted = f"${{resources.pipelines.{binding.pipeline.key}.id}}"
        yield from (job for job in binding.target.jobs if any(task.pipeline_id == wanted for task in job.all_tasks))


def _filling(job: Job, target: Target) -> Filling | None:
    called = f"${{resources.jobs.{job.key}.id}}"
    if any(task.run_job_id == called for other in target.jobs for task in other.all_tasks):
        return None
    if not job.is_scheduled or target.triggers_paused or job.continuous is not None:
        return None
    if job.schedule is not None and job.schedule.quartz and job.trigger is None:
        pause, place = longest_pause(job.schedule.quartz), job.schedule.node.key_location("quartz_cron_expression")
    elif job.trigger is not None and job.trigger.kind == "periodic" and job.schedule is None:
        pause = period(job.trigger.interval, job.trigger.unit)
        place = job.trigger.node.key_location("periodic")
    else:
        return None
    return Filling(job.key, target.name, pause, place) if pause is not None else None
