"""The labelled rows: their columns, and how they are parted by time, so that the future never teaches the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

KEYS = ["customer_id"]
MOMENT = "observed_at"
LABEL = "churned"
# Known at the moment of the row. A column that is known later only must not be here.
FEATURES = ["tenure_months", "orders_90d", "support_calls_90d"]
# So many days after its moment the label of a row is final; before that nobody knows it.
LABEL_DAYS = 30
VALIDATION_DAYS = 28
TEST_DAYS = 28


class RowsError(Exception):
    """Rows that no model may be trained or judged on; the message says what is wrong with how many of them."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The rows by their table and its version, and the day of the training, which decides the parts."""

    table: str
    version: int
    as_of: date

    @property
    def tags(self) -> dict[str, str]:
        """What the run and the version say of it."""
        return {"data_table": self.table, "data_version": str(self.version), "as_of": self.as_of.isoformat()}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Rows to train on, later ones to choose by, and the latest, which are read once, at the end."""

    training: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    first_validation: pd.Timestamp
    first_test: pd.Timestamp


def parted(rows: pd.DataFrame, as_of: date) -> Parts:
    """The rows in three parts by time, each with both labels; the same rows and day give the same parts.

    Three gaps of `LABEL_DAYS` keep the future out: a row younger than that has no final label and is in no part, and no
    row is trained on whose label was not yet known when the part after it begins.

    Raises: RowsError where a key, moment or label is missing, a row stands twice, or a part lacks a label.
    """
    _refuse_broken(rows)
    moments = pd.to_datetime(rows[MOMENT], utc=True)
    gap = pd.Timedelta(days=LABEL_DAYS)
    end = pd.Timestamp(as_of, tz="UTC") - gap
    first_test = end - pd.Timedelta(days=TEST_DAYS)
    first_validation = first_test - gap - pd.Timedelta(days=VALIDATION_DAYS)
    found = Parts(
        training=rows[moments < first_validation - gap],
        validation=rows[(moments >= first_validation) & (moments < first_test - gap)],
        test=rows[(moments >= first_test) & (moments < end)],
        first_validation=first_validation,
        first_test=first_test,
    )
    for name, part in (("training", found.training), ("validation", found.validation), ("test", found.test)):
        if part[LABEL].nunique() != 2:
            raise RowsError(f"the {name} part has {len(part)} rows and not both labels: as of {as_of}")
    return found


def _refuse_broken(rows: pd.DataFrame) -> None:
    lacking = [name for name in (*KEYS, MOMENT, LABEL, *FEATURES) if name not in rows.columns]
    if lacking:
        raise RowsError(f"the rows have no column {', '.join(lacking)}")
    other = int((~rows[LABEL].dropna().isin([0, 1])).sum())
    missing = int(rows[[*KEYS, MOMENT, LABEL]].isna().any(axis="columns").sum())
    copies = int(rows.duplicated([*KEYS, MOMENT]).sum()) if KEYS else 0
    if missing or copies or other:
        raise RowsError(
            f"{missing} rows without key, moment or label, {copies} that stand there already, "
            f"and {other} with a label that is neither 0 nor 1"
        )
