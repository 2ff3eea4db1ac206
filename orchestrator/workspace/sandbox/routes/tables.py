"""Tables and views of Unity Catalog."""

from __future__ import annotations

import re

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, denied, missing
from orchestrator.workspace.sandbox.records import DAY, common, identity
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import ColumnSeed, TableSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.types import precision, type_json, type_name
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.system_schema import SYSTEM

FAMILY = Family(title="Tables")
_PATH = "/api/2.1/unity-catalog/tables"
PAGE = Sizes(default=50, most=50)
SUMMARIES = Sizes(default=100, most=10_000)
_VIEWS = frozenset({"VIEW", "MATERIALIZED_VIEW"})


class TableChange(BaseModel):
    """The body that changes a table."""

    owner: str | None = None


def column_wire(name: str, column: ColumnSeed, position: int) -> Json:
    """A column as the interface answers it."""
    digits, scale = precision(column.type)
    answer: Json = {
        "name": name,
        "type_text": column.type.lower(),
        "type_name": type_name(column.type),
        "type_json": type_json(name, column.type, nullable=column.nullable, comment=column.comment),
        "type_precision": digits,
        "type_scale": scale,
        "position": position,
        "nullable": column.nullable,
    }
    if column.comment is not None:
        answer["comment"] = column.comment
    if column.mask is not None:
        mask: Json = {"function_name": column.mask.function}
        if column.mask.using:
            mask["using_column_names"] = list(column.mask.using)
        answer["mask"] = mask
    return answer


def wire(state: State, item: Placed[TableSeed], *, columns: bool = True, properties: bool = True) -> Json:
    """The table as the interface answers it."""
    seed = item.seed
    answer = common(state, item, created=seed.created, updated=seed.updated or seed.created or state.now - DAY)
    answer |= {
        "catalog_name": item.catalog,
        "schema_name": item.schema,
        "table_type": seed.type,
        "table_id": identity(item),
    }
    if seed.type not in _VIEWS:
        root = state.seed.place.storage_root
        answer["data_source_format"] = seed.format
        answer["storage_location"] = seed.storage_location or f"{root}/tables/{identity(item)}"
    if columns:
        answer["columns"] = [column_wire(name, column, at) for at, (name, column) in enumerate(seed.columns.items())]
    if properties:
        answer["properties"] = seed.properties
    return answer | _extras(item)


def _extras(item: Placed[TableSeed]) -> Json:
    seed = item.seed
    answer: Json = {}
    if seed.view_definition is not None:
        answer["view_definition"] = seed.view_definition
    if seed.pipeline is not None:
        answer["pipeline_id"] = seed.pipeline
    if seed.row_filter is not None:
        filtered = {"function_name": seed.row_filter.function, "input_column_names": list(seed.row_filter.columns)}
        answer["row_filter"] = filtered
    if seed.primary_key:
        key = {"name": f"{item.name}_pk", "child_columns": list(seed.primary_key)}
        answer["table_constraints"] = [{"primary_key_constraint": key}]
    return answer


def tables_of(call: Call, schema: str) -> list[Placed[TableSeed]]:
    """The tables of a schema that the caller may see."""
    state = call.state
    state.unity.schemas.get(schema)
    return [item for item in state.unity.tables.within(schema) if state.grants.sees(call.caller, item)]


@FAMILY.get(_PATH, sdk="tables.list")
def list_tables(call: Call) -> Json:
    """The tables of `catalog_name` and `schema_name` that the caller may see, with columns, at most 50 a page."""
    state = call.state
    every = tables_of(call, f"{call.text('catalog_name')}.{call.text('schema_name')}")
    columns, properties = not call.flag("omit_columns"), not call.flag("omit_properties")

    def listed(item: Placed[TableSeed]) -> Json:
        answer = wire(state, item, columns=columns, properties=properties)
        # As documented for the real listing: constraints come from `get` alone.
        answer.pop("table_constraints", None)
        return answer

    return call.page(every, listed, key="tables", sizes=PAGE)


@FAMILY.get("/api/2.1/unity-catalog/table-summaries", sdk="tables.list_summaries")
def list_summaries(call: Call) -> Json:
    """Name and type of the tables of a catalog whose schema and name match the LIKE patterns, in pages."""
    state = call.state
    catalog = state.unity.catalogs.get(call.text("catalog_name"))
    schema, name = _like(call.query.get("schema_name_pattern")), _like(call.query.get("table_name_pattern"))
    every = sorted(
        (item for item in state.unity.tables if item.catalog.lower() == catalog.name.lower()),
        key=lambda item: item.full_name,
    )
    found = [
        item
        for item in every
        if schema.fullmatch(item.schema) and name.fullmatch(item.name) and state.grants.sees(call.caller, item)
    ]
    return call.page(
        found, lambda item: {"full_name": item.full_name, "table_type": item.seed.type}, key="tables", sizes=SUMMARIES
    )


def _like(pattern: str | None) -> re.Pattern[str]:
    text = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in pattern or "%")
    return re.compile(text, re.IGNORECASE | re.DOTALL)


@FAMILY.get(_PATH + "/{full_name}", sdk="tables.get")
def get_table(call: Call) -> Json:
    """One table with columns, masks, row filter and constraints; needs USE CATALOG, USE SCHEMA and SELECT."""
    state = call.state
    found = _table(call, call.path["full_name"])
    held = state.grants.held(call.caller, Kind.TABLE, found.full_name)
    if held & {"BROWSE", "MODIFY"}:
        return wire(state, found)
    state.grants.require(call.caller, "SELECT", found)
    return wire(state, found)


def _table(call: Call, name: str) -> Placed[TableSeed]:
    """The table, or the refusal for the first part of its name that does not exist."""
    parts = name.split(".")
    if len(parts) != 3:
        raise CallRefusedError(
            400, "INVALID_PARAMETER_VALUE", f"{name} is not a valid table name: it has to have three parts."
        )
    call.state.unity.catalogs.get(parts[0])
    call.state.unity.schemas.get(".".join(parts[:2]))
    return call.state.unity.tables.get(name)


@FAMILY.get(_PATH + "/{full_name}/exists", sdk="tables.exists")
def table_exists(call: Call) -> Json:
    """Whether there is such a table; 404 where its catalog or schema is missing."""
    try:
        _table(call, call.path["full_name"])
    except CallRefusedError as problem:
        if problem.code != "TABLE_DOES_NOT_EXIST":
            raise
        return {"table_exists": False}
    return {"table_exists": True}


@FAMILY.patch(_PATH + "/{full_name}", sdk="tables.update")
def update_table(call: Call) -> Json:
    """Changes the owner; needs ownership or MANAGE."""
    state = call.state
    state.grants.require_manage(call.caller, _table(call, call.path["full_name"]))
    owner = call.parse(TableChange).owner
    if owner is not None and not state.people.knows(owner):
        raise CallRefusedError(404, "PRINCIPAL_DOES_NOT_EXIST", f"Could not find principal with name {owner}")
    state.unity.tables.change(call.path["full_name"], owner=owner)
    state.changed()
    return {}


@FAMILY.delete(_PATH + "/{full_name}", sdk="tables.delete")
def delete_table(call: Call) -> Json:
    """Deletes a table; needs ownership or MANAGE."""
    if call.path["full_name"].startswith(f"{SYSTEM}."):
        raise denied("System tables cannot be changed.")
    if call.path["full_name"] not in call.state.unity.tables:
        raise missing("table", call.path["full_name"])
    item = call.state.unity.tables.get(call.path["full_name"])
    call.state.grants.require_manage(call.caller, item)
    call.state.drop(item)
    return {}
