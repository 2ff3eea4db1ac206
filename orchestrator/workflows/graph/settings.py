"""How a model is asked in a review: values of the command line, none of which a reviewed project can set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.models.conversation import Effort

PARALLEL = 12
MAX_TURNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model, how hard it thinks, and where it stops; a limit that is None does not hold.

    `deadline` counts seconds from the start of the process, so anew when a run is resumed. `store` is the address of a
    Postgres database for the checkpoints, None for a file in the run's folder.
    """

    model: str
    effort: Effort = "medium"
    agents: tuple[str, ...] = ()
    max_usd: float | None = None
    max_tokens: int | None = None
    deadline: float | None = None
    parallel: int = PARALLEL
    max_turns: int = MAX_TURNS
    store: str | None = None
