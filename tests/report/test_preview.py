"""The preview of a fix: what the lines would become."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.report.preview import Hunk, preview
from orchestrator.types import Edit, Fix
from tests.report.reviews import EMPTINESS, context

PATH = "src/bronze/ingest_orders.py"


def edit(start: tuple[int, int], end: tuple[int, int], replacement: str, path: str = PATH) -> Edit:
    return Edit(
        path=path,
        start_line=start[0],
        start_column=start[1],
        end_line=end[0],
        end_column=end[1],
        replacement=replacement,
    )


def after(*edits: Edit) -> list[tuple[str, ...]]:
    return [hunk.after for hunk in preview(Fix(description="d", edits=edits), context())]


def test_a_fix_shows_the_line_before_and_after() -> None:
    assert EMPTINESS.fix is not None
    assert preview(EMPTINESS.fix, context()) == (
        Hunk(
            path=PATH,
            start_line=13,
            before=("    return frame.count() > 0",),
            after=("    return not frame.isEmpty()",),
        ),
    )


def test_two_edits_of_one_line_are_one_hunk() -> None:
    assert after(edit((5, 5), (5, 11), "sums"), edit((5, 14), (5, 16), "dict()")) == [("    sums = dict()",)]


def test_edits_of_different_lines_are_different_hunks() -> None:
    assert after(edit((9, 12), (9, 18), "sums"), edit((5, 5), (5, 11), "sums")) == [
        ("    sums = {}",),
        ("    return sums",),
    ]


def test_a_line_can_be_inserted_and_removed() -> None:
    assert after(edit((5, 1), (5, 1), "    pass\n")) == [("    pass", "    totals = {}")]
    assert after(edit((5, 1), (6, 1), "")) == [("    for region in regions:",)]


def test_a_fix_whose_lines_are_not_at_hand_has_no_preview() -> None:
    assert after(edit((5, 5), (5, 11), "sums"), edit((1, 1), (1, 1), "x", path="gone.py")) == []
    assert after(edit((99, 1), (99, 1), "x")) == []


def test_an_edit_of_the_json_of_a_notebook_has_no_preview_among_the_lines_of_its_cells() -> None:
    around = replace(context(), snippet=lambda *_: ((1, "spark.table('a').show()"),))
    fix = edit((1, 7), (1, 12), "[]", path="explore.ipynb")
    assert preview(Fix(description="d", edits=(fix,)), around) == ()
    assert preview(Fix(description="d", edits=(replace(fix, path="job.py"),)), around) != ()
