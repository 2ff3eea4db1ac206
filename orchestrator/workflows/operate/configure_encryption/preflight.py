"""What speaks against encrypting columns with the keys of a scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Facts, Observation
from orchestrator.workflows.operate.configure_encryption.design import Design, encrypted
from orchestrator.workspace.governance.grants import WIDE
from orchestrator.workspace.governance.secret_scopes import Scope
from orchestrator.workspace.governance.tables import Table

EXPERT, GUARDIAN = "encryption-specialist", "data-privacy-guardian"
READERS, CLEAR = "scope-readers", "columns"
_SECRETS = ("https://docs.databricks.com/aws/en/security/secrets/",)
OTHERS = Check(
    id="scope-holds-others",
    specialist=EXPERT,
    severity=Severity.HIGH,
    title="the scope holds secrets that are no keys of these columns",
    why="A permission holds for the whole scope: who may read a key reads the rest too. Take a scope of its own.",
    references=_SECRETS,
)
WIDER = replace(
    OTHERS,
    id="scope-read-by-more",
    title="more may read the keys than those who decrypt",
    why="Who reads the key decrypts everything, past grants and functions. Take the permission away.",
)
STAYS = Check(
    id="clear-column-stays",
    specialist=GUARDIAN,
    severity=Severity.MEDIUM,
    title="the clear values are still in the table",
    why="Until the clear column is dropped, the table purged and vacuumed, the data is not encrypted.",
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was read for the design."""

    design: Design
    table: Table
    scope: Scope | None
    spared: frozenset[str]
    """principals that may read the keys, in lower case"""


def facts(known: Known) -> tuple[Facts, ...]:
    """The columns, and who may read the scope."""
    columns = tuple(
        {"column": f"{known.table.name}.{column.name}", "type": column.type, "mask": column.mask}
        for column in known.design.columns
    )
    read = known.scope.readers if known.scope else ()
    found = Facts(name=CLEAR, source=f"the columns of {known.table.name}", rows=columns)
    return (found, Facts.of(READERS, "the permissions of the secret scope", read)) if read else (found,)


def observed(known: Known) -> Iterator[Observation]:
    """What speaks against it, by row."""
    names = {column.name.lower() for column in known.table.columns}
    for row, column in enumerate(known.design.columns, start=1):
        about = f"{known.table.name}.{column.name}"
        beside = "beside the encrypted one" if encrypted(column).lower() in names else "and no encrypted one yet"
        message = f"{about} holds clear values, {beside}"
        yield Observation(check=STAYS, facts=CLEAR, row=row, about=about, message=message)
    if known.scope is None:
        return
    wanted = {known.design.key(column).rpartition("_v")[0] for column in known.design.columns}
    others = [key for key in known.scope.keys if key.lower().rpartition("_v")[0] not in wanted]
    if others:
        shown = ", ".join(sorted(others)[:5])
        message = f"the scope {known.scope.name} holds {len(others)} other secrets too: {shown}"
        yield Observation(check=OTHERS, facts=CLEAR, row=1, about=known.scope.name, message=message)
    yield from _wider(known, known.scope)


def _wider(known: Known, scope: Scope) -> Iterator[Observation]:
    for row, reader in enumerate(scope.readers, start=1):
        if reader.principal.lower() not in known.spared and reader.principal.lower() not in WIDE:
            message = f"{reader.principal} holds {reader.permission} on the scope {scope.name}, and so every key of it"
            about = f"{scope.name}:{reader.principal}"
            yield Observation(check=WIDER, facts=READERS, row=row, about=about, message=message)


def everybody(scope: Scope | None) -> Sequence[str]:
    """The groups of everybody that may read the scope: the change set takes that away."""
    return [each.principal for each in scope.readers if each.principal.lower() in WIDE] if scope else []
