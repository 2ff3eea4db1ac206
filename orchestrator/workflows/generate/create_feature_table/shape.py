"""The columns of a feature table, and the statement that makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.workflows.generate.learning.columns import Known
from orchestrator.workflows.generate.learning.names import FullName
from orchestrator.workflows.generate.learning.templates import Value

_UNKNOWN_KEY = "STRING"


@dataclass(frozen=True, kw_only=True)
class Features:
    """What is computed: counts, sums and means over windows of days before the midnight of a row."""

    entity: tuple[str, ...]
    event_time: str
    values_of: tuple[str, ...]
    windows: tuple[int, ...]
    available_at: str
    delay_hours: int

    @property
    def values(self) -> Mapping[str, Value]:
        """The constants of `features.py`."""
        return {
            "ENTITY": self.entity,
            "EVENT_TIME": self.event_time,
            "VALUES": self.values_of,
            "WINDOWS": self.windows,
            "AVAILABLE_AT": self.available_at,
            "DELAY_HOURS": self.delay_hours,
        }

    def described(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Name, type, meaning, value without events, and source column of each feature, in the order of the table."""
        for window in self.windows:
            days = f"in the {window} days before its midnight"
            yield f"events_{window}d", "BIGINT", f"Events {days}", "0", self.event_time
            for value in self.values_of:
                yield f"{value}_sum_{window}d", "DOUBLE", f"Sum of {value} {days}", "0", value
                yield f"{value}_mean_{window}d", "DOUBLE", f"Mean of {value} {days}", "null", value
        yield "days_since_last", "INT", "Days from the last event to its midnight", "no row", self.event_time


def statement(wanted: Features, table: FullName, source: FullName, known: Known) -> str:
    """The statement of the table, and the query that proves its key."""
    keys = (*wanted.entity, wanted.available_at)
    moment = f"From when production could read the row: midnight UTC and {wanted.delay_hours} hours"
    lines = [
        *(f"  {name} {_type(known, name)} NOT NULL COMMENT 'Key'," for name in wanted.entity),
        f"  {wanted.available_at} TIMESTAMP NOT NULL COMMENT '{moment}',",
        *(f"  {name} {kind} COMMENT '{said}; {empty} if none'," for name, kind, said, empty, _ in wanted.described()),
        f"  CONSTRAINT {table.name}_pk PRIMARY KEY ({', '.join(keys)} TIMESERIES)",
    ]
    listed = ", ".join(keys)
    return "\n".join(
        [
            "-- A time series feature table. Run it once, in each environment with its own catalog.",
            f"CREATE TABLE IF NOT EXISTS {table} (",
            *lines,
            ")",
            "CLUSTER BY AUTO",
            f"COMMENT 'One row an entity and day. Source: {source}'",
            "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');",
            "",
            "-- The key is declared, not enforced: this must return no row.",
            f"SELECT {listed}, count(*) AS copies",
            f"FROM {table}",
            f"GROUP BY {listed}",
            "HAVING count(*) > 1;",
            "",
        ]
    )


def _type(known: Known, name: str) -> str:
    return (known.type_of(name) or _UNKNOWN_KEY).upper()
