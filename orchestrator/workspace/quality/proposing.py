"""Checks that the data itself proposes: what nearly every row fulfils is probably meant, and the rest worth a look.

A proposal is made from at least 100 rows of which at least 99 in 100 fulfil it. It is a question to whoever knows the
data, not a promise; what a contract says stands before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from orchestrator.workspace.quality.asking import how_many_break
from orchestrator.workspace.quality.check import QualityCheck
from orchestrator.workspace.quality.profile import ColumnProfile
from orchestrator.workspace.quality.rows import DataRows

LEAST_ROWS = 100
MOST_BROKEN = 0.01
_KEY_WORDS = ("id", "key", "number", "no", "uuid", "code")
_SIGNED = ("amount", "price", "quantity", "count", "total", "size", "age", "duration", "cost", "fee")
"""Words of columns in which a negative value is seldom meant."""


def proposed(rows: DataRows, found: tuple[ColumnProfile, ...], now: dt.datetime) -> tuple[QualityCheck, ...]:
    """The checks that the profiles propose, by column; none for fewer than 100 rows."""
    if not found or found[0].rows < LEAST_ROWS:
        return ()
    return tuple(check for profile in found for check in _of_column(rows, profile, now))


def key_of(found: tuple[ColumnProfile, ...]) -> tuple[str, ...]:
    """The column that tells rows apart: the first whose name speaks of a key and whose values nearly all differ."""
    for profile in found:
        if _may_be_key(profile):
            return (profile.column,)
    return ()


def _of_column(rows: DataRows, profile: ColumnProfile, now: dt.datetime) -> Iterator[QualityCheck]:
    column = (profile.column,)
    if profile.nulls <= profile.rows * MOST_BROKEN:
        yield QualityCheck(kind="not null", columns=column)
    if _may_be_key(profile):
        yield QualityCheck(kind="unique", columns=column)
    yield from _accepted(profile)
    name = profile.column.lower()
    if profile.is_number and profile.personal is None and any(word in name.split("_") for word in _SIGNED):
        negative = QualityCheck(kind="at least", columns=column, limit=0)
        if _share(rows, negative, profile) <= MOST_BROKEN:
            yield negative
    if profile.is_time and profile.personal is None:
        future = QualityCheck(kind="not in the future", columns=column, limit=now.replace(tzinfo=None))
        if _share(rows, future, profile) <= MOST_BROKEN:
            yield future


def _may_be_key(profile: ColumnProfile) -> bool:
    words = profile.column.lower().split("_")
    some = profile.rows - profile.nulls
    return bool(some) and words[-1] in _KEY_WORDS and profile.distinct >= some * (1 - MOST_BROKEN)


def _accepted(profile: ColumnProfile) -> Iterator[QualityCheck]:
    """The list of values without those that hardly ever occur: a misspelt one is then found."""
    counted = [value.rpartition(" (") for value in profile.values]
    pairs = [(value, int(count.rstrip(")"))) for value, _, count in counted]
    some = sum(count for _, count in pairs)
    usual = [value for value, count in pairs if count > some * MOST_BROKEN]
    if len(usual) > 1 and not any("\\" in value for value in usual):
        yield QualityCheck(kind="accepted values", columns=(profile.column,), values=tuple(sorted(usual)))


def _share(rows: DataRows, check: QualityCheck, profile: ColumnProfile) -> float:
    return how_many_break(rows, check) / profile.rows
