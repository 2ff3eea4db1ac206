"""A step that breaks by a fault of ours: the others go on, and the review says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.events import Tell
from orchestrator.models.calls import Calls
from orchestrator.types import Source, Standing
from orchestrator.workflows.graph import context
from orchestrator.workflows.graph.failure import problem_of
from orchestrator.workflows.specialist.conversation import Brief, Cohort, Conversation, converse
from tests.models.messages_api import serving
from tests.workflows.graph.scene import AGENTS, Told, callers, finds, project, review, wanted

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty folders for runs and for what is kept."""
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))


async def test_a_specialist_whose_step_breaks_is_missing_and_asked_again_by_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, told, again = project(tmp_path), Told(), Told()

    async def breaks(cohort: Cohort, brief: Brief, *, calls: Calls, tell: Tell) -> Conversation:
        if brief.name == AGENTS[1]:
            raise LookupError("a fault")
        return await converse(cohort, brief, calls=calls, tell=tell)

    with serving(finds) as api:
        with monkeypatch.context() as broken:
            broken.setattr(context, "converse", breaks)
            found = (await review(wanted(root), api.address, told)).review
        before = len(api.asked)
        mended = (await review(wanted(root, resume=told.run), api.address, again)).review
    assert found.unfinished == (AGENTS[1],)
    line = next(line for line in found.specialists if line.name == AGENTS[1])
    assert line.reason == "a fault of ours (LookupError: a fault)"
    assert mended.unfinished == ()
    assert callers(api.asked[before:]) == {AGENTS[1]: 2}


async def test_a_refuter_whose_step_breaks_leaves_every_finding_of_a_model_withheld(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, told = project(tmp_path), Told()

    def breaks(*_: object, **__: object) -> None:
        raise LookupError("a fault")

    monkeypatch.setattr(context, "chosen", breaks)
    with serving(finds) as api:
        found = (await review(wanted(root), api.address, told)).review
    assert {each.standing for each in found.findings if each.source is Source.MODEL} == {Standing.WITHHELD}
    assert found.unfinished == ("refuter",)
    assert told.warnings == ["the refuter gave no word: a fault of ours (LookupError: a fault)"]


def test_an_error_that_comes_back_from_a_checkpoint_as_text_is_told_as_it_stands() -> None:
    assert problem_of("RuntimeError('x')\n  more") == "RuntimeError('x') more"
    assert len(problem_of("x" * 2_000)) == 500
