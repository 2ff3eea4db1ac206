"""cylint: PySpark anti-patterns, from Python's own syntax tree."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark


def read(printed: str) -> Iterator[Remark]:
    """The findings of `cy lint --format json`."""
    for entry in json.loads(printed)["findings"]:
        place = entry.get("location") or entry
        line = int(place["line"])
        yield Remark(
            path=str(entry["filepath"]),
            line=line,
            end_line=line,
            rule=str(entry["rule_id"]),
            message=str(entry["message"]),
            severity=str(entry["severity"]),
        )


LINTER = Linter(
    name="cylint",
    distribution="cylint",
    settings="every rule at its default severity, as its README has it out of the box",
    command=("cy", "lint", "--format", "json"),
    read=read,
    codes=(0, 1, 2),
)
