"""The checks that a data contract promises, and those of its rules that cannot be run here, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.contract import ContractColumn, ContractObject, ContractRule
from orchestrator.workspace.quality.check import QualityCheck

_AT_LEAST = {"mustBeGreaterThan": 1, "mustBeGreaterOrEqualTo": 0}
_NO_ROW = "mustBe"


@dataclass(frozen=True, kw_only=True)
class Unrun:
    """A rule that is not run: it would be a lie to count it among those that hold."""

    rule: str
    reason: str


def promised(found: ContractObject) -> tuple[tuple[QualityCheck, ...], tuple[Unrun, ...]]:
    """The checks of a contract's object in the order of its text, each once, and what cannot be run."""
    checks: dict[tuple[object, ...], QualityCheck] = {}
    unrun: list[Unrun] = []
    key = tuple(column.column_name for column in found.columns if column.primary_key)
    if key:
        first = next(column for column in found.columns if column.primary_key)
        _keep(checks, QualityCheck(kind="unique", columns=key, origin=str(first.location), severe=True))
    for column in found.columns:
        for check in _of_column(column):
            _keep(checks, check)
        for rule in column.quality:
            _add(rule, column.column_name, checks, unrun)
    for rule in found.quality:
        _add(rule, "", checks, unrun)
    return tuple(checks.values()), tuple(unrun)


def _keep(checks: dict[tuple[object, ...], QualityCheck], check: QualityCheck) -> None:
    checks.setdefault((check.kind, check.columns, check.values, check.limit), check)


def _of_column(column: ContractColumn) -> Iterator[QualityCheck]:
    origin, name = str(column.location), (column.column_name,)
    if column.required or column.primary_key:
        yield QualityCheck(kind="not null", columns=name, origin=origin, severe=True)
    if column.unique:
        yield QualityCheck(kind="unique", columns=name, origin=origin, severe=True)
    values = tuple(each for node in column.node.maps("enum") if (each := node.text("value")) is not None)
    if values:
        yield QualityCheck(kind="accepted values", columns=name, values=values, origin=origin, severe=True)


def _add(rule: ContractRule, column: str, checks: dict[tuple[object, ...], QualityCheck], unrun: list[Unrun]) -> None:
    check = _check(rule, column)
    if check is not None:
        _keep(checks, check)
        return
    name = rule.name or rule.metric or rule.kind
    unrun.append(Unrun(rule=f"{name} ({rule.location})", reason=_why_not(rule)))


def _check(rule: ContractRule, column: str) -> QualityCheck | None:
    """The check of a library rule that asks for no broken row at all, or for a number of rows."""
    origin = str(rule.location)
    columns = (column,) if column else ()
    if rule.metric == "rowCount":
        return _row_count(rule, origin)
    if rule.node.text(_NO_ROW) != "0" or not columns:
        return None
    match rule.metric:
        case "nullValues" | "missingValues":
            return QualityCheck(kind="not null", columns=columns, origin=origin, severe=True)
        case "duplicateValues":
            return QualityCheck(kind="unique", columns=columns, origin=origin, severe=True)
        case "invalidValues":
            return _accepted(rule, columns, origin)
        case _:
            return None


def _accepted(rule: ContractRule, columns: tuple[str, ...], origin: str) -> QualityCheck | None:
    arguments = rule.node.map("arguments") or rule.node
    values = tuple(node.text or "" for node in arguments.scalars("validValues"))
    if not values:
        return None
    return QualityCheck(kind="accepted values", columns=columns, values=values, origin=origin, severe=True)


def _row_count(rule: ContractRule, origin: str) -> QualityCheck | None:
    for operator, more in _AT_LEAST.items():
        text = rule.node.text(operator)
        if text is not None and text.isdecimal():
            return QualityCheck(kind="rows at least", columns=(), limit=int(text) + more, origin=origin, severe=True)
    return None


def _why_not(rule: ContractRule) -> str:
    if rule.kind == "sql":
        return "a rule in SQL is run by the pipeline, not here: its text is the contract's and may do more than read"
    if rule.kind in {"text", "custom"}:
        return f"a rule of type {rule.kind} says nothing that can be computed"
    return f"the metric {rule.metric!r} with these operators is not run here; mustBe: 0 of the four counting metrics is"
