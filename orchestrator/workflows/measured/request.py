"""Where measured facts come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.workspace.spark.profile import Profile

DEADLINE_SECONDS = 30.0
MAX_TABLES = 200


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """What a review may measure by: the profile of a run, and the name of a workspace.

    The name is `sandbox`, `env` for the SDK's own chain of credentials, or a profile of ~/.databrickscfg. All questions
    to the workspace share `deadline_seconds` and are about `max_tables` tables at most.
    """

    profile: Profile | None = None
    workspace: str | None = None
    deadline_seconds: float = DEADLINE_SECONDS
    max_tables: int = MAX_TABLES
