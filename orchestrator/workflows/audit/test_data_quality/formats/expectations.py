"""Checks as expectations of a Lakeflow declarative pipeline, in a module that the pipeline imports."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workspace.quality.check import QualityCheck, literal, named

_ROWWISE = frozenset({"not null", "accepted values", "at least", "at most", "not in the future"})


def written(table: str, checks: Sequence[QualityCheck]) -> NewFile:
    """Two dictionaries: what a row must fulfil to be kept, and what is only counted."""
    lines = [
        f'"""Expectations of {table}: proposed from its data and its contract; read each, and keep what is meant.',
        "",
        "    @dp.expect_all_or_drop(MUST)",
        "    @dp.expect_all(SHOULD)",
        "",
        "What is wrong only as a whole (unique keys, too few rows) is no expectation of a row: it belongs into a gate.",
        '"""',
        "",
        *_dictionary("MUST", [check for check in checks if check.severe]),
        "",
        *_dictionary("SHOULD", [check for check in checks if not check.severe]),
    ]
    return NewFile(path=f"{table}_expectations.py", text="\n".join(lines) + "\n")


def _dictionary(name: str, checks: Sequence[QualityCheck]) -> list[str]:
    rows = [
        f"    {json.dumps(check.name)}: {json.dumps(_fulfilled(check))}," for check in checks if check.kind in _ROWWISE
    ]
    return [f"{name} = {{", *rows, "}"] if rows else [f"{name}: dict[str, str] = {{}}"]


def _fulfilled(check: QualityCheck) -> str:
    """The condition of a good row; a null is the matter of "not null" alone."""
    column = named(check.columns[0], "databricks")
    match check.kind:
        case "not null":
            return f"{column} IS NOT NULL"
        case "accepted values":
            good = f"{column} IN ({', '.join(literal(value) for value in check.values)})"
        case "not in the future":
            good = f"{column} <= current_timestamp()"
        case _:
            good = f"{column} {'>=' if check.kind == 'at least' else '<='} {literal(check.limit)}"
    return f"{column} IS NULL OR {good}"
