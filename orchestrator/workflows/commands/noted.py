"""Observations that are made one by one, each with a row of its own that its finding quotes."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Facts, Observation, Row


@dataclass(kw_only=True)
class Noted:
    """What was found on the way, in its order; `name` is that of its facts, `source` what they were read from."""

    name: str
    source: str
    rows: list[Row] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def see(self, check: Check, about: str, message: str, *, severity: Severity | None = None) -> None:
        """Note one observation with its row."""
        self.rows.append({"about": about, "what": check.title, "detail": message})
        self.observations.append(
            Observation(
                check=check, facts=self.name, row=len(self.rows), about=about, message=message, severity=severity
            )
        )

    def facts(self) -> tuple[Facts, ...]:
        """The rows; nothing where nothing was found."""
        return (Facts(name=self.name, source=self.source, rows=tuple(self.rows)),) if self.rows else ()
