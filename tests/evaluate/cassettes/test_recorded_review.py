"""Specialists replayed from their recordings through the real graph: fresh, or said to be not measured, and why."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import CassetteError
from orchestrator.evaluate.recorded.recording import estimate
from orchestrator.evaluate.recorded.replaying import Replayed, replay
from orchestrator.evaluate.recorded.settings import CassetteSettings
from orchestrator.evaluate.recorded.subject import Subject
from orchestrator.loading import agent
from orchestrator.models.cassettes.results import How, State
from orchestrator.models.conversation import Ask, UnansweredError
from orchestrator.models.scripted import Said
from orchestrator.types import Source
from orchestrator.workflows import crew
from orchestrator.workflows.runs.folder import all_runs
from tests.evaluate.cassettes.scene import KEY, SETTINGS, finds, recorded, subject
from tests.workflows.graph.scene import AGENTS, LOAD


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty folders for runs and for what is kept."""
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def tapes(tmp_path: Path) -> Path:
    """The folder of a recording of the project."""
    folder = tmp_path / "cassettes"
    recorded(folder)
    return folder


def states(found: Replayed) -> set[tuple[State, tuple[str, ...]]]:
    """What is said of the specialists' recordings; the refuter's depend on them."""
    return {(each.state, each.components) for each in found.results if each.agent in AGENTS}


def test_a_replay_finds_what_was_found_and_is_fresh_and_a_script_is_no_measure(tapes: Path) -> None:
    found = replay(subject(), tapes, SETTINGS)
    by_model = [each for each in found.reviewed.review.findings if each.source is Source.MODEL]
    assert [(each.rule, each.specialists) for each in by_model] == [("overwrite-without-guard", AGENTS)]
    assert states(found) == {(State.FRESH, ())}
    assert {each.how for each in found.results} == {How.SYNTHETIC}
    assert (found.is_fresh, found.is_measured) == (True, False)


def test_two_replays_say_the_same(tapes: Path) -> None:
    one, other = (replay(subject(), tapes, SETTINGS) for _ in range(2))
    assert one.reviewed.review.findings == other.reviewed.review.findings
    assert one.results == other.results


def test_a_replay_leaves_no_run_with_those_of_the_user_and_his_settings_as_they_were(tapes: Path) -> None:
    before = os.environ["ORCHESTRATE_STATE_DIR"]
    replay(subject(), tapes, SETTINGS)
    assert all_runs() == ()
    assert os.environ["ORCHESTRATE_STATE_DIR"] == before


def test_a_changed_project_is_a_stale_case(tapes: Path) -> None:
    found = replay(subject(load=LOAD.replace("main.sales.copy", "main.sales.other")), tapes, SETTINGS)
    assert {state for state, _ in states(found)} == {State.STALE_CASE}
    assert all("case" in components for _, components in states(found))
    assert not found.is_fresh


@pytest.mark.parametrize(
    ("settings", "component"),
    [({"model": "claude-sonnet-5-5"}, "model"), ({"effort": "high"}, "params")],
)
def test_another_model_or_effort_is_a_stale_prompt(tapes: Path, settings: dict[str, str], component: str) -> None:
    found = replay(subject(), tapes, SETTINGS.model_copy(update=settings))
    assert states(found) == {(State.STALE_PROMPT, (component,))}


