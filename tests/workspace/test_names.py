"""Names reach the object that they name, or none."""

from __future__ import annotations

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.tags import tag_key
from orchestrator.workspace.names import quoted, table_name


@pytest.mark.parametrize("tail", ["#", "#backup", "?force=true", "%23", "%2F..%2Fother", "\\..\\other"])
def test_a_name_with_which_a_request_would_reach_another_object_is_refused(tail: str) -> None:
    for name in (
        lambda: table_name(f"main.sales.orders{tail}"),
        lambda: full_name("table", f"main.sales.orders{tail}"),
    ):
        with pytest.raises(WorkspaceError):
            name()
    with pytest.raises(WorkspaceError):
        tag_key(f"pii{tail}")


@pytest.mark.parametrize("part", ["a`b", "a b", "", "a.b", "a/b", "a\nb"])
def test_a_part_of_a_name_cannot_leave_its_quotes(part: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot be a name"):
        quoted(part)


def test_other_characters_stay_inside_the_quotes() -> None:
    assert table_name("main.sales.x';--").quoted == "`main`.`sales`.`x';--`"
