"""Who answered: a report must not name a model that said nothing."""

from __future__ import annotations

import pytest

from orchestrator.events import CallEnded
from orchestrator.workflows.runs.spending import answered_by


def call(model: str, *, stop: str = "end_turn") -> CallEnded:
    return CallEnded(who="a", turn=1, digest="d", model=model, stop=stop)


@pytest.mark.parametrize(
    ("asked", "answered", "named"),
    [
        ("claude-opus-5-5", "claude-opus-5-5", ()),
        ("claude-opus-5-5", "claude-opus-5-5-20260801", ()),
        ("vertex/claude-opus-5-5", "claude-opus-5-5", ()),
        ("scripted:said.yaml", "scripted", ()),
        ("claude-opus-5-5", "handoff", ("handoff",)),
        ("claude-opus-5-5", "claude-haiku-5-5", ("claude-haiku-5-5",)),
    ],
)
def test_another_model_than_the_one_that_was_asked_is_named(asked: str, answered: str, named: tuple[str, ...]) -> None:
    assert answered_by([call(answered)], asked) == named


def test_a_call_without_an_answer_names_nobody() -> None:
    assert answered_by([call("handoff", stop="")], "claude-opus-5-5") == ()