def test_an_edited_agent_is_stale_and_the_others_are_not(tapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = agent.load_agent

    def edited(path: Path, plugin: str | None = None) -> object:
        spec = load(path, plugin)
        more = "Look twice. " if spec.name == AGENTS[0] else ""
        return spec.model_copy(update={"prompt": more + spec.prompt})

    monkeypatch.setattr(crew, "load_agent", edited)
    found = {each.agent: each for each in replay(subject(), tapes, SETTINGS).results}
    assert (found[AGENTS[0]].state, found[AGENTS[0]].turn) == (State.STALE_PROMPT, 1)
    assert {found[name].state for name in AGENTS[1:]} == {State.FRESH}


def test_a_specialist_that_is_no_longer_asked_leaves_its_recording_unused_and_a_new_one_is_missing(tapes: Path) -> None:
    fewer = {each.agent: each.state for each in replay(subject(), tapes, _of(*AGENTS[:2])).results}
    assert fewer[AGENTS[2]] is State.UNUSED
    more = {each.agent: each.state for each in replay(subject(), tapes, _of(*AGENTS, "cost-analyzer")).results}
    assert more.get("cost-analyzer", State.MISSING) is State.MISSING


def test_another_epoch_and_the_twin_have_recordings_of_their_own(tapes: Path) -> None:
    assert {state for state, _ in states(replay(subject(epoch=2), tapes, SETTINGS))} == {State.MISSING}
    assert {state for state, _ in states(replay(subject(variant="twin"), tapes, SETTINGS))} == {State.MISSING}
    recorded(tapes, subject(variant="twin"))
    assert replay(subject(variant="twin"), tapes, SETTINGS).is_fresh
    assert replay(subject(), tapes, SETTINGS).is_fresh


def test_a_damaged_recording_is_corrupt_and_one_that_was_edited_is_so_called(tapes: Path) -> None:
    path = tapes / "case-1" / AGENTS[0] / "e1.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("overwrite-without-guard", "overwrite-without-guards"), encoding="utf-8")
    found = {each.agent: each for each in replay(subject(), tapes, SETTINGS).results}
    assert found[AGENTS[0]].how is How.HAND_EDITED
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    found = {each.agent: each for each in replay(subject(), tapes, SETTINGS).results}
    assert found[AGENTS[0]].state is State.CORRUPT


def test_a_key_that_a_model_repeats_is_never_written_and_the_old_recording_stays(tapes: Path, tmp_path: Path) -> None:
    before = contents(tapes)

    def leaky(ask: Ask) -> Said | str:
        said = finds(ask)
        return said.replace("an empty input", f"the key {KEY}") if isinstance(said, str) else said

    with pytest.raises(CassetteError, match="holds the credential of this process"):
        recorded(tapes, script=leaky)
    assert contents(tapes) == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_a_token_in_the_project_is_masked_on_disk_and_the_recording_is_still_fresh(tmp_path: Path) -> None:
    token = "dapi" + "".join("0f1e7a2b9c3d8e4f"[at % 16] for at in range(7, 7 + 3 * 32, 3))
    project = subject(settings=f'TOKEN = "{token}"\n')
    recorded(tmp_path / "tapes", project)
    assert replay(project, tmp_path / "tapes", SETTINGS).is_fresh
    assert not [path for path in (tmp_path / "tapes").rglob("*.yaml") if token in path.read_text(encoding="utf-8")]


def test_a_specialist_without_an_answer_leaves_the_old_recording(tapes: Path) -> None:
    before = contents(tapes)

    def silent(_: Ask) -> Said | str:
        raise UnansweredError("nobody is there")

    with pytest.raises(CassetteError, match="got no answer"):
        recorded(tapes, script=silent)
    assert contents(tapes) == before


def test_an_answer_that_nobody_can_read_is_kept_and_counts_against_its_agent(tapes: Path) -> None:
    recorded(tapes, script=lambda _: "All is well.")
    found = replay(subject(), tapes, SETTINGS)
    assert found.is_fresh
    assert set(found.reviewed.review.unfinished) == set(AGENTS)


def test_a_new_recording_removes_what_agents_said_that_are_no_longer_asked(tapes: Path) -> None:
    recorded(tapes, settings=_of(AGENTS[0]))
    assert not (tapes / "case-1" / AGENTS[1] / "e1.yaml").exists()
    assert replay(subject(), tapes, _of(AGENTS[0])).is_fresh


def test_a_project_in_which_nobody_has_a_subject_needs_no_recording(tmp_path: Path) -> None:
    nothing = Subject.of("case-1", "input", {"notes.toml": "a = 1\n"})
    assert recorded(tmp_path, nothing).files == ()
    found = replay(nothing, tmp_path, SETTINGS)
    assert (found.results, found.is_fresh, found.is_measured) == ((), True, False)


def test_the_cost_is_told_before_anything_is_asked() -> None:
    found = estimate(subject(), SETTINGS)
    assert found.specialists == len(AGENTS)
    assert found.usd is not None
    assert 0 < found.usd[0] < found.usd[1]


def test_provenance_names_the_project_the_prompts_and_the_code(tapes: Path) -> None:
    meta = (tapes / "case-1" / AGENTS[0] / "e1.meta.yaml").read_text(encoding="utf-8")
    assert f"case_sha: {subject().sha}" in meta
    assert all(f"  {name}: " in meta for name in (*AGENTS, "refuter"))


def test_the_digest_is_of_names_and_texts() -> None:
    plain = subject()
    assert plain.sha == replace(plain, name="x", epoch=3).sha
    assert plain.sha != Subject.of("case-1", "input", {"other.py": LOAD}).sha
    assert json.dumps(plain.sha).isascii()


def contents(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _of(*agents: str) -> CassetteSettings:
    return SETTINGS.model_copy(update={"agents": agents})
