"""`orchestrate eval record` and what becomes of recordings: from a loopback API into a suite, and through the gate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from orchestrator.cli import main
from tests.evaluate.gate.test_gate_command import gate, lock, promote, run
from tests.evaluate.suites import write_suite
from tests.models.answers import Asked, Said, failing, structured, use
from tests.models.messages_api import Served, serving

pytestmark = pytest.mark.enable_socket
KEY = "key-of-a-test-that-never-lands-on-disk"
MODEL = "claude-opus-5-5"
AGENT = "pyspark-optimizer"


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def quiet(asked: Asked) -> Said:
    """Reads a file and finds nothing."""
    if asked.turn == 0:
        return [use("list_files", "toolu_1")]
    return structured({"findings": [], "not_reviewed": []})


def record(suite: Path, api: Served, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Record with one specialist from a loopback API."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", api.address)
    return main(["eval", "record", str(suite), *words])


ALL = ("--model", MODEL, "--agents", AGENT)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A locked suite with a baseline of the rules and recordings of one specialist."""
    made = write_suite(tmp_path)
    lock(made, "0.1.0")
    run(made, tmp_path / "first")
    promote(made, tmp_path / "first")
    with serving(quiet) as api:
        assert record(made, api, monkeypatch, *ALL) == 0
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    return made


def test_an_estimate_asks_nothing_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write_suite(tmp_path)
    with serving(quiet) as api:
        assert record(made, api, monkeypatch, *ALL, "--estimate") == 0
        assert record(made, api, monkeypatch, *ALL, "--max-usd", "0.01") == 2
    assert not api.asked
    assert not (made / "cassettes").exists()
    said = capsys.readouterr()
    assert "Reviews  3" in said.out
    assert "USD" in said.out
    assert "more than --max-usd 0.01" in said.err


def test_recordings_pass_the_gate_and_a_script_is_no_measure_in_any_table(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert gate(suite) == 0
    assert "3 recordings" in capsys.readouterr().out
    run(suite, tmp_path / "replayed", "--system", "recorded")
    out = capsys.readouterr().out
    assert "how: synthetic" in out
    assert "agent quality: not measured" in out
    assert "recall" not in out
    assert "F0.5" not in out
    assert promote(suite, tmp_path / "replayed") == 3
    assert "synthetic recordings, which measure nobody" in capsys.readouterr().err
    assert gate(suite, "--live", str(tmp_path / "replayed"), str(tmp_path / "replayed")) == 3


def test_no_credential_is_on_the_disk_anywhere(suite: Path, tmp_path: Path) -> None:
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len([path for path in files if path.parent.name == AGENT]) == 6
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert not [path for path in (suite / "cassettes").rglob("*.yaml") if str(tmp_path) in path.read_text("utf-8")]


def test_a_changed_setting_makes_all_of_it_stale_and_record_stale_mends_it(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = suite / "cassettes" / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace("medium", "high"), encoding="utf-8")
    capsys.readouterr()
    assert gate(suite) == 3
    out = capsys.readouterr().out
    assert out.count("STALE-PROMPT; record it anew with `orchestrate eval record`") == 3
    with serving(quiet) as api:
        assert record(suite, api, monkeypatch, "--stale") == 0
    assert gate(suite) == 0
    with serving(quiet) as api:
        assert record(suite, api, monkeypatch, "--stale") == 0
    assert not api.asked


def test_a_waiver_holds_until_its_day_and_must_go_when_the_recording_is_there(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (suite / "cassettes" / "few-regions").rglob("*.yaml"):
        path.unlink()
    assert gate(suite) == 3
    assert "few-regions e1 input pyspark-optimizer: MISSING" in capsys.readouterr().out
    waive(suite, "few-regions", "2999-01-01")
    assert gate(suite) == 0
    waive(suite, "few-regions", "2026-01-01")
    assert gate(suite) == 3
    assert "the line of few-regions ended on 2026-01-01" in capsys.readouterr().out
    waive(suite, "loads-everything", "2999-01-01")
    assert gate(suite) == 3
    assert "loads-everything is fresh; remove its line" in capsys.readouterr().out


def waive(suite: Path, case: str, until: str) -> None:
    """Write the one waiver."""
    content = {"pending": [{"case": case, "until": until, "why": "the model was away"}]}
    (suite / "cassettes" / "pending.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def test_what_was_edited_by_hand_or_is_of_no_case_is_refused_by_name(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = suite / "cassettes" / "few-regions" / AGENT / "e1.yaml"
    path.write_text(path.read_text("utf-8").replace("not_reviewed", "not-reviewed"), encoding="utf-8")
    (suite / "cassettes" / "gone").mkdir()
    assert gate(suite) == 3
    out = capsys.readouterr().out
    assert f"cassettes/few-regions/{AGENT}/e1.yaml: it or its provenance was edited by hand; record it anew" in out
    assert "cassettes/gone: is of no case of the suite; remove it" in out


def test_other_settings_for_a_part_are_refused(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(quiet) as api:
        assert record(suite, api, monkeypatch, "--model", "claude-sonnet-5-5", "--case", "few-regions") == 2
        assert record(suite, api, monkeypatch, "--model", "bedrock/claude-opus-5-5") == 2
    assert not api.asked
    err = capsys.readouterr().err
    assert "record the whole suite" in err
    assert "no plain name" in err


def test_what_cannot_be_recorded_leaves_what_was_there_and_the_rest_is_recorded(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (suite / "cassettes" / "few-regions" / AGENT / "e1.yaml").read_bytes()

    def refusing(asked: Asked) -> Said:
        return failing(400, "invalid_request_error") if "limit(20)" in asked.system else quiet(asked)

    with serving(refusing) as api:
        assert record(suite, api, monkeypatch, *ALL) == 3
    err = capsys.readouterr().err
    assert "few-regions/e1: the recording of" in err
    assert "1 of 3 were not recorded; --stale asks for them again" in err
    assert (suite / "cassettes" / "few-regions" / AGENT / "e1.yaml").read_bytes() == before


def test_without_a_credential_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write_suite(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert main(["eval", "record", str(made), *ALL]) == 2
    assert "ANTHROPIC_API_KEY" in capsys.readouterr().err
    assert not (made / "cassettes").exists()
    assert main(["eval", "record", str(made)]) == 2


def test_the_log_of_a_replay_names_states_and_components(suite: Path, tmp_path: Path) -> None:
    settings = suite / "cassettes" / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace(MODEL, "claude-sonnet-5-5"), encoding="utf-8")
    run(suite, tmp_path / "replayed", "--system", "recorded")
    entries = [json.loads(line) for line in (tmp_path / "replayed" / "log.jsonl").read_text("utf-8").splitlines()]
    states = [(each["state"], each["components"], each["turn"]) for entry in entries for each in entry["cassettes"]]
    assert states == [("STALE-PROMPT", ["model"], 1)] * 3
