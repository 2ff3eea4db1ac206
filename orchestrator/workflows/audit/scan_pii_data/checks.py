"""Which columns with personal data are a finding: one for each column, by what protects it and who may read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.governance.grants import WIDE
from orchestrator.workspace.governance.personal import PersonalColumn
from orchestrator.workspace.governance.shared import InShare

CLASSIFICATION, PRIVACY = "data-classification-expert", "data-privacy-guardian"
FACTS = "personal-columns"
CONFIDENCE = {"certain": 95, "probable": 80, "possible": 50}
_TAGS = "https://docs.databricks.com/aws/en/database-objects/tags"
_MASKS = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/filters-and-masks"
_GRAVE = frozenset({"financial", "government", "special", "secret"})
Readers = Mapping[str, tuple[str, ...] | None]
Shared = Mapping[str, tuple[InShare, ...]]

UNTAGGED = Check(
    id="personal-data-untagged",
    specialist=CLASSIFICATION,
    severity=Severity.MEDIUM,
    title="a column holds personal data and no tag says so",
    why="Policies, erasure and records of processing go by tags: what carries none is found by nobody who has to find "
    "it. Tag the column; the change set of this command does.",
    references=(_TAGS,),
)
UNMASKED = Check(
    id="personal-data-unmasked",
    specialist=PRIVACY,
    severity=Severity.MEDIUM,
    title="a column with personal data is shown in full to people who do not own it",
    why="The tag says what it is, and still every reader of the table sees the values. Mask the column, or take the "
    "grant from those who do not need it.",
    references=(_MASKS,),
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One column, the number of its row in the facts, and who may read it besides owner, administrators and jobs.

    `shares` are those that hold its table and have a recipient.
    """

    row: int
    column: PersonalColumn
    readers: tuple[str, ...] | None
    shares: tuple[InShare, ...] = ()

    @property
    def check(self) -> Check | None:
        """What is wrong with it; None where it is tagged, and masked or closed."""
        item = self.column
        if not item.tags:
            return UNTAGGED
        is_bare = item.mask is None and item.row_filter is None
        return UNMASKED if is_bare and (self.shares or self.readers != ()) else None


def standings(found: Sequence[PersonalColumn], readers: Readers, shared: Shared) -> tuple[Standing, ...]:
    """Every column with what is known of its readers, here and outside."""
    return tuple(
        Standing(
            row=number,
            column=item,
            readers=readers.get(item.column.rpartition(".")[0]),
            shares=tuple(each for each in shared.get(item.column.rpartition(".")[0], ()) if each.recipients),
        )
        for number, item in enumerate(found, start=1)
    )


def observed(found: Sequence[Standing]) -> Iterator[Observation]:
    """One observation a column that nothing protects as it should."""
    for item in found:
        check = item.check
        if check is None:
            continue
        yield Observation(
            check=check,
            facts=FACTS,
            row=item.row,
            about=item.column.column,
            message=_message(item),
            severity=_severity(item),
            confidence=CONFIDENCE[item.column.certainty],
        )


def _message(item: Standing) -> str:
    column = item.column
    lacks = [name for name, has in (("no tag", column.tags), ("no mask", column.mask)) if not has]
    signals = "; ".join(column.signals)
    return (
        f"{column.column} holds {column.kind} ({column.certainty}: {signals}) and has {' and '.join(lacks)}; "
        f"{who(item.readers)}{_outside(item.shares)}"
    )


def _outside(shares: Sequence[InShare]) -> str:
    return "".join(f"; it is shared outside in {each.share} with {', '.join(each.recipients[:3])}" for each in shares)


def who(readers: tuple[str, ...] | None) -> str:
    """Who may read it, in words."""
    if readers is None:
        return "who may read it cannot be seen"
    if not readers:
        return "only its owner, administrators and service principals may read it"
    return f"{', '.join(readers[:4])}{' and others' if len(readers) > 4 else ''} may read it"


def _severity(item: Standing) -> Severity:
    if item.column.certainty == "possible":
        return Severity.LOW
    is_open = bool(item.shares) or any(name.lower() in WIDE for name in item.readers or ())
    unseen = item.column.mask is not None or (item.readers == () and not item.shares)
    if unseen:
        return Severity.LOW
    return Severity.HIGH if is_open or item.column.sensitivity in _GRAVE else Severity.MEDIUM
