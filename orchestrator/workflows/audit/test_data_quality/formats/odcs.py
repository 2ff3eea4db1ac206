"""Checks as the `quality` of an object of an ODCS contract, version 3."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workspace.quality.check import QualityCheck, named

_QUERY = "SELECT count(*) FROM ${object} WHERE $condition"
_METRICS = {"not null": "nullValues", "unique": "duplicateValues", "accepted values": "invalidValues"}


def written(table: str, checks: Sequence[QualityCheck]) -> NewFile:
    """The object with its columns and their rules, to be merged into a contract by hand."""
    columns: dict[str, list[dict[str, object]]] = {}
    of_table: list[dict[str, object]] = []
    for check in checks:
        place = columns.setdefault(check.columns[0], []) if len(check.columns) == 1 else of_table
        place.append(_rule(check))
    item: dict[str, object] = {"name": table}
    if columns:
        item["properties"] = [{"name": name, "quality": rules} for name, rules in columns.items()]
    if of_table:
        item["quality"] = of_table
    text = yaml.safe_dump({"schema": [item]}, sort_keys=False, allow_unicode=True, width=120)
    return NewFile(
        path=f"{table}.quality.yaml",
        text=f"# For the contract of {table}: read each rule before it is promised.\n{text}",
    )


def _rule(check: QualityCheck) -> dict[str, object]:
    if check.kind == "rows at least":
        return {"name": check.name, "metric": "rowCount", "mustBeGreaterOrEqualTo": check.limit}
    metric = _METRICS.get(check.kind)
    if metric is None:
        query = _QUERY.replace("$condition", _broken(check))
        return {"name": check.name, "type": "sql", "query": query, "mustBe": 0}
    rule: dict[str, object] = {"name": check.name, "metric": metric, "mustBe": 0}
    if check.values:
        rule["arguments"] = {"validValues": list(check.values)}
    if len(check.columns) > 1:
        rule["arguments"] = {"properties": list(check.columns)}
    return rule


def _broken(check: QualityCheck) -> str:
    """The condition of a row that breaks it, whenever it is run."""
    if check.kind == "not in the future":
        return f"{named(check.columns[0], 'databricks')} > current_timestamp()"
    return check.broken_by("databricks")
