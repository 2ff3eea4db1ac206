"""Where the grants of a project and the live ones differ, on the objects that the project grants something on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from orchestrator.code.granted import CodeGrant
from orchestrator.workspace.governance.excess import HeldGrant
from orchestrator.workspace.governance.holdings import Holding
from orchestrator.workspace.records import Record

Difference = Literal["live and not in the code", "in the code and not live", "taken away in the code and live"]


class Drift(Record):
    """Privileges of one principal on one object about which code and workspace differ."""

    difference: Difference
    principal: str
    privileges: tuple[str, ...]
    on: str
    code: str | None
    """the file and line that grants on the object, or takes away; null where the code says nothing of the principal"""


def drifts(live: Sequence[HeldGrant], code: Sequence[CodeGrant], objects: Iterable[str]) -> tuple[Drift, ...]:
    """The differences on `objects` (`schema main.sales`) that the code names; others are not the project's to give."""
    found: list[Drift] = []
    for name in sorted(set(objects)):
        mine = [grant for grant in code if _is_about(grant, name)]
        if mine:
            found += _of_object(name, [grant for grant in live if str(grant.of) == name], mine)
    return tuple(found)


def unexplained(drift: Sequence[Drift], holdings: Sequence[Holding]) -> tuple[Drift, ...]:
    """The differences without what a holding on the same object reports already."""
    told = {(item.principal, item.on): set(item.privileges) for item in holdings}
    return tuple(item for item in drift if not _is_told(item, told))


def _is_told(item: Drift, told: dict[tuple[str, str], set[str]]) -> bool:
    is_live = item.difference != "in the code and not live"
    return is_live and set(item.privileges) <= told.get((item.principal, item.on), set())


def _is_about(grant: CodeGrant, name: str) -> bool:
    kind, _, full = name.partition(" ")
    return grant.kind == kind and grant.is_on(full)


def _of_object(name: str, live: Sequence[HeldGrant], code: Sequence[CodeGrant]) -> Iterator[Drift]:
    held = _by_principal((grant.principal, grant.privilege) for grant in live)
    wanted = _by_principal(
        (each.principal, right) for each in code if each.action == "grant" for right in each.privileges
    )
    taken = _by_principal(
        (each.principal, right) for each in code if each.action == "revoke" for right in each.privileges
    )
    names = {principal.lower(): principal for principal in (*wanted, *taken, *held)}
    for key, principal in sorted(names.items()):
        has, should, not_any_more = held.get(key, set()), wanted.get(key, set()), taken.get(key, set())
        gone = (has if "ALL_PRIVILEGES" in not_any_more else has & not_any_more) - should
        place = next((_place(each) for each in code if each.principal.lower() == key), None)
        sides: tuple[tuple[Difference, set[str]], ...] = (
            ("taken away in the code and live", gone),
            ("live and not in the code", has - should - gone),
            ("in the code and not live", set() if "ALL_PRIVILEGES" in has else should - has),
        )
        for difference, rights in sides:
            if rights:
                yield Drift(
                    difference=difference, principal=principal, privileges=tuple(sorted(rights)), on=name, code=place
                )


def _pairs(code: Sequence[CodeGrant], action: str) -> Iterator[tuple[str, str]]:
    for each in code:
        if each.action == action:
            yield from ((each.principal, right) for right in each.privileges)


def _by_principal(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for principal, right in pairs:
        found.setdefault(principal.lower(), set()).add(right)
    return found


def _place(grant: CodeGrant) -> str:
    return f"{grant.location.path}:{grant.location.start_line}"
