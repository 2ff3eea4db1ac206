"""sqlfluff: style and a few traps of SQL files, in the dialect of Databricks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark


def read(printed: str) -> Iterator[Remark]:
    """The violations of `sqlfluff lint --format json`, a file that does not parse (`PRS`) included."""
    for entry in json.loads(printed or "[]"):
        for violation in entry["violations"]:
            line = int(violation["start_line_no"])
            yield Remark(
                path=str(entry["filepath"]),
                line=line,
                end_line=int(violation.get("end_line_no") or line),
                rule=str(violation["code"]),
                message=str(violation["description"]),
            )


LINTER = Linter(
    name="sqlfluff",
    distribution="sqlfluff",
    settings="its default rules, the dialect databricks, and no other setting, as its guide starts a new project",
    command=("sqlfluff", "lint", "--dialect", "databricks", "--format", "json", "--nocolor", "--disable-progress-bar"),
    read=read,
    suffixes=(".sql",),
)
