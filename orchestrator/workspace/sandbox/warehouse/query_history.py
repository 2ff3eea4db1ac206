"""The history of queries: series of the seed, for the REST interface and for the system table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_id, stable_number
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.warehouse.dice import Dice

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.activity import QuerySeed
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.state import State

_HOUR = 3_600_000
_COMPILING = 0.08
"""The share of a query's time that goes into its compilation here."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query that ran: times in milliseconds since 1970."""

    id: str
    seed: QuerySeed
    warehouse_id: str | None
    start: int
    milliseconds: int

    @property
    def end(self) -> int:
        """When it ended."""
        return self.start + self.milliseconds


def queries(state: State) -> list[Query]:
    """Every query of the seed, newest first."""
    first = state.seed.compute.warehouses[0].id if state.seed.compute.warehouses else None
    found = []
    for number, seed in enumerate(state.seed.queries):
        for turn in range(seed.count):
            key = f"{number}/{turn}"
            found.append(
                Query(
                    id=stable_id("query", key),
                    seed=seed,
                    warehouse_id=seed.warehouse_id or first,
                    start=seed.at - int(turn * seed.every * _HOUR),
                    milliseconds=int(seed.seconds * 1000 * (0.8 + 0.4 * Dice(f"query/{key}").share())),
                )
            )
    return sorted(found, key=lambda query: (-query.start, query.id))


def history_rows(state: State) -> Iterator[Json]:
    """The rows of `system.query.history`."""
    place = state.seed.place
    for query in queries(state):
        seed = query.seed
        user = str(stable_number("user", seed.who))
        yield {
            "account_id": place.account_id,
            "workspace_id": str(place.workspace_id),
            "statement_id": query.id,
            "session_id": stable_id("session", seed.who),
            "execution_status": seed.status,
            "compute": {"type": "WAREHOUSE", "cluster_id": None, "warehouse_id": query.warehouse_id},
            "executed_by_user_id": user,
            "executed_by": seed.who,
            "executed_as_user_id": user,
            "executed_as": seed.who,
            "statement_text": seed.text,
            "statement_type": seed.kind,
            "error_message": seed.error,
            "client_application": seed.client,
            **_times(query),
            "pruned_files": seed.pruned_files,
            "read_files": seed.files,
            "read_rows": seed.read_rows,
            "produced_rows": seed.rows,
            "read_bytes": seed.read_bytes,
            "read_io_cache_percent": 0,
            "from_result_cache": False,
            "spilled_local_bytes": seed.spill_bytes,
            "written_bytes": 0,
            "shuffle_read_bytes": 0,
        }


def _times(query: Query) -> Json:
    compiling = int(query.milliseconds * _COMPILING)
    return {
        "total_duration_ms": query.milliseconds,
        "waiting_for_compute_duration_ms": 0,
        "waiting_at_capacity_duration_ms": 0,
        "execution_duration_ms": query.milliseconds - compiling,
        "compilation_duration_ms": compiling,
        "total_task_duration_ms": query.milliseconds * 4,
        "result_fetch_duration_ms": 0,
        "start_time": moment_of(query.start),
        "end_time": moment_of(query.end),
        "update_time": moment_of(query.end),
    }
