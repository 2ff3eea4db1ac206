"""The hidden lines by which a run knows what an earlier one posted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.github.markers import FINDING_ID, Mark, is_summary, mark_of, marked, marked_summary

IDS = st.from_regex(FINDING_ID, fullmatch=True)


@given(st.text(), IDS)
def test_a_mark_is_read_back_under_any_body(body: str, finding: str) -> None:
    mark = Mark(kind="finding", finding=finding)
    assert mark_of(marked(body, mark)) == mark


@given(IDS)
def test_a_mark_inside_a_body_is_text(finding: str) -> None:
    forged = str(Mark(kind="finding", finding=finding))
    assert mark_of(f"{forged}\nand more") is None
    assert mark_of(marked(forged, Mark(kind="fixed", finding="mine"))) == Mark(kind="fixed", finding="mine")


def test_a_mark_survives_the_line_ends_of_a_browser() -> None:
    assert mark_of(marked("a", Mark(kind="back", finding="f1")).replace("\n", "\r\n") + "\r\n") is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<!-- orchestrate:v1 finding= -->",
        "<!-- orchestrate:v1 finding=a b -->",
        "<!-- orchestrate:v1 finding=a --> -->",
        "<!-- orchestrate:v2 finding=a -->",
        "<!-- orchestrate:v1 unknown=a -->",
        "x <!-- orchestrate:v1 finding=a -->",
    ],
)
def test_what_is_only_like_a_mark_is_none(line: str) -> None:
    assert mark_of(f"body\n\n{line}") is None


@pytest.mark.parametrize("finding", ["", "a -->", "a\nb", "../a", "é"])
def test_an_id_that_could_not_be_read_back_is_not_written(finding: str) -> None:
    with pytest.raises(ValueError, match="cannot be the id"):
        marked("body", Mark(kind="finding", finding=finding))


def test_the_summary_is_known_by_its_last_line_alone() -> None:
    assert is_summary(marked_summary("# Review"))
    assert not is_summary(marked_summary("# Review") + "\nquoted")
    assert mark_of(marked_summary("# Review")) is None
