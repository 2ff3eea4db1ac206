"""Grants to everyone, in SQL and in bundles, and what they let everyone do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.yaml import YamlList, YamlMap, YamlScalar

if TYPE_CHECKING:
    from orchestrator.code.bundle import Target
    from orchestrator.types import Location

EVERYONE = frozenset({"account users", "users"})
"""The groups that hold every user of the account, and every user of the workspace."""
POWERFUL = frozenset({"ALL PRIVILEGES", "MANAGE", "MODIFY", "WRITE FILES"})
_PLAYGROUND = re.compile(
    r"(?:\A|[._\-])(?:dev|development|demos?|sandbox|scratch|playground|tmp|temp|training|workshops?|hands?[-_]?on|labs?|tests?)(?:\Z|[._\-])",
    re.IGNORECASE,
)
_AUDIENCE = re.compile(
    r"(?:\A|[._\- ])(?:analysts?|readers?|viewers?|consumers?|read[-_]?only|business[-_ ]?users?)(?:\Z|[._\- ])",
    re.IGNORECASE,
)
_AT_WORK = re.compile(r"admin|engineer|owner|writer|steward|lead|service|deploy|platform|editor", re.IGNORECASE)


def powerful(privileges: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the privileges with which a principal changes data or rights."""
    plain = (privilege.upper().replace("_", " ") for privilege in privileges)
    return tuple(privilege for privilege in plain if privilege in POWERFUL)


def is_playground(name: str) -> bool:
    """Whether an object's name says that it is there to try things out."""
    return _PLAYGROUND.search(name) is not None


def is_audience(principal: str) -> bool:
    """Whether a group's name says that its members read what others make."""
    return _AUDIENCE.search(principal) is not None and _AT_WORK.search(principal) is None


def bundle_grants(target: Target) -> Iterator[tuple[str, str, tuple[str, ...], Location]]:
    """The resource, the principal, the privileges and the place of each grant that a target makes."""
    for resource in target.all_resources:
        for entry in resource.node.maps("grants"):
            principal = entry.get("principal")
            if isinstance(principal, YamlScalar) and isinstance(principal.value, str):
                name = f"{resource.kind.rstrip('s')} `{resource.name or resource.key}`"
                yield name, principal.value, _privileges(entry), principal.location


def _privileges(entry: YamlMap) -> tuple[str, ...]:
    listed = entry.get("privileges")
    found = listed if isinstance(listed, YamlList) else ()
    return tuple(str(each.value) for each in found if isinstance(each, YamlScalar))
