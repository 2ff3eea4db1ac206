"""However a model fails to answer, the review is incomplete and its ledger says why: never green without a review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from orchestrator.cli.gate import exit_code
from orchestrator.types import Finding, Source
from orchestrator.workflows.nodes import triage
from tests.models.answers import Answer, Asked, Said, cut, failing, structured, text, use
from tests.models.messages_api import serving
from tests.workflows.graph.scene import CLAIM, LOAD, PLAIN, Told, finds, review, wanted

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]
ONE = replace(PLAIN, agents=("streaming-specialist",))
FAULTS: dict[str, Said] = {
    "refusal": Answer(blocks=[], stop="refusal"),
    "cut off by its length": Answer(blocks=[text('{"findings": [')], stop="max_tokens"),
    "half of its JSON": [text('{"findings": [{"path": "load.py", ')],
    "prose": [text("Everything looks fine to me.")],
    "JSON of another shape": structured({"verdict": "clean"}),
    "nothing": Answer(blocks=[], stop="end_turn"),
    "a context that is full": Answer(blocks=[], stop="model_context_window_exceeded"),
    "tools without an end": [use("list_files", "toolu_1")],
    "a key that is not taken": failing(401, "authentication_error", "invalid x-api-key"),
    "a model that is unknown": failing(404, "not_found_error", "model: nothing"),
    "a request that is refused": failing(400, "invalid_request_error", "no"),
    "no right to ask": failing(403, "permission_error", "no"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_model_that_gives_no_usable_answer_leaves_the_review_incomplete(fault: str, root: Path) -> None:
    told = Told()
    (root / "load.py").write_text('spark.readStream.table("a.b.c")\n', encoding="utf-8")
    with serving(lambda _: FAULTS[fault]) as api:
        found = (await review(wanted(root, settings=ONE), api.address, told)).review
    line = next(line for line in found.specialists if line.name == ONE.agents[0])
    assert exit_code(found, None) == 3
    assert line.incomplete
    assert line.reason
    assert "a fault of ours" not in line.reason
    assert told.events[-1].kind == "run-ended"
    assert told.events[-1].outcome == "incomplete"


async def test_a_deadline_that_passes_is_told_by_the_option_and_does_not_hang(root: Path) -> None:
    with serving(lambda _: Answer(blocks=[], seconds=60.0)) as api:
        found = (await review(wanted(root, settings=replace(PLAIN, deadline=1.0)), api.address, Told())).review
    assert found.unfinished == PLAIN.agents
    assert all("--deadline 1" in line.reason for line in found.specialists if line.incomplete)


async def test_an_answer_that_breaks_off_at_every_try_is_not_an_answer(root: Path) -> None:
    limited = replace(ONE, deadline=3.0)
    with serving(lambda _: cut(3)) as api:
        found = (await review(wanted(root, settings=limited), api.address, Told())).review
    assert found.unfinished == ONE.agents
    assert all("a fault of ours" not in line.reason for line in found.specialists)


async def test_a_specialist_whose_step_left_nothing_is_never_taken_for_a_clean_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.workflows.graph.review.branches", lambda state: triage.branches(state)[:1])
    with serving(finds) as api:
        found = (await review(wanted(root), api.address, Told())).review
    assert len(found.unfinished) == 2
    assert exit_code(found, None) == 3


async def test_where_a_judgement_breaks_the_others_are_stopped_and_nothing_of_a_model_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, other_begins = set[str](), anyio.Event()

    async def breaks(finding: Finding, *_: object, **__: object) -> None:
        if finding.location.start_line == 4:
            await other_begins.wait()
            raise ArithmeticError("broken")
        at_work.add(finding.id)
        other_begins.set()
        try:
            await anyio.sleep_forever()
        finally:
            at_work.remove(finding.id)

    def claims(_: Asked) -> Said:
        other = {**CLAIM, "start_line": 6, "end_line": 6, "quote": LOAD.splitlines()[5], "category": "other"}
        return structured({"findings": [CLAIM, other], "not_reviewed": []})

    monkeypatch.setattr("orchestrator.workflows.graph.context.judge", breaks)
    with serving(claims) as api:
        found = (await review(wanted(root), api.address, Told())).review
    assert not at_work
    assert found.unfinished == ("refuter",)
    assert not any(each.counts for each in found.findings if each.source is Source.MODEL)
