"""`orchestrate eval run`, `score` and `lock`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.evaluate.runlog import CassetteState, Entry
from orchestrator.evaluate.running import run_system, usable_suite
from orchestrator.evaluate.system import Job, System
from tests.evaluate.suites import clean, defect, write_suite


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_suite(tmp_path)


def run(suite: Path, log: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the result as JSON."""
    result = log.with_suffix(".json")
    code = main(["eval", "run", str(suite), "--log", str(log), "--quiet", "--output", f"json={result}", *words])
    return code, json.loads(result.read_bytes()) if result.is_file() else {}


def test_rules_are_run_over_cases_and_twins_and_scored(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = run(suite, tmp_path / "one", "--system", "rules-all")
    assert code == 0
    goldens = {each["id"]: each for case in result["cases"] for each in case["goldens"]}
    assert {name: (each["found"], each["quiet_twin"]) for name, each in goldens.items()} == {
        "g1": (True, True),
        "g2": (True, True),
    }
    out = capsys.readouterr().out
    assert "agent quality: not measured" in out
    assert "pyspark" in out


def test_what_is_missed_is_named_with_its_place(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(suite, tmp_path / "one", "--system", "rules")
    out = capsys.readouterr().out
    assert "dev/loading/loads-everything\n  missed  src/load.py:10  high unbounded-collect (must be found)" in out


def test_two_runs_give_the_same_bytes(suite: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(suite, tmp_path / name)[0] == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    for part in ("run.json", "log.jsonl"):
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes()
    text = (tmp_path / "one.json").read_text() + (tmp_path / "one" / "log.jsonl").read_text()
    assert str(tmp_path) not in text


def test_a_stored_run_is_scored_again_without_a_review(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(suite, tmp_path / "one")[0] == 0

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a score reviews nothing")

    monkeypatch.setattr("orchestrator.workflows.cache.cached_review", refuse)
    again = tmp_path / "again.json"
    words = [str(tmp_path / "one"), "--suite", str(suite), "--output", f"json={again}"]
    assert main(["eval", "score", *words]) == 0
    assert again.read_bytes() == (tmp_path / "one.json").read_bytes()


def test_labels_that_changed_since_the_run_are_told(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(suite, tmp_path / "one")
    draft = defect()
    draft.findings = draft.findings[1:]
    draft.twin = {"src/load.py": draft.texts["src/load.py"].replace("writeStream.", "writeStream.queryName('a').")}
    draft.write(suite)
    capsys.readouterr()
    assert main(["eval", "score", str(tmp_path / "one"), "--suite", str(suite), "--output", "json"]) == 0
    ended = capsys.readouterr()
    assert "1 cases are not as they were when the run was made, 'loads-everything' among them" in ended.err
    assert json.loads(ended.out)["metrics"]["overall"]["goldens"] == 1


def test_the_newest_run_is_scored_where_none_is_named(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "score", "--suite", str(suite)]) == 2
    assert "no run is stored" in capsys.readouterr().err
    assert main(["eval", "run", str(suite), "--system", "rules-all"]) == 0
    capsys.readouterr()
    assert main(["eval", "score", "--suite", str(suite)]) == 0
    assert capsys.readouterr().out.startswith("rules-all (how: rules) on small unlocked\n")


def test_a_stored_run_is_never_written_over(suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(suite, tmp_path / "one")[0] == 0
    assert run(suite, tmp_path / "one")[0] == 2
    assert "a stored run is never changed" in capsys.readouterr().err


@pytest.mark.parametrize(("part", "code"), [("run.json", 3), ("log.jsonl", 3)])
def test_a_damaged_run_is_refused_with_its_file(
    part: str, code: int, suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(suite, tmp_path / "one")
    (tmp_path / "one" / part).chmod(0o600)
    (tmp_path / "one" / part).write_text("{}\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["eval", "score", str(tmp_path / "one"), "--suite", str(suite)]) == code
    assert part in capsys.readouterr().err


def test_a_severity_that_nobody_knows_is_no_medium(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(suite, tmp_path / "one")
    log = tmp_path / "one" / "log.jsonl"
    log.chmod(0o600)
    text = log.read_text(encoding="utf-8")
    assert '"severity": "high"' in text
    log.write_text(text.replace('"severity": "high"', '"severity": "blocker"'), encoding="utf-8")
    assert main(["eval", "score", str(tmp_path / "one"), "--suite", str(suite)]) == 3
    assert "is no entry of a log" in capsys.readouterr().err


def test_a_suite_with_a_refused_case_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = defect()
    draft.spec["tier"] = "T4"
    suite = write_suite(tmp_path, draft, clean())
    assert main(["eval", "run", str(suite)]) == 3
    assert (
        "dev/loading/loads-everything/case.yaml: tier is T4, and the hardest finding is T1" in capsys.readouterr().err
    )


def test_a_split_and_a_case_can_be_asked_for(suite: Path, tmp_path: Path) -> None:
    for words, case in ((("--split", "test"), "few-regions"), (("--case", "loads-everything"), "loads-everything")):
        _, result = run(suite, tmp_path / case, *words)
        assert [each["case"] for each in result["cases"]] == [case]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--system", "ruls"], "no system is called 'ruls' (did you mean 'rules'?)"),
        (["--output", "yaml"], "no output format 'yaml'; there are text, json"),
        (["--output", "json="], "the output 'json=' names no file"),
    ],
)
def test_a_wrong_word_is_a_usage_error(
    words: list[str], told: str, suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "run", str(suite), *words]) == 2
    assert told in capsys.readouterr().err


def test_a_case_that_is_not_there_is_told(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "run", str(suite), "--case", "nothing"]) == 3
    assert "has no case called 'nothing'" in capsys.readouterr().err


def test_a_locked_suite_refuses_a_changed_case_without_a_newer_version(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = ["eval", "lock", str(suite)]
    assert main([*lock, "--check"]) == 3
    assert main([*lock, "--dataset-version", "0.1.0"]) == 0
    assert main([*lock, "--check"]) == 0
    assert run(suite, tmp_path / "one")[1]["dataset_version"] == "0.1.0"
    text = suite / defect().place / "input" / "src" / "load.py"
    text.write_text(text.read_text(encoding="utf-8").replace("Loads orders", "Loads the orders"), encoding="utf-8")
    twin = suite / defect().place / "twin" / "src" / "load.py"
    twin.write_text(twin.read_text(encoding="utf-8").replace("Loads orders", "Loads the orders"), encoding="utf-8")
    capsys.readouterr()
    assert main([*lock, "--check"]) == 3
    assert "dev/loading/loads-everything: was changed since version 0.1.0 was locked" in capsys.readouterr().out
    assert main([*lock, "--dataset-version", "0.1.0"]) == 3
    assert "give a version above 0.1.0" in capsys.readouterr().err
    assert run(suite, tmp_path / "two")[1]["dataset_version"] == "0.1.0+changed"
    assert main([*lock, "--dataset-version", "0.2.0"]) == 0
    assert main([*lock, "--check"]) == 0


def test_a_lock_that_was_edited_by_hand_is_refused(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "lock", str(suite), "--dataset-version", "0.1.0"]) == 0
    path = suite / "LOCK.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["cases"][defect().place] = "0" * 64
    path.write_text(json.dumps(data), encoding="utf-8")
    assert main(["eval", "lock", str(suite), "--check"]) == 3
    assert "LOCK.json: its sha256 is not that of its cases" in capsys.readouterr().err
    assert main(["eval", "lock", str(suite), "--dataset-version", "one"]) in {2, 3}


def recorded(*hows: str | None) -> System:
    """A system that replays recordings made so, the last one again and again."""
    left = list(hows)

    def review(job: Job) -> Entry:
        how = left.pop(0) if len(left) > 1 else left[0]
        cassettes = (CassetteState(agent="a", state="FRESH" if how else "MISSING", how=how),)
        return Entry(case=job.case.id, variant=job.variant, epoch=1, predictions=(), lines=1, cassettes=cassettes)

    return System(name="tape", help="", how="live", review=review, versions=dict)


@pytest.mark.parametrize(
    ("hows", "told"),
    [
        (["live"], "live"),
        (["live", "handoff"], "handoff"),
        (["live", "synthetic", "live"], "synthetic"),
        (["hand_edited", "live"], "hand_edited"),
        (["live", None], "live"),
        ([None], "synthetic"),
    ],
)
def test_a_run_was_made_as_the_worst_of_its_recordings(hows: list[str | None], told: str, suite: Path) -> None:
    whole = usable_suite(str(suite))
    log = run_system(recorded(*hows), whole, whole.cases, split=None, tell=lambda _: None)
    assert log.spec.how == told
