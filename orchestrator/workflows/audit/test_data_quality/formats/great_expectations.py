"""Checks as a suite of Great Expectations 1.x: https://docs.greatexpectations.io/docs/reference/api/expectationsuite_class."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workspace.quality.check import QualityCheck


def written(table: str, checks: Sequence[QualityCheck]) -> NewFile:
    """The suite as JSON."""
    # A suite has no word for the present: what must not be in the future is left to the other tools.
    expectations = [_expectation(check) for check in checks if check.kind != "not in the future"]
    suite = {"name": table, "expectations": expectations, "meta": {}}
    return NewFile(path=f"{table}.expectations.json", text=json.dumps(suite, indent=2, ensure_ascii=False) + "\n")


def _expectation(check: QualityCheck) -> dict[str, object]:
    kind, arguments = _kind(check)
    return {"type": kind, "kwargs": arguments, "meta": {"origin": check.origin}}


def _kind(check: QualityCheck) -> tuple[str, dict[str, object]]:
    column = check.columns[0] if check.columns else ""
    match check.kind:
        case "not null":
            return "expect_column_values_to_not_be_null", {"column": column}
        case "unique" if len(check.columns) > 1:
            return "expect_compound_columns_to_be_unique", {"column_list": list(check.columns)}
        case "unique":
            return "expect_column_values_to_be_unique", {"column": column}
        case "accepted values":
            return "expect_column_values_to_be_in_set", {"column": column, "value_set": list(check.values)}
        case "at least":
            return "expect_column_values_to_be_between", {"column": column, "min_value": check.limit}
        case "rows at least":
            return "expect_table_row_count_to_be_between", {"min_value": check.limit}
        case _:
            return "expect_column_values_to_be_between", {"column": column, "max_value": check.limit}
