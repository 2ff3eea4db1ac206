"""The information schemas: rows about the securables as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.grants import ALL, Effective
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.types import precision, type_name
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.system_schema import (
    INFORMATION_SCHEMA,
    INFORMATION_TABLES,
    columns_of,
)

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.part import Json, Owned
    from orchestrator.workspace.sandbox.seed.unity import TableSeed
    from orchestrator.workspace.sandbox.state import State

Rows = Callable[["State"], Iterator["Json"]]


def information_rows(state: State, name: str) -> Iterator[Json]:
    """The rows of one table of the information schemas, about all catalogs."""
    return _ROWS[name](state)


def catalog_column(name: str) -> str | None:
    """The column that names the catalog in a table of the information schemas; None where no catalog is meant."""
    columns = columns_of(INFORMATION_TABLES[name])
    return next((column for column in columns if column.endswith(("_catalog", "catalog_name"))), None)


def _made(state: State, item: Placed[Owned]) -> Json:
    created = moment_of(getattr(item.seed, "created", None) or state.now - AGE)
    updated = moment_of(getattr(item.seed, "updated", None) or state.now - AGE)
    return {"comment": item.seed.comment, "created": created, "created_by": item.owner,
            "last_altered": updated, "last_altered_by": item.owner}  # fmt: skip


def _catalogs(state: State) -> Iterator[Json]:
    for item in state.unity.catalogs:
        yield {"catalog_name": item.name, "catalog_owner": item.owner, **_made(state, item)}


def _schemata(state: State) -> Iterator[Json]:
    for item in state.unity.schemas:
        yield {
            "catalog_name": item.catalog,
            "schema_name": item.name,
            "schema_owner": item.owner,
            **_made(state, item),
        }


def _place(item: Placed[Owned]) -> Json:
    return {"table_catalog": item.catalog, "table_schema": item.schema, "table_name": item.name}


def _tables(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        yield {
            **_place(item),
            "table_type": item.seed.type,
            "is_insertable_into": "NO" if "VIEW" in item.seed.type else "YES",
            "commit_action": "PRESERVE",
            "table_owner": item.owner,
            **_made(state, item),
            "data_source_format": None if "VIEW" in item.seed.type else item.seed.format,
            "storage_path": item.seed.storage_location,
        }


def _columns(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        for position, (name, column) in enumerate(item.seed.columns.items()):
            digits, scale = precision(column.type)
            yield {
                **_place(item),
                "column_name": name,
                "ordinal_position": position,
                "is_nullable": "YES" if column.nullable else "NO",
                "full_data_type": column.type,
                "data_type": type_name(column.type),
                "numeric_precision": digits or None,
                "numeric_scale": scale if digits else None,
                "comment": column.comment,
            }


def _views(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        if item.seed.view_definition is not None:
            yield {**_place(item), "view_definition": item.seed.view_definition}


def _routines(state: State) -> Iterator[Json]:
    for item in state.unity.functions:
        made = _made(state, item)
        yield {
            **{f"{kind}_catalog": item.catalog for kind in ("specific", "routine")},
            **{f"{kind}_schema": item.schema for kind in ("specific", "routine")},
            **{f"{kind}_name": item.name for kind in ("specific", "routine")},
            "routine_owner": item.owner,
            "routine_type": "FUNCTION",
            "data_type": item.seed.returns.upper(),
            "routine_body": "SQL",
            "routine_definition": item.seed.body,
            **{key: made[key] for key in ("comment", "created", "last_altered")},
        }


def _volumes(state: State) -> Iterator[Json]:
    for item in state.unity.volumes:
        made = _made(state, item)
        yield {
            "volume_catalog": item.catalog,
            "volume_schema": item.schema,
            "volume_name": item.name,
            "volume_type": item.seed.type,
            "volume_owner": item.owner,
            "storage_location": item.seed.storage_location,
            **{key: made[key] for key in ("comment", "created", "last_altered")},
        }


def _tags(entity_type: str, *fields: str) -> Rows:
    def rows(state: State) -> Iterator[Json]:
        for tag in state.tags.every():
            if tag.entity_type != entity_type:
                continue
            place: Json = dict(zip(fields, tag.entity_name.split("."), strict=True))
            yield place | {"tag_name": tag.key, "tag_value": tag.value}

    return rows


def _privileges(kind: Kind, *fields: str) -> Rows:
    def rows(state: State) -> Iterator[Json]:
        for item in state.unity.everything():
            if item.kind is not kind or INFORMATION_SCHEMA in item.full_name:
                continue
            place: Json = dict(zip(fields, item.full_name.split("."), strict=True))
            for given in state.grants.effective(kind, item.full_name):
                yield place | _privilege(given, item.owner)

    return rows


def _privilege(given: Effective, owner: str) -> Json:
    return {
        "grantor": owner,
        "grantee": given.principal,
        "privilege_type": "ALL PRIVILEGES" if given.privilege == ALL else given.privilege.replace("_", " "),
        "is_grantable": "NO",
        "inherited_from": given.inherited_kind.value if given.inherited_kind else "NONE",
    }


def _masks(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        for name, column in item.seed.columns.items():
            if column.mask is not None:
                using = ", ".join(column.mask.using) or None
                yield {**_place(item), "column_name": name, "mask_name": column.mask.function, "using_columns": using}


def _filters(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        if item.seed.row_filter is not None:
            columns = ", ".join(item.seed.row_filter.columns)
            yield {**_place(item), "filter_name": item.seed.row_filter.function, "target_columns": columns}


def _shares(state: State) -> Iterator[Json]:
    for name, share in state.sharing.shares.items():
        owner = share.owner or state.people.admin
        created = moment_of(share.created or state.now - AGE)
        yield {"share_name": name, "share_owner": owner, "comment": share.comment, "created": created}


def _recipients(state: State) -> Iterator[Json]:
    for name, recipient in state.sharing.recipients.items():
        yield {
            "recipient_name": name,
            "authentication_type": recipient.authentication,
            "recipient_owner": recipient.owner or state.people.admin,
            "comment": recipient.comment,
            "created": moment_of(recipient.created or state.now - AGE),
        }


def _constraint(item: Placed[TableSeed]) -> Json:
    named = {
        "constraint_catalog": item.catalog,
        "constraint_schema": item.schema,
        "constraint_name": f"{item.name}_pk",
    }
    return named | _place(item)


def _constraints(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        if item.seed.primary_key:
            yield _constraint(item) | {"constraint_type": "PRIMARY KEY", "enforced": "NO"}


def _key_columns(state: State) -> Iterator[Json]:
    for item in state.unity.tables:
        for position, name in enumerate(item.seed.primary_key, start=1):
            yield _constraint(item) | {"column_name": name, "ordinal_position": position}


_ROWS: dict[str, Rows] = {
    "catalogs": _catalogs,
    "schemata": _schemata,
    "tables": _tables,
    "columns": _columns,
    "views": _views,
    "routines": _routines,
    "volumes": _volumes,
    "catalog_tags": _tags("catalogs", "catalog_name"),
    "schema_tags": _tags("schemas", "catalog_name", "schema_name"),
    "table_tags": _tags("tables", "catalog_name", "schema_name", "table_name"),
    "column_tags": _tags("columns", "catalog_name", "schema_name", "table_name", "column_name"),
    "volume_tags": _tags("volumes", "catalog_name", "schema_name", "volume_name"),
    "catalog_privileges": _privileges(Kind.CATALOG, "catalog_name"),
    "schema_privileges": _privileges(Kind.SCHEMA, "catalog_name", "schema_name"),
    "table_privileges": _privileges(Kind.TABLE, "table_catalog", "table_schema", "table_name"),
    "column_masks": _masks,
    "table_constraints": _constraints,
    "key_column_usage": _key_columns,
    "row_filters": _filters,
    "shares": _shares,
    "recipients": _recipients,
}
