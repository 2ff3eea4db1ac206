"""The history of queries."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.warehouse.query_history import Query, queries

FAMILY = Family(title="Query history")
PAGE = Sizes(default=100, most=1_000)


def wire(query: Query, *, metrics: bool) -> Json:
    """The query as the interface answers it."""
    seed, user = query.seed, stable_number("user", query.seed.who)
    answer: Json = {
        "query_id": query.id,
        "lookup_key": query.id,
        "query_text": seed.text,
        "statement_type": seed.kind,
        "status": seed.status,
        "user_name": seed.who,
        "user_id": user,
        "executed_as_user_name": seed.who,
        "executed_as_user_id": user,
        "query_start_time_ms": query.start,
        "execution_end_time_ms": query.end,
        "query_end_time_ms": query.end,
        "duration": query.milliseconds,
        "rows_produced": seed.rows,
        "is_final": True,
        "client_application": seed.client,
    }
    if query.warehouse_id is not None:
        answer |= {"warehouse_id": query.warehouse_id, "endpoint_id": query.warehouse_id}
    if seed.error is not None:
        answer["error_message"] = seed.error
    return answer | ({"metrics": _metrics(query)} if metrics else {})


def _metrics(query: Query) -> Json:
    seed = query.seed
    return {
        "total_time_ms": query.milliseconds,
        "execution_time_ms": query.milliseconds,
        "read_bytes": seed.read_bytes,
        "read_files_count": seed.files,
        "pruned_files_count": seed.pruned_files,
        "rows_read_count": seed.read_rows,
        "rows_produced_count": seed.rows,
        "spill_to_disk_bytes": seed.spill_bytes,
        "result_from_cache": False,
    }


@FAMILY.get("/api/2.0/sql/history/queries", sdk="query_history.list")
def list_queries(call: Call) -> Json:
    """The queries, newest first, with `filter_by` time, users, statuses, warehouses, in pages; metrics if asked for."""
    first = call.number("filter_by.query_start_time_range.start_time_ms", 0)
    last = call.number("filter_by.query_start_time_range.end_time_ms", 2**53)
    found = [query for query in queries(call.state) if first <= query.start <= last and _fits(call, query)]
    metrics = call.flag("include_metrics")
    answer = call.page(found, lambda query: wire(query, metrics=metrics), key="res", sizes=PAGE)
    return answer | {"has_next_page": "next_page_token" in answer}


def _fits(call: Call, query: Query) -> bool:
    values = {
        "user_ids": str(stable_number("user", query.seed.who)),
        "statuses": query.seed.status,
        "warehouse_ids": query.warehouse_id or "",
        "statement_ids": query.id,
    }
    for name, value in values.items():
        wanted = call.several(f"filter_by.{name}")
        if wanted and value not in wanted:
            return False
    return True
