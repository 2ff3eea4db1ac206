"""The parts hold no row of the future, and rows that no model may learn from are refused."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from made_up import AS_OF, labelled

from template_part import rows
from template_part.rows import RowsError, parted

GAP = pd.Timedelta(days=rows.LABEL_DAYS)


def test_each_part_is_older_than_the_next_by_at_least_the_days_until_a_label_is_final() -> None:
    parts = parted(labelled(), AS_OF)

    assert parts.training[rows.MOMENT].max() + GAP < parts.first_validation.tz_localize(None)
    assert parts.validation[rows.MOMENT].max() + GAP < parts.first_test.tz_localize(None)
    assert parts.test[rows.MOMENT].max() + GAP < pd.Timestamp(AS_OF)


def test_no_row_is_in_two_parts_and_the_same_day_gives_the_same_parts() -> None:
    first, second = parted(labelled(), AS_OF), parted(labelled().sample(frac=1, random_state=1), AS_OF)

    places = [set(part.index) for part in (first.training, first.validation, first.test)]
    assert not places[0] & places[1] and not places[1] & places[2] and not places[0] & places[2]
    assert places == [set(part.index) for part in (second.training, second.validation, second.test)]


def test_the_label_its_moment_and_the_keys_are_no_features() -> None:
    assert not {rows.LABEL, rows.MOMENT, *rows.KEYS} & set(rows.FEATURES)


@pytest.mark.parametrize("column", [rows.MOMENT, rows.LABEL])
def test_a_row_without_moment_or_label_is_refused(column: str) -> None:
    broken = labelled()
    broken.loc[5, column] = None

    with pytest.raises(RowsError, match="1 rows without key, moment or label"):
        parted(broken, AS_OF)


def test_a_label_that_is_neither_yes_nor_no_is_refused() -> None:
    broken = labelled()
    broken.loc[5, rows.LABEL] = 2.0

    with pytest.raises(RowsError, match="1 with a label that is neither 0 nor 1"):
        parted(broken, AS_OF)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(RowsError, match=rows.FEATURES[0]):
        parted(labelled().drop(columns=[rows.FEATURES[0]]), AS_OF)


def test_a_period_without_rows_is_refused() -> None:
    with pytest.raises(RowsError, match="the test part has 0 rows"):
        parted(labelled(), AS_OF + timedelta(days=rows.LABEL_DAYS + rows.TEST_DAYS + 1))
