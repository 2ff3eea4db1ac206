"""Lineage of tables and columns: the edges of the seed, and the rows of the system tables about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_id

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.seed.unity import LineageSeed
    from orchestrator.workspace.sandbox.state import State

DAYS = 7
"""Each edge is seen once a day over so many days."""


@dataclass(frozen=True, kw_only=True)
class Writer:
    """The job or pipeline that writes a table."""

    kind: str
    id: str
    name: str
    run_as: str


def writer(state: State, name: str | None) -> Writer | None:
    """The job or pipeline of a name, if the seed has it."""
    for job in state.seed.jobs:
        if job.settings.name == name:
            run_as = job.run_as_user_name or job.creator_user_name or state.people.admin
            return Writer(kind="JOB", id=str(job.job_id), name=job.settings.name, run_as=run_as)
    for pipeline in state.seed.pipelines:
        if pipeline.name == name:
            run_as = pipeline.run_as_user_name or pipeline.creator_user_name or state.people.admin
            return Writer(kind="PIPELINE", id=pipeline.pipeline_id, name=pipeline.name, run_as=run_as)
    return None


def table_lineage_rows(state: State) -> Iterator[Json]:
    """The rows of `system.access.table_lineage`."""
    for day in range(DAYS):
        for edge in state.seed.lineage:
            for source in edge.sources:
                yield _row(state, edge, source, day)


def column_lineage_rows(state: State) -> Iterator[Json]:
    """The rows of `system.access.column_lineage`."""
    pairs = [
        (edge, column, source)
        for edge in state.seed.lineage
        for column, sources in edge.columns.items()
        for source in sources
    ]
    for day in range(DAYS):
        for edge, column, source in pairs:
            table, _, name = source.rpartition(".")
            record = stable_id("column-lineage", str(day), edge.target, column, source)
            named = {"source_column_name": name, "target_column_name": column, "record_id": record}
            yield _row(state, edge, table, day) | named


def _row(state: State, edge: LineageSeed, source: str, day: int) -> Json:
    by = writer(state, edge.by)
    at = state.seed.now - dt.timedelta(days=day, hours=5)
    record = stable_id("lineage", str(day), edge.target, source)
    return {
        "account_id": state.seed.place.account_id,
        "metastore_id": state.seed.place.metastore_id,
        "workspace_id": str(state.seed.place.workspace_id),
        "entity_type": by.kind if by else None,
        "entity_id": by.id if by else None,
        "entity_run_id": stable_id("run", str(day), by.id) if by else None,
        "created_by": by.run_as if by else state.people.admin,
        "event_time": at,
        "event_date": at.date(),
        "record_id": record,
        "event_id": stable_id("event", record),
        **_end("source", source, state),
        **_end("target", edge.target, state),
    }


def _end(side: str, name: str, state: State) -> Json:
    if name.startswith(("s3://", "/")):
        return {f"{side}_path": name, f"{side}_type": "PATH"}
    catalog, schema, table = name.split(".")
    kind = state.unity.tables.get(name).seed.type if name in state.unity.tables else "TABLE"
    return {
        f"{side}_table_full_name": name,
        f"{side}_table_catalog": catalog,
        f"{side}_table_schema": schema,
        f"{side}_table_name": table,
        f"{side}_type": kind if kind in {"VIEW", "STREAMING_TABLE", "MATERIALIZED_VIEW"} else "TABLE",
    }
