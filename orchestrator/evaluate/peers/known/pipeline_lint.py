"""pipeline-lint: whether SQL, PySpark and Airflow code may be run again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark


def read(printed: str) -> Iterator[Remark]:
    """The violations of `pipeline-lint check --format json`."""
    for entry in json.loads(printed)["violations"]:
        place = entry.get("location") or entry
        line = int(place["line"])
        yield Remark(
            path=str(entry["path"]),
            line=line,
            end_line=line,
            rule=str(entry["rule_id"]),
            message=str(entry["message"]),
            severity=str(entry["severity"]),
        )


LINTER = Linter(
    name="pipeline-lint",
    distribution="pipeline-lint",
    settings="every rule, SQL read as Databricks', which its README offers for such projects",
    command=("pipeline-lint", "check", "--format", "json", "--sql-dialect", "databricks"),
    read=read,
    suffixes=(".py", ".sql"),
)
