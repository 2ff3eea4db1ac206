"""What a run was given, as digests: what changes them, and how a change is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.code.reading import read_project
from orchestrator.types import Severity
from orchestrator.workflows.crew import specialists
from orchestrator.workflows.graph.inputs import Given, Inputs, changes, inputs_of, read_inputs, write_inputs
from orchestrator.workflows.request import Request
from tests.workflows.graph.scene import PLAIN, TODAY


def given(root: Path) -> Given:
    """What a review of the project is given."""
    request = Request(path=root, today=TODAY)
    return Given(request=request, settings=PLAIN, files=read_project(root), agents=specialists(names=PLAIN.agents))


def test_equal_inputs_have_one_digest_wherever_the_project_is_and_whatever_the_limits(root: Path) -> None:
    first = given(root)
    moved = root.rename(root.with_name("elsewhere"))
    second = replace(
        given(moved),
        request=Request(path=moved, today=TODAY, jobs=7),
        settings=replace(PLAIN, max_usd=3.0, deadline=60.0, parallel=2),
    )
    assert inputs_of(first).digest == inputs_of(second).digest
    assert list(changes(inputs_of(first), inputs_of(second))) == []


def test_each_kind_of_change_is_told_in_a_few_words(root: Path) -> None:
    known = inputs_of(given(root))
    for name in ("a.py", "b.py", "c.py", "d.py"):
        (root / name).write_text("x = 1\n", encoding="utf-8")
    now = inputs_of(
        replace(given(root), settings=replace(PLAIN, effort="high"), agents=specialists(names=PLAIN.agents[:2]))
    )
    assert list(changes(known, now.model_copy(update={"version": "9"}))) == [
        "4 files (a.py, b.py, c.py and 1 more)",
        "1 prompt (streaming-specialist)",
        "the settings",
        f"the version ({known.version} then, 9 now)",
    ]
    assert now.digest != known.digest


PLAIN_REQUEST = Request(path=Path(), today=TODAY)


@pytest.mark.parametrize(
    "request_",
    [
        replace(PLAIN_REQUEST, severities={"STR001": Severity.LOW}),
        replace(PLAIN_REQUEST, today=dt.date(2027, 1, 1)),
        replace(PLAIN_REQUEST, layer="silver"),
        replace(PLAIN_REQUEST, base="main"),
        replace(PLAIN_REQUEST, baseline=frozenset({"a", "b"})),
    ],
)
def test_what_changes_the_review_by_rules_changes_the_digest(request_: Request, root: Path) -> None:
    known = given(root)
    assert inputs_of(replace(known, request=request_)).digest != inputs_of(known).digest


def test_inputs_come_back_as_they_were_kept_and_a_damaged_file_is_none(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "inputs.json"
    assert read_inputs(kept) is None
    inputs = inputs_of(given(root))
    write_inputs(kept, inputs)
    assert read_inputs(kept) == inputs
    assert isinstance(inputs, Inputs)
    kept.write_text("{", encoding="utf-8")
    assert read_inputs(kept) is None
