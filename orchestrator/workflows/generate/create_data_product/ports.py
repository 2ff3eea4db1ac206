"""The output ports of a product: what the catalog, or a plan, says of the table behind each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.facts import Known, known_table
from orchestrator.workflows.generate.pipelines.graph import columns_of, faults
from orchestrator.workflows.generate.pipelines.model import Column, Pipeline, Source, Spec
from orchestrator.workflows.generate.pipelines.plan import Plan
from orchestrator.workflows.generate.pipelines.reading import Document
from orchestrator.workflows.generate.pipelines.sources import word_of
from orchestrator.workspace.jobs.run import run
from orchestrator.workspace.names import TableName, table_name

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

DAYS = 30
MOST_RUNS = 1_000
_TIMES = ("TIMESTAMP", "TIMESTAMP_NTZ", "DATE")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """How the job that writes a table went: its successful runs, the longest time between two ends, the longest run."""

    job: str
    runs: int
    gap_hours: float
    run_hours: float

    @property
    def worst_hours(self) -> int:
        """How old the data was at worst, and the time of a repair: one more run."""
        return int(-(-(self.gap_hours + self.run_hours) // 1))


@dataclass(frozen=True, kw_only=True)
class Port:
    """A table that readers get, and what is known of it."""

    name: str
    table: TableName
    columns: tuple[Column, ...]
    known: Known
    source: str
    """where the columns come from, in words"""
    observed: Observed | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return self.known.key

    @property
    def times(self) -> tuple[str, ...]:
        """The columns that tell a time of the row."""
        return tuple(column.name for column in self.columns if column.type in _TIMES)

    @property
    def moment(self) -> str | None:
        """The one timestamp that is there; None where there is none, or more than one."""
        found = [column.name for column in self.columns if column.type == "TIMESTAMP"]
        return found[0] if len(found) == 1 else None


def live_port(site: Site, text: str) -> Port:
    """The port over a table of the catalog.

    Raises:
        WorkspaceError: there is no such table, or it may not be read.
    """
    known = known_table(site, text)
    name = table_name(text)
    gaps = list(known.gaps)
    return Port(
        name=word_of(name.table),
        table=name,
        columns=known.source.columns,
        known=known,
        source="the catalog",
        observed=_observed(site, known.written_by, gaps),
        gaps=tuple(gaps),
    )


def planned_port(text: str, plan: Path, shown: Path) -> Port:
    """The port over a table that a plan or spec has; `shown` is how the user named the file.

    Raises:
        UsageError: the plan has no such table, or does not tell the type of one of its columns.
    """
    name = table_name(text)
    pipeline = _pipeline(plan, shown)
    found = next((table for table in pipeline.tables if table.name == name.table), None)
    if found is None:
        names = ", ".join(table.name for table in pipeline.tables)
        raise UsageError(f"{shown} has no table {name.table!r}; it has {names}")
    types = columns_of(pipeline, found.name)
    unknown = next((column for column, kind in types.items() if kind is None), None)
    if unknown is not None:
        raise UsageError(
            f"{shown} does not tell the type of {found.name}.{unknown}; write `type` beside its expression"
        )
    comments = {each.name: each.comment for each in found.columns}
    columns = tuple(
        Column(name=column, type=kind or "", nullable=column not in found.key, comment=comments.get(column))
        for column, kind in types.items()
    )
    source = Source(name=found.name, table=str(name), columns=columns)
    known = Known(source=source, key=found.key, comment=found.comment)
    return Port(name=found.name, table=name, columns=columns, known=known, source=f"the plan {plan.name}")


def _pipeline(path: Path, shown: Path) -> Pipeline:
    document = Document(path, shown)
    found: Pipeline = document.read(Plan).pipeline if document.has("plan") else document.read(Spec)
    document.refuse(faults(found))
    return found


def _observed(site: Site, written_by: tuple[str, ...], gaps: list[Gap]) -> Observed | None:
    """The runs of the job that writes the table in the last days; None where no single job does."""
    jobs = [each.removeprefix("job ") for each in written_by if each.startswith("job ")]
    if len(jobs) != 1 or not jobs[0].isdecimal():
        return None
    number, since = int(jobs[0]), site.now - dt.timedelta(days=DAYS)

    def read(client: WorkspaceClient) -> list[tuple[dt.datetime, float]]:
        listed = client.jobs.list_runs(job_id=number, start_time_from=int(since.timestamp() * 1_000), limit=25)
        runs = [run(item) for item in islice(listed, MOST_RUNS)]
        return sorted((each.ended, each.seconds or 0.0) for each in runs if each.ending == "succeeded" and each.ended)

    site.progress(f"reading the runs of job {number}")
    try:
        ended = site.workspace.ask(f"read the runs of job {number}", read, privilege="CAN VIEW on it")
    except WorkspaceError as error:
        gaps.append(Gap(source=f"runs of job {number}", reason=str(error)))
        return None
    if len(ended) < 2:
        return None
    spans = [later[0] - earlier[0] for earlier, later in pairwise(ended)]
    longest = max(seconds for _, seconds in ended)
    return Observed(
        job=str(number),
        runs=len(ended),
        gap_hours=max(spans).total_seconds() / 3600,
        run_hours=longest / 3600,
    )
