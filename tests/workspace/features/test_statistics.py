"""The statement that measures a table."""

from __future__ import annotations

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.catalog.table import Column
from orchestrator.workspace.features.statistics import Measure, statement_of


def column(name: str, kind: str = "double") -> Column:
    return Column(name=name, type=kind, nullable=True, position=0, comment=None, partition_index=None, mask=None)


def test_the_rows_are_bounded_before_anything_is_counted() -> None:
    measures = [Measure(column=0, name="mean", expression="avg(`a`)")]
    assert statement_of("main.s.t", [column("a")], measures, 10) == (
        "SELECT count(*) AS n, avg(`a`) AS c0_mean FROM (SELECT `a` FROM `main`.`s`.`t` LIMIT 10) AS some_rows"
    )


@pytest.mark.parametrize("name", ["a` FROM x --", "a b"])
def test_a_column_whose_name_cannot_be_quoted_is_refused(name: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot be a name"):
        statement_of("main.s.t", [column(name)], [], 10)
