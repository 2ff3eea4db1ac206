"""Who waits for what runs all day: the schedules of those that read the tables of continuous pipelines and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.code.roles import Role, role_of
from orchestrator.code.tables import Use, name_parts
from orchestrator.rules.rule import Hit
from orchestrator.rules.sla_guardian._filling import Filling, Writers, fillings
from orchestrator.rules.sla_guardian._times import DAY, allowed, shown

if TYPE_CHECKING:
    from orchestrator.code.bundle import Target
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

_READS: Final = frozenset({Use.READ, Use.STREAM})
_UNSCHEDULED: Final = frozenset({
    "alerts", "apps", "dashboards", "database_instances", "genie_spaces", "model_serving_endpoints",
    "quality_monitors", "synced_database_tables",
})  # fmt: skip
"""Resources that read tables whenever somebody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table by the last part of its name, and its schema where that is known."""

    name: str
    schema: str | None

    def may_be(self, other: _Table) -> bool:
        """Whether both may be the same table."""
        return self.name == other.name and (None in {self.schema, other.schema} or self.schema == other.schema)


@dataclass(frozen=True, kw_only=True)
class _Running:
    """What never stops: a pipeline or a job of a target, its files, and where continuous mode is switched on."""

    what: str
    target: Target
    files: frozenset[str]
    schema: str | None
    location: Location


def check(facts: Facts) -> Iterator[Hit]:
    """Every continuous pipeline or job whose readers all start once a day or less often."""
    running = [each for each in _all_running(facts) if not _has_unscheduled(each.target)]
    if not running:
        return
    writers = Writers.over(facts)
    for each in running:
        tables = _written(each, writers)
        slow = _slow_readers(facts, each, tables) if not _is_promised(facts, tables) else ()
        if slow:
            fastest = min(slow, key=lambda one: one.pause)
            yield Hit(
                location=each.location,
                message=f"the {each.what} runs all day, and of what reads its tables in this project nothing starts "
                f"more often than every {shown(fastest.pause)} (job `{fastest.job}`, {fastest.location}): start it "
                "before its readers, by a schedule or as their first task",
                symbol=each.what,
            )


def _all_running(facts: Facts) -> Iterator[_Running]:
    seen: set[Location] = set()
    for bundle in facts.project.bundles:
        for target in bundle.targets if role_of(bundle.path).is_serious else ():
            found = tuple(_of_target(target)) if target.is_production or not bundle.declares_targets else ()
            yield from (each for each in found if each.location not in seen)
            seen |= {each.location for each in found}


def _of_target(target: Target) -> Iterator[_Running]:
    for pipeline in target.pipelines:
        if pipeline.continuous:
            yield _Running(
                what=f"pipeline `{pipeline.key}`",
                target=target,
                files=frozenset(pipeline.files),
                schema=(pipeline.schema or pipeline.target or "").lower() or None,
                location=pipeline.node.key_location("continuous"),
            )
    for job in target.jobs:
        if job.continuous is not None and job.is_scheduled and not target.triggers_paused:
            yield _Running(
                what=f"job `{job.key}`",
                target=target,
                files=frozenset(task.path for task in job.all_tasks if task.path is not None),
                schema=None,
                location=job.node.key_location("continuous"),
            )


def _has_unscheduled(target: Target) -> bool:
    return any(target.resources(kind) for kind in _UNSCHEDULED)


def _written(running: _Running, writers: Writers) -> tuple[_Table, ...]:
    """The tables that its files write and whose schema is known."""
    found = [
        _Table(name=name, schema=_schema(written) or running.schema)
        for name, places in writers.by_table.items()
        for written, path in places
        if path in running.files and "{" not in name
    ]
    return tuple(table for table in found if table.schema is not None)


def _schema(name: str) -> str | None:
    """The schema that a name says; None where it says none or leaves it open."""
    *outer, _ = name_parts(name)
    return outer[-1] if outer and "{" not in outer[-1] else None


def _slow_readers(facts: Facts, running: _Running, tables: tuple[_Table, ...]) -> tuple[Filling, ...]:
    """How production runs those that read the tables; nothing where one is not known to be slow."""
    uses = [use for use in facts.tables.uses if use.use in _READS and use.location.path not in running.files]
    paths = {
        use.location.path
        for use in uses
        if any(_Table(name=use.parts[-1], schema=_schema(use.name)).may_be(table) for table in tables)
        and facts.role(use.location.path) is not Role.TEST
    }
    starts = fillings(facts, frozenset(paths)) if paths else None
    return starts if starts and all(one.pause >= DAY for one in starts) else ()


def _is_promised(facts: Facts, tables: tuple[_Table, ...]) -> bool:
    """Whether a contract promises that one of the tables is fresher than a day."""
    names = {table.name for table in tables}
    for contract in facts.project.contracts:
        held = {each.table_name.lower().rpartition(".")[2] for each in contract.objects}
        if held & names and any((allowed(promise) or DAY) < DAY for promise in contract.sla):
            return True
    return False
