"""Lineage of tables and columns; the SDK has no method for these calls.

Shapes: https://docs.databricks.com/aws/en/data-governance/unity-catalog/data-lineage (lineage REST API).
"""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import RAW, Family
from orchestrator.workspace.sandbox.problem import denied, invalid
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import LineageSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.warehouse.lineage import writer

FAMILY = Family(title="Lineage")
_PATH = "/api/2.0/lineage-tracking"


def _asked(call: Call, name: str, *, required: bool = True) -> str:
    """A field of the query or of the body: clients send either with GET."""
    value = call.query.get(name) or call.body.get(name) or ""
    if required and (not isinstance(value, str) or not value):
        raise invalid(f"Missing required field: {name}")
    return str(value)


def _table(call: Call) -> str:
    found = call.state.unity.tables.get(_asked(call, "table_name"))
    if not call.state.grants.sees(call.caller, found):
        raise denied(f"User does not have SELECT on Table '{found.full_name}'.")
    return found.full_name


def _may_see(call: Call, name: str) -> bool:
    tables = call.state.unity.tables
    return name in tables and call.state.grants.sees(call.caller, tables.get(name))


def _entry(call: Call, name: str, edge: LineageSeed, *, entities: bool) -> Json:
    """A table upstream or downstream; one that the caller may not see has no name."""
    state = call.state
    answer: Json = {"tableInfo": _info(state, name) if _may_see(call, name) else {"has_permission": False}}
    by = writer(state, edge.by)
    if entities and by is not None:
        kind = {"JOB": ("jobInfos", "job_id"), "PIPELINE": ("pipelineInfos", "pipeline_id")}[by.kind]
        place = state.seed.place.workspace_id
        number: object = int(by.id) if by.kind == "JOB" else by.id
        answer[kind[0]] = [{"workspace_id": place, kind[1]: number, "lineage_timestamp": _seen(state)}]
    return answer


def _info(state: State, name: str) -> Json:
    catalog, schema, table = name.split(".")
    kind = state.unity.tables.get(name).seed.type if name in state.unity.tables else "TABLE"
    return {
        "name": table,
        "catalog_name": catalog,
        "schema_name": schema,
        "table_type": "TABLE" if kind in {"MANAGED", "EXTERNAL"} else kind,
        "lineage_timestamp": _seen(state),
    }


def _seen(state: State) -> str:
    return moment_of(state.now - 5 * 3_600_000).strftime("%Y-%m-%d %H:%M:%S.0")


@FAMILY.get(f"{_PATH}/table-lineage", sdk=RAW)
def table_lineage(call: Call) -> Json:
    """The tables upstream and downstream of `table_name`, with jobs and pipelines for `include_entity_lineage`."""
    name = _table(call)
    entities = _asked(call, "include_entity_lineage", required=False).lower() == "true"
    edges = call.state.seed.lineage
    up = [
        _entry(call, source, edge, entities=entities)
        for edge in edges
        if edge.target == name
        for source in edge.sources
        if _is_table(source)
    ]
    down = [_entry(call, edge.target, edge, entities=entities) for edge in edges if name in edge.sources]
    return {"upstreams": up, "downstreams": down}


def _is_table(name: str) -> bool:
    return name.count(".") == 2 and "/" not in name


@FAMILY.get(f"{_PATH}/column-lineage", sdk=RAW)
def column_lineage(call: Call) -> Json:
    """The columns upstream and downstream of `column_name` of `table_name`."""
    name, column = _table(call), _asked(call, "column_name")
    if column not in call.state.unity.tables.get(name).seed.columns:
        raise invalid(f"Column '{column[:60]}' does not exist in table '{name}'.")
    full, edges = f"{name}.{column}", call.state.seed.lineage
    up = [source for edge in edges if edge.target == name for source in edge.columns.get(column, [])]
    down = [f"{edge.target}.{target}" for edge in edges for target, sources in edge.columns.items() if full in sources]
    return {
        "upstream_cols": [_column(call.state, found) for found in up if _may_see(call, found.rpartition(".")[0])],
        "downstream_cols": [_column(call.state, found) for found in down if _may_see(call, found.rpartition(".")[0])],
    }


def _column(state: State, full_name: str) -> Json:
    table, _, name = full_name.rpartition(".")
    info = _info(state, table)
    kept = {key: info[key] for key in ("catalog_name", "schema_name", "table_type", "lineage_timestamp")}
    return {"name": name, "table_name": info["name"], **kept}
