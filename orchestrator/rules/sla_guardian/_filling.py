"""When a table is filled: the starts of every job and pipeline of production that writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Writers:
    """The files that write each table: by the last part of its name, with the whole name as it is written there."""

    by_table: dict[str, list[tuple[str, str]]]

    @classmethod
    def over(cls, facts: Facts) -> Writers:
        """The writers of a project: its SQL, its Python, and the datasets of its pipelines."""
        found = [(use.name, use.location.path) for use in facts.tables.uses if _writes(use)]
        for file in facts.project.python:
            if "dlt" in file.source.text or "pipelines" in file.source.text:
                found += [(normalised(dataset.name), file.path) for dataset in facts.datasets(file)]
        by_table: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, path in found:
            if facts.role(path) is not Role.TEST:
                by_table[name_parts(name)[-1]].append((name, path))
        return cls(by_table)

    def of(self, table: str, schemas: frozenset[str]) -> frozenset[str]:
        """The files that write a table of that name in one of the schemas, if those are known."""
        return frozenset(path for name, path in self.by_table.get(table, ()) if _is_in(name, schemas))


def fillings(facts: Facts, writers: frozenset[str]) -> tuple[Filling, ...] | None:
    """How production runs the files that fill a table; None where one way is not known, or needs no clock."""
    found: list[Filling] = []
    for path in writers:
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


def _writes(use: TableUse) -> bool:
    details = use.statement.details if use.statement is not None and use.use is Use.DECLARE else None
    return use.use.writes or (isinstance(details, CreateTable) and details.as_select and details.form != "view")


def _is_in(name: str, schemas: frozenset[str]) -> bool:
    """Whether a written name may stand in one of the schemas: it says none, or one of them."""
    *outer, _ = name_parts(name)
    return not outer or not schemas or "{" in outer[-1] or outer[-1] in schemas


def _is_live(binding: Binding) -> bool:
    """Whether production runs it by itself; staging is often deployed in production mode with its schedules paused."""
    return (binding.production and not binding.target.triggers_paused) or not binding.bundle.declares_targets


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
