"""One port: what its contract says, what is live, whether the two fit, and the settings that publish it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workflows.commands.result import Check
from orchestrator.workflows.operate.products.reading import Port, Product
from orchestrator.workflows.operate.publish_data_product import checks
from orchestrator.workspace.catalog.documented import (
    ColumnCommentSetting,
    TableCommentSetting,
    ViewSetting,
    select_of,
    view_state,
)
from orchestrator.workspace.catalog.published import Kind, NewGrantSetting, NewTagSetting
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.deployment.container import ContainerSetting, container_state
from orchestrator.workspace.governance.grants import Grant
from orchestrator.workspace.governance.tags import tag_key

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import TableInfo

_VIEWS = frozenset({"view", "materialized view"})
_SAME = {
    "long": "bigint",
    "integer": "int",
    "short": "smallint",
    "byte": "tinyint",
    "real": "float",
    "numeric": "decimal",
}
_WORD = re.compile(r"[a-z]+")
PRODUCT, VERSION, CLASS = "data_product", "contract_version", "classification"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A port with what is live of it, and the table that a view would be made of."""

    port: Port
    live: TableInfo | None
    source: str
    behind: TableInfo | None
    grants: tuple[Grant, ...]
    version: str
    """the contract version that is live, by the port's tag; empty where it has none"""

    @property
    def is_view(self) -> bool:
        """Whether the contract says that the port is a view."""
        return (self.port.object.physical_type or "").lower() in _VIEWS


def problems(found: Found) -> Iterator[tuple[Check, str, str]]:
    """What is wrong: the check, what it is about, and a sentence."""
    port, name = found.port, found.port.full_name
    if found.live is None and not (found.is_view and found.behind is not None):
        what = "a view of no known table" if found.is_view else "a table that no pipeline has made"
        yield checks.MISSING, name, f"{name} is not there, and would be {what}"
        return
    rows = found.behind if found.is_view and found.behind is not None else found.live
    known = _types(rows)
    for column in port.object.columns:
        live, promised = known.get(column.column_name.lower()), column.physical_type or ""
        about = f"{name}.{column.column_name}"
        if live is None:
            yield checks.UNLIKE, about, f"{column.column_name} is not in {rows.full_name if rows else name}"
        elif promised and _type(promised) != live:
            yield checks.UNLIKE, about, f"{column.column_name} is {live} and the contract says {_type(promised)}"
    yield from _breaking(found)
    for each in found.grants:
        if each.on == f"table {name}" and each.privilege == "SELECT" and each.principal not in port.roles:
            yield (
                checks.STRANGER,
                f"{name}:{each.principal}",
                f"{each.principal} holds SELECT on {name} and is in no role",
            )
    if found.live is not None and "@" in (found.live.owner or ""):
        yield checks.UNOWNED, name, f"{name} belongs to {found.live.owner}"


def _breaking(found: Found) -> Iterator[tuple[Check, str, str]]:
    """What readers of the live version would lose without a new major version."""
    old, new = found.version, found.port.contract.version or ""
    if found.live is None or not old or old.partition(".")[0] != new.partition(".")[0]:
        return
    promised = {column.column_name.lower(): column.physical_type or "" for column in found.port.object.columns}
    name = found.port.full_name
    for column, live in _types(found.live).items():
        if found.is_view and column not in promised:
            yield checks.BREAKING, f"{name}.{column}", f"{column} would go from {name} between version {old} and {new}"
        elif promised.get(column) and _type(promised[column]) != live:
            yield (
                checks.BREAKING,
                f"{name}.{column}",
                f"{column} of {name} would change from {live} within {old} to {new}",
            )


def goals(product: Product, found: Found) -> Iterator[Goal]:
    """Schema, view or comments, tags, and grants."""
    port, place = found.port, found.port.table
    schema = f"{place.catalog}.{place.schema}"
    comment = f"Output ports of the data product {product.name}."
    first = container_state(comment, {})
    yield Goal(setting=ContainerSetting(kind="schema", name=schema), wanted=lambda now: now or first)
    yield from _view(found) if found.is_view else _comments(found)
    yield _tag("table", port.full_name, PRODUCT, product.name)
    yield _tag("table", port.full_name, VERSION, port.contract.version or product.version)
    for column in port.object.columns:
        if column.classification:
            yield _tag("column", f"{port.full_name}.{column.column_name}", CLASS, column.classification.lower())
    for role in port.roles:
        yield from _grants(found, role, schema)


def _comment(port: Port) -> str:
    told = port.object.node.text("description") or f"Output port {port.name}."
    return f"{' '.join(told.split())} Contract {port.contract.id}, version {port.contract.version}."


def _described(port: Port) -> list[tuple[str, str]]:
    """The columns of the contract with what it says of each."""
    return [
        (column.column_name, " ".join((column.node.text("description") or "").split()))
        for column in port.object.columns
    ]


def _view(found: Found) -> Iterator[Goal]:
    columns = _described(found.port)
    select = found.live.view_definition if found.live and not found.source else None
    select = select or (select_of([name for name, _ in columns], found.source) if found.source else None)
    if select is None:
        return
    state = view_state(columns, _comment(found.port), select)
    yield Goal(setting=ViewSetting(view=found.port.full_name), wanted=lambda _now: state)


def _comments(found: Found) -> Iterator[Goal]:
    comment: State = (_comment(found.port),)
    yield Goal(setting=TableCommentSetting(table=found.port.full_name), wanted=lambda _now: comment)
    known = _types(found.live)
    for name, text in _described(found.port):
        if text and name.lower() in known:
            yield _described_as(ColumnCommentSetting(table=found.port.full_name, column=name), text)


def _described_as(setting: ColumnCommentSetting, text: str) -> Goal:
    state: State = (text,)
    return Goal(setting=setting, wanted=lambda _now: state)


def _tag(kind: str, name: str, key: str, value: str) -> Goal:
    state: State = (value,)
    setting = NewTagSetting(kind="table" if kind == "table" else "column", name=name, key=tag_key(key))
    return Goal(setting=setting, wanted=lambda _now: state)


def _grants(found: Found, role: str, schema: str) -> Iterator[Goal]:
    """What a role needs and does not hold yet."""
    held = {each.privilege for each in found.grants if each.principal.lower() == role.lower()}
    if "ALL_PRIVILEGES" in held:
        return
    place = found.port.table
    needed: tuple[tuple[str, Kind, str], ...] = (
        ("USE_CATALOG", "catalog", place.catalog),
        ("USE_SCHEMA", "schema", schema),
        ("SELECT", "table", found.port.full_name),
    )
    for privilege, kind, name in needed:
        if privilege not in held:
            yield _grant(kind, name, role, privilege)


def _grant(kind: Kind, name: str, role: str, privilege: str) -> Goal:
    setting = NewGrantSetting(kind=kind, name=name, principal=role)
    return Goal(setting=setting, wanted=lambda now: tuple(sorted({*(now or ()), privilege})))


def _types(table: TableInfo | None) -> Mapping[str, str]:
    """The columns of a table in small letters with their types."""
    return {(each.name or "").lower(): _type(each.type_text or "") for each in (table.columns if table else None) or ()}


def _type(text: str) -> str:
    """A type as it is compared."""
    return _WORD.sub(lambda word: _SAME.get(word[0], word[0]), "".join(text.lower().split()))
