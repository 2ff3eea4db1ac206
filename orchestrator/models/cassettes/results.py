"""What a replay came to, as data: anything but FRESH is not measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a recording stands to what is asked now; there are no others."""

    FRESH = "FRESH"
    STALE_PROMPT = "STALE-PROMPT"
    STALE_CASE = "STALE-CASE"
    DIVERGED = "DIVERGED"
    STALE_COSMETIC = "STALE-COSMETIC"
    MISSING = "MISSING"
    UNUSED = "UNUSED"
    CORRUPT = "CORRUPT"


class How(StrEnum):
    """How a recording was made; `hand_edited` is found by the digests in its meta file."""

    LIVE = "live"
    SYNTHETIC = "synthetic"
    HANDOFF = "handoff"
    HAND_EDITED = "hand_edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One agent on one case in one epoch; `turn` is the first that is not fresh, `components` what differs there."""

    case: str
    agent: str
    epoch: int
    state: State
    components: tuple[str, ...] = ()
    turn: int | None = None
    how: How | None = None
    detail: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether a score may be made of it: fresh, and somebody answered who is no script."""
        return self.state is State.FRESH and self.how in {How.LIVE, How.HANDOFF}

    def __str__(self) -> str:
        place = f"{self.case}/{self.agent}/e{self.epoch}"
        turn = "" if self.turn is None else f"@{self.turn}"
        parts = f" ({', '.join(self.components)})" if self.components else ""
        return f"{place}: {self.state.value}{turn}{parts}" + (f": {self.detail}" if self.detail else "")
