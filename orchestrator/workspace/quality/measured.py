"""Runs checks over rows: how many rows break each, and the keys of some of them."""

from __future__ import annotations

from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.quality.asking import how_many_break, how_many_repeat, most_repeated, some_that_break
from orchestrator.workspace.quality.check import QualityCheck
from orchestrator.workspace.quality.rows import DataRows
from orchestrator.workspace.records import Record

SAMPLE_KEYS = 5


class CheckResult(Record):
    """What became of one check."""

    check: str
    """what must be true, in words"""
    origin: str
    rows: int
    broken: int
    """rows that break it; of "unique" the rows beyond the first of each key, of "rows at least" the missing ones"""
    keys: tuple[str, ...]
    """the keys of at most five rows that break it, as `column=value`; none where a key is of a person"""

    @property
    def holds(self) -> bool:
        """Whether no row breaks it and there was a row; a check over nothing has shown nothing."""
        return self.broken == 0 and self.rows > 0


def measured(rows: DataRows, check: QualityCheck, *, count: int, key: tuple[str, ...]) -> CheckResult:
    """The result of a check over `count` rows.

    Raises:
        WorkspaceError: a column is not there, or the rows cannot be read.
    """
    if check.kind == "rows at least":
        least = int(check.limit) if isinstance(check.limit, int | float) else 0
        return _result(check, count, max(least - count, 0), ())
    if check.kind == "unique":
        return _repeated(rows, check, count)
    number = how_many_break(rows, check)
    sample = some_that_break(rows, check, key, SAMPLE_KEYS) if number and shown_key(key) else ()
    return _result(check, count, number, tuple(_named(key, row) for row in sample))


def shown_key(key: tuple[str, ...]) -> bool:
    """Whether values of the key may be shown: none of its columns is named for a person's data."""
    return bool(key) and all(lexicon().named(column) is None for column in key)


def _repeated(rows: DataRows, check: QualityCheck, count: int) -> CheckResult:
    surplus = how_many_repeat(rows, check.columns)
    sample = most_repeated(rows, check.columns, SAMPLE_KEYS) if surplus and shown_key(check.columns) else ()
    return _result(check, count, surplus, tuple(_named(check.columns, row) for row in sample))


def _named(columns: tuple[str, ...], values: tuple[str | None, ...]) -> str:
    return ", ".join(f"{column}={value}" for column, value in zip(columns, values, strict=False))


def _result(check: QualityCheck, count: int, broken: int, keys: tuple[str, ...]) -> CheckResult:
    return CheckResult(check=check.sentence, origin=check.origin, rows=count, broken=broken, keys=keys)
