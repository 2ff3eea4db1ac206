"""What a command found, measured, proposes or did: the nouns that its engine gives to the driver of its shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from orchestrator.types import Severity, Table
from orchestrator.workflows.request import Reviewed

Row = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of defect in facts, as a rule is one in code. `id` is kebab-case and unique in its command.

    `title` says in one sentence what is wrong, `why` what it costs and what would be right; `specialist` owns it.
    """

    id: str
    specialist: str
    severity: Severity
    title: str
    why: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Rows that were read from one source, kept as JSON lines: row N is line N, and a finding quotes it.

    `name` is a file name without suffix. `source` is the call or statement that answered. `more` tells that the source
    has rows beyond these.
    """

    name: str
    source: str
    rows: tuple[Row, ...]
    more: bool = False

    @classmethod
    def of(cls, name: str, source: str, records: Iterable[BaseModel], *, more: bool = False) -> Facts:
        """The facts that frozen records state."""
        rows = tuple(record.model_dump(mode="json", exclude_none=True) for record in records)
        return cls(name=name, source=source, rows=rows, more=more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A defect that a row of facts shows; `row` counts from 1.

    `about` names the thing (`cluster 0712-abc`, `sales.orders.email`): with the check it makes the finding's id, which
    stays when rows move. `message` is one sentence with the numbers of this case.
    """

    check: Check
    facts: str
    row: int
    about: str
    message: str
    severity: Severity | None = None
    confidence: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A source that could not be asked or was asked in part; an incomplete run exits with 3.

    With `incomplete=False` the user did not want it (a file that was not named): it is told and changes no exit code.
    """

    source: str
    reason: str
    incomplete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a command writes; `path` is POSIX and relative to the command's output folder."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an engine found: the driver makes the report of it.

    `reviewed` is a review of code by rules that the report joins.
    """

    facts: tuple[Facts, ...] = ()
    observations: tuple[Observation, ...] = ()
    tables: tuple[Table, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    reviewed: Reviewed | None = None
