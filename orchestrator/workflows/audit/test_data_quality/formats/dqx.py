"""Checks for DQX of Databricks Labs: https://databrickslabs.github.io/dqx/docs/reference/quality_checks/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workspace.quality.check import QualityCheck


def written(table: str, checks: Sequence[QualityCheck]) -> NewFile:
    """The checks as metadata in YAML."""
    entries = [entry for check in checks for entry in _entries(check)]
    text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=120)
    return NewFile(
        path=f"{table}.dqx.yml", text=f"# Proposed checks of {table}: read each, and keep what is meant.\n{text}"
    )


def _entries(check: QualityCheck) -> Iterator[dict[str, object]]:
    found = _function(check)
    if found is not None:
        function, arguments = found
        yield {
            "name": check.name,
            "criticality": "error" if check.severe else "warn",
            "check": {"function": function, "arguments": arguments},
        }


def _function(check: QualityCheck) -> tuple[str, dict[str, object]] | None:
    """The function of DQX and its arguments; None for what it checks elsewhere."""
    column = check.columns[0] if check.columns else ""
    match check.kind:
        case "not null":
            return "is_not_null", {"column": column}
        case "unique":
            return "is_unique", {"columns": list(check.columns)}
        case "accepted values":
            return "is_in_list", {"column": column, "allowed": list(check.values)}
        case "at least":
            return "is_not_less_than", {"column": column, "limit": check.limit}
        case "at most":
            return "is_not_greater_than", {"column": column, "limit": check.limit}
        case "not in the future":
            return "is_not_in_future", {"column": column}
        case "rows at least":
            return None
