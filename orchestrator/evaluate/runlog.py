"""A stored run of a system over a suite: written once, read by everything else; scores are made of it and never kept
in it.

    FOLDER/run.json      the `Spec`: what was run over what, and how
    FOLDER/log.jsonl     one `Entry` a line: a case, a variant and an epoch
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from orchestrator.evaluate.prediction import Prediction, Variant
from orchestrator.types import Spending

How: TypeAlias = Literal["rules", "peer", "live", "handoff", "synthetic", "hand_edited"]
MEASURED: frozenset[str] = frozenset({"rules", "peer", "live", "handoff"})
"""How a run may have been made to enter a table of quality; of agents only `live` and `handoff` do."""
AGENT_HOWS: frozenset[str] = frozenset({"live", "handoff"})
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What was run: the suite by name, version and digest, the system, and what made the predictions.

    `how` is that of the worst recording in the run. `versions` holds what was installed (package, rules, model).
    `dataset_sha256` is over the digests of all cases of the suite, `case_sha256` the digest of each case that was run,
    by its id.
    """

    suite: str
    dataset_version: str
    dataset_sha256: str
    case_sha256: dict[str, str]
    system: str
    how: How
    split: str | None = None
    epochs: int = 1
    versions: dict[str, str] = field(default_factory=dict)
    taxonomy: int = 1
    format: int = FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """An agent whose answer could not be used: all that it should have found counts as missed."""

    agent: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRun:
    """What one agent did on one variant: its coverage, and what its model cost; None where none was asked."""

    agent: str
    status: str
    reason: str = ""
    spending: Spending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CassetteState:
    """How the recording of one agent stood to what was asked; anything but FRESH is not measured."""

    agent: str
    state: str
    how: str | None = None
    components: tuple[str, ...] = ()
    turn: int | None = None
    detail: str = ""

    @property
    def is_fresh(self) -> bool:
        """Whether every turn was answered by its recording."""
        return self.state == "FRESH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One review of one variant of one case in one epoch, counted from 1.

    `lines` are the non-blank lines of the project. `seconds` is None in a replay, where it means nothing, and never
    compared. `is_measured` is False where a recording was not fresh: the entry is then left out of every score.
    """

    case: str
    variant: Variant
    epoch: int
    predictions: tuple[Prediction, ...]
    lines: int
    invalid: tuple[Invalid, ...] = ()
    agents: tuple[AgentRun, ...] = ()
    cassettes: tuple[CassetteState, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float | None = None

    @property
    def is_measured(self) -> bool:
        """Whether a score may be made of it."""
        return all(cassette.is_fresh for cassette in self.cassettes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLog:
    """A run whole: `entries` in order of case, epoch and variant."""

    spec: Spec
    entries: tuple[Entry, ...]
