"""A pipeline drafted from its sources alone: what lands is kept, typed and checked; nothing is guessed beyond that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.workflows.generate.pipelines.model import Changes, Column, Expectation, Kind, Pipeline, Source, Table
from orchestrator.workflows.generate.pipelines.sources import SUFFIX

MOST_RULES = 10
Mode = Literal["batch", "streaming"]
Cdc = Literal["none", "scd1", "scd2"]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is asked of each table beside its source."""

    mode: Mode | None = None
    cdc: Cdc = "none"
    key: tuple[str, ...] = ()
    sequence_by: tuple[str, ...] = ()
    deletes: str | None = None


def drafted(name: str, sources: tuple[Source, ...], keys: dict[str, tuple[str, ...]], wishes: Wishes) -> Pipeline:
    """The pipeline; `keys` are those that the catalog knows, by source."""
    tables: list[Table] = []
    for source in sources:
        tables += _tables(source, wishes.key or keys.get(source.name, ()), wishes)
    return Pipeline(name=name, sources=sources, tables=tuple(tables))


def unlisted(source: Source, key: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that the source promises something of and that get no expectation, for there are ten already."""
    return tuple(each.name for each in list(_promised(source.columns, key))[MOST_RULES:])


def _tables(source: Source, key: tuple[str, ...], wishes: Wishes) -> Iterator[Table]:
    thing = source.name.removesuffix(SUFFIX)
    reads = source.name
    if source.path is not None:
        reads = f"raw_{thing}"
        yield Table(
            name=reads, layer="bronze", kind=_kind(source, wishes), reads=source.name,
            comment=f"Files of {thing} as they arrived: one row a delivered record.", grain="One delivered record",
        )  # fmt: skip
    promised = (*key, *wishes.sequence_by) if wishes.cdc != "none" else key
    yield Table(
        name=thing, layer="silver", kind="streaming_table" if wishes.cdc != "none" else _kind(source, wishes),
        reads=reads, comment=_comment(thing, wishes), grain=_grain(key, wishes), key=key,
        changes=_changes(wishes), expectations=tuple(_promised(source.columns, promised))[:MOST_RULES],
    )  # fmt: skip


def _kind(source: Source, wishes: Wishes) -> Kind:
    streams = source.path is not None if wishes.mode is None else wishes.mode == "streaming"
    return "streaming_table" if streams or wishes.cdc != "none" else "materialized_view"


def _comment(thing: str, wishes: Wishes) -> str:
    words = thing.replace("_", " ")
    if wishes.cdc == "none":
        return f"Checked rows of {words}."
    return f"Current state of {words}." if wishes.cdc == "scd1" else f"The {words} with their history."


def _grain(key: tuple[str, ...], wishes: Wishes) -> str | None:
    if not key:
        return None
    more = ", for each time span in which it did not change" if wishes.cdc == "scd2" else ""
    return f"One row for each {', '.join(key)}{more}"


def _changes(wishes: Wishes) -> Changes | None:
    if wishes.cdc == "none":
        return None
    return Changes(scd=1 if wishes.cdc == "scd1" else 2, sequence_by=wishes.sequence_by, deletes=wishes.deletes)


def _promised(columns: tuple[Column, ...], key: tuple[str, ...]) -> Iterator[Expectation]:
    """An expectation for each part of the key, then for each column that is never null or has listed values."""
    ranked = sorted(columns, key=lambda column: key.index(column.name) if column.name in key else len(key))
    for column in ranked:
        needed = column.name in key or not column.nullable
        word = column.name.lower().strip("_")
        if column.values:
            listed = ", ".join(f"'{value}'" for value in column.values)
            begun = f"{column.name} IS NOT NULL AND" if needed else f"{column.name} IS NULL OR"
            yield Expectation(name=f"known_{word}"[:60], condition=f"{begun} {column.name} IN ({listed})")
        elif needed:
            yield Expectation(name=f"has_{word}"[:60], condition=f"{column.name} IS NOT NULL")
