"""The front-ends by kind of statement: what each understands of its tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orchestrator.code.sql.changes import (
    ApplyChanges,
    Flow,
    Insert,
    Merge,
    read_apply_changes,
    read_auto_cdc,
    read_flow,
    read_insert,
    read_insert_overwrite,
    read_merge,
)
from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.functions import CreateFunction, read_function
from orchestrator.code.sql.grants import Grant, read_deny, read_grant, read_revoke
from orchestrator.code.sql.maintenance import (
    Optimize,
    Reorg,
    Restore,
    Vacuum,
    read_optimize,
    read_reorg,
    read_restore,
    read_vacuum,
)
from orchestrator.code.sql.policies import AlterTable, Policy, read_alter_table, read_policy
from orchestrator.code.sql.session import SetConf, Use, read_set, read_use_catalog, read_use_schema
from orchestrator.code.sql.sharing import (
    Recipient,
    Share,
    read_alter_recipient,
    read_alter_share,
    read_create_recipient,
    read_create_share,
)
from orchestrator.code.sql.tables import Clone, CreateTable, read_clone, read_create_table

Details = (
    Vacuum | Optimize | Restore | Reorg | Grant | AlterTable | Policy | Share | Recipient | Clone | Flow | ApplyChanges
    | Merge | Insert | CreateTable | CreateFunction | SetConf | Use
)  # fmt: skip

_READERS: Final[dict[str, Callable[[Cursor], Details]]] = {
    "VACUUM": read_vacuum,
    "OPTIMIZE": read_optimize,
    "RESTORE": read_restore,
    "REORG": read_reorg,
    "GRANT": read_grant,
    "REVOKE": read_revoke,
    "DENY": read_deny,
    "ALTER TABLE": read_alter_table,
    "ALTER VIEW": read_alter_table,
    "ALTER STREAMING TABLE": read_alter_table,
    "ALTER MATERIALIZED VIEW": read_alter_table,
    "ALTER SCHEMA": read_alter_table,
    "ALTER CATALOG": read_alter_table,
    "ALTER VOLUME": read_alter_table,
    "CREATE FUNCTION": read_function,
    "CREATE POLICY": read_policy,
    "CREATE SHARE": read_create_share,
    "ALTER SHARE": read_alter_share,
    "CREATE RECIPIENT": read_create_recipient,
    "ALTER RECIPIENT": read_alter_recipient,
    "CLONE": read_clone,
    "CREATE FLOW": read_flow,
    "APPLY CHANGES": read_apply_changes,
    "AUTO CDC": read_auto_cdc,
    "MERGE": read_merge,
    "INSERT": read_insert,
    "INSERT OVERWRITE": read_insert_overwrite,
    "SET": read_set,
    "USE CATALOG": read_use_catalog,
    "USE SCHEMA": read_use_schema,
}
_DATASETS: Final = frozenset(
    ("CREATE TABLE", "CREATE VIEW", "CREATE STREAMING TABLE", "CREATE MATERIALIZED VIEW", "CREATE LIVE TABLE",
     "CREATE LIVE VIEW")
)  # fmt: skip


def read_details(cursor: Cursor, kind: str) -> Details | None:
    """What the front-end of this kind reads after the head; None when there is no front-end."""
    if kind in _DATASETS:
        return read_create_table(cursor, kind)
    reader = _READERS.get(kind)
    return reader(cursor) if reader is not None else None
