"""Who can do what on one object: privileges from everywhere above it, and whether they suffice.

To read a table a principal needs SELECT on it, and USE SCHEMA and USE CATALOG above it; owners need no grant:
https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import HARMLESS, POWERFUL, WIDE, Grant, effective
from orchestrator.workspace.governance.people import is_person
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Holder = Literal["everybody", "person", "group or service principal"]
NEEDED = "MANAGE on it or ownership"
_ALL = "ALL_PRIVILEGES"
_READS = {"table": "SELECT", "volume": "READ_VOLUME", "function": "EXECUTE"}
_WRITES = {"table": "MODIFY", "volume": "WRITE_VOLUME"}
NOT_KNOWN = (
    "members of groups are not resolved: a person may reach more through groups",
    "row filters, column masks and access policies narrow what a reader sees; get_table shows the first two",
)


class PrincipalAccess(Record):
    """What one principal can do on the object."""

    principal: str
    holder: Holder
    privileges: tuple[str, ...]
    """as `SELECT from schema main.sales`; without `from` it is granted on the object itself"""
    reads: bool
    """can read the data of the object; for a catalog or schema, of what is in it"""
    writes: bool
    manages: bool
    """can grant it to others: MANAGE or ownership"""
    lacks: tuple[str, ...]
    """what it would need so that the privileges it holds take effect"""


class AccessAnalysis(Record):
    """Who can do what on an object."""

    object: str
    owner: str | None
    principals: tuple[PrincipalAccess, ...]
    """those who read, write or manage first"""
    findings: tuple[str, ...]
    """what a reviewer should look at"""
    not_known: tuple[str, ...]


def access_analysis(workspace: Workspace, of: Securable) -> AccessAnalysis:
    """The analysis of one object.

    Raises:
        WorkspaceError: the grants or the owner cannot be read.
    """
    owner = workspace.ask(f"read the owner of {of}", lambda client: _owner(client, of))
    found: list[Grant] = []
    for level in (of, *_above(of)):
        what = f"read the effective grants of {level}"
        found += workspace.ask(what, partial(_effective, of=level), privilege=NEEDED)
    return judged(of, owner, found)


def _above(of: Securable) -> Iterable[Securable]:
    """The schema and the catalog that it stands in."""
    parts = of.name.split(".")
    if len(parts) == 3:
        yield Securable(kind="schema", name=".".join(parts[:2]))
    if len(parts) > 1:
        yield Securable(kind="catalog", name=parts[0])


def _effective(client: WorkspaceClient, of: Securable) -> list[Grant]:
    return list(effective(client, of))


def judged(of: Securable, owner: str | None, grants: Iterable[Grant]) -> AccessAnalysis:
    """The analysis of these grants on the object and on what is above it."""
    held: dict[str, set[Grant]] = defaultdict(set)
    for grant in grants:
        held[grant.principal].add(grant)
    if owner:
        held.setdefault(owner, set())
    principals = [_access(of, name, given, owner) for name, given in held.items()]
    principals.sort(key=lambda item: (not item.manages, not item.writes, not item.reads, item.principal))
    return AccessAnalysis(
        object=str(of), owner=owner, principals=tuple(principals), findings=tuple(_findings(principals, owner)),
        not_known=NOT_KNOWN,
    )  # fmt: skip


def _access(of: Securable, principal: str, given: Iterable[Grant], owner: str | None) -> PrincipalAccess:
    names = {grant.privilege for grant in given}
    owns = principal == owner
    lacks = () if owns else tuple(_lacking(of, names))
    reads, writes = (_may(of, names, kinds) and not lacks for kinds in (_READS, _WRITES))
    return PrincipalAccess(
        principal=principal,
        holder=_holder(principal),
        privileges=tuple(sorted({_told(of, grant) for grant in given})),
        reads=owns or reads,
        writes=owns or writes,
        manages=owns or "MANAGE" in names,
        lacks=lacks,
    )


def _may(of: Securable, names: set[str], kinds: dict[str, str]) -> bool:
    wanted = (
        {kinds[of.kind]} if of.kind in kinds else set(kinds.values()) if of.kind in {"catalog", "schema"} else set()
    )
    return bool(wanted & names) or (_ALL in names and bool(wanted))


def _lacking(of: Securable, names: set[str]) -> Iterable[str]:
    """USE CATALOG and USE SCHEMA, where what is held gives nothing without them."""
    if _ALL in names or not names - HARMLESS:
        return
    levels = {"catalog": ("USE_CATALOG",), "metastore": ()}.get(of.kind, ("USE_CATALOG", "USE_SCHEMA"))
    yield from (name for name in levels if name not in names)


def _told(of: Securable, grant: Grant) -> str:
    return grant.privilege if grant.on == str(of) else f"{grant.privilege} from {grant.on}"


def _holder(principal: str) -> Holder:
    if principal.lower() in WIDE:
        return "everybody"
    return "person" if is_person(principal) else "group or service principal"


def _findings(principals: Sequence[PrincipalAccess], owner: str | None) -> Iterable[str]:
    if owner and is_person(owner):
        yield f"the owner is one person ({owner}): when the account goes, nobody manages the object"
    for item in principals:
        names = {text.partition(" ")[0] for text in item.privileges}
        if item.holder == "everybody" and names - HARMLESS:
            yield f"every user holds {', '.join(sorted(names - HARMLESS))} through {item.principal!r}"
        if names & POWERFUL and item.principal != owner:
            yield f"{item.principal!r} holds {', '.join(sorted(names & POWERFUL))}"
        if item.lacks:
            yield f"{item.principal!r} lacks {', '.join(item.lacks)}: its other privileges have no effect"


def _owner(client: WorkspaceClient, of: Securable) -> str | None:
    match of.kind:
        case "catalog":
            return client.catalogs.get(of.name).owner
        case "schema":
            return client.schemas.get(of.name).owner
        case "table":
            return client.tables.get(of.name).owner
        case "volume":
            return client.volumes.read(of.name).owner
        case "function":
            return client.functions.get(of.name).owner
        case _:
            return None
