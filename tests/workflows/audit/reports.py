"""The report of an audit on the sandbox, each command run once for all tests that look at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.workspace.sandbox import Seed
from tests.cli.command import orchestrate, told

CLEAN, FOUND, BAD_INPUT, INCOMPLETE = 0, 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What an audit ended with."""

    code: int
    report: dict[str, Any]
    said: str

    def findings(self, *rules: str) -> list[dict[str, Any]]:
        """The findings of these rules, or all."""
        return [each for each in self.report["findings"] if not rules or each["rule"] in rules]

    def rows(self, title: str) -> list[dict[str, Any]]:
        """The rows of a table by the names of its columns."""
        table = next(each for each in self.report["tables"] if each["title"].startswith(title))
        return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]

    @property
    def notes(self) -> str:
        """The notes, a line each."""
        return "\n".join(self.report["notes"])


@cache
def audited(*words: str) -> Audited:
    """The command on a fresh sandbox, in a folder of its own."""
    with TemporaryDirectory() as folder:
        return run(Path(folder), *words, "--workspace", "sandbox")


def run(folder: Path, *words: str) -> Audited:
    """The command in a folder."""
    ended = orchestrate(folder, *words, "--quiet", "--output", "json")
    report = json.loads(ended.stdout) if ended.stdout.startswith("{") else {}
    return Audited(code=ended.returncode, report=report, said=told(ended) or ended.stderr)


def quoted(finding: dict[str, Any]) -> dict[str, Any]:
    """The row of facts that a finding quotes."""
    row: dict[str, Any] = json.loads(finding["evidence"])
    return row


def planted(*names: str) -> list[tuple[str, ...]]:
    """The places of the planted mistakes of these names."""
    known = {mistake.id: tuple(mistake.places) for mistake in Seed.read().planted}
    return [known[name] for name in names]
