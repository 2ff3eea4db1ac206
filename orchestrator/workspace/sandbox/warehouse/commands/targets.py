"""The securable that a statement names: `TABLE a.b.c`, `CATALOG a`, `SHARE s`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.unity import Kind

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.warehouse.reading import Reader
    from orchestrator.workspace.sandbox.warehouse.session import Session

WORDS = {
    "MATERIALIZED VIEW": Kind.TABLE, "STREAMING TABLE": Kind.TABLE, "TABLE": Kind.TABLE, "VIEW": Kind.TABLE,
    "CATALOG": Kind.CATALOG, "SCHEMA": Kind.SCHEMA, "DATABASE": Kind.SCHEMA, "VOLUME": Kind.VOLUME,
    "FUNCTION": Kind.FUNCTION, "MODEL": Kind.MODEL, "SHARE": Kind.SHARE, "METASTORE": Kind.METASTORE,
}  # fmt: skip
_PARTS = {Kind.CATALOG: 1, Kind.SCHEMA: 2}


def target(reader: Reader, session: Session) -> tuple[Kind, str]:
    """The kind and full name of the securable that comes next; a bare name is a table's.

    Raises:
        StatementFailedError: no name comes next.
        CallRefusedError: there is no such securable.
    """
    kind = next((kind for word, kind in WORDS.items() if reader.accept(*word.split())), Kind.TABLE)
    if kind is Kind.METASTORE:
        return kind, ""
    return named(kind, reader.name(), session)


def named(kind: Kind, name: str, session: Session) -> tuple[Kind, str]:
    """The kind and full name of a securable, checked.

    Raises:
        CallRefusedError: there is no such securable.
    """
    if kind is Kind.SHARE:
        return kind, name
    parts = name.split(".")
    if kind is Kind.SCHEMA and len(parts) == 1 and session.catalog:
        parts = [session.catalog, *parts]
    full_name = ".".join(parts) if kind in _PARTS else session.full_name(parts)
    found = session.state.unity.find(kind, full_name)
    return found.kind, found.full_name
