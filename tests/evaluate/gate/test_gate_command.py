"""`orchestrate eval gate`, `baseline` and `compare`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.evaluate.suites import LOAD, clean, defect, write_suite

PASS, REGRESSION, INCONCLUSIVE, INTEGRITY = 0, 1, 2, 3
USAGE, REFUSED = 2, 3


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A locked suite with a baseline of the rules."""
    made = write_suite(tmp_path)
    assert lock(made, "0.1.0") == 0
    run(made, tmp_path / "first")
    assert promote(made, tmp_path / "first") == 0
    return made


def lock(suite: Path, version: str) -> int:
    """Lock the cases as they stand."""
    return main(["eval", "lock", str(suite), "--dataset-version", version])


def run(suite: Path, log: Path, *words: str) -> Path:
    """A stored run of the rules."""
    assert main(["eval", "run", str(suite), "--log", str(log), "--quiet", *words]) == 0
    return log


def promote(suite: Path, log: Path, *words: str) -> int:
    """Make it the baseline."""
    return main(["eval", "baseline", "promote", str(log), "--suite", str(suite), "--why", "it is the first", *words])


def gate(suite: Path, *words: str) -> int:
    """The code of the gate."""
    return main(["eval", "gate", str(suite), "--quiet", *words])


def baseline(suite: Path) -> Path:
    """The file of the rules' baseline."""
    return suite / "baselines" / "rules.json"


def edit(suite: Path, change: dict[str, object]) -> None:
    """Change fields of the baseline by hand."""
    content = json.loads(baseline(suite).read_bytes())
    baseline(suite).write_text(json.dumps({**content, **change}), encoding="utf-8")


def test_a_suite_as_it_was_passes(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert gate(suite) == PASS
    out = capsys.readouterr().out
    assert "integrity: PASS" in out
    assert "replay rules: PASS\n  (2 reviews, 0 differences, 0 of them accepted)" in out


def test_the_lanes_are_json_too_and_equal_runs_print_equal_bytes(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    said = []
    for _ in range(2):
        assert gate(suite, "--output", "json") == PASS
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    lanes = json.loads(said[0])
    assert lanes["verdict"] == "pass"
    assert [lane["name"] for lane in lanes["lanes"]] == ["integrity", "replay rules"]


def test_a_rule_that_falls_silent_or_says_more_is_a_regression(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = json.loads(baseline(suite).read_bytes())["cases"]
    found = {
        **known["loads-everything"]["found"],
        "g1": {"rule": "PYS001", "severity": "high", "place": "src/load.py:10"},
    }
    lost = {**known, "loads-everything": {**known["loads-everything"], "found": found, "missed": []}}
    edit(suite, {"cases": lost})
    assert gate(suite) == REGRESSION
    assert "loads-everything: g1 is lost (grave" in capsys.readouterr().out


def test_without_a_baseline_or_a_lock_the_gate_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write_suite(tmp_path)
    assert gate(made) == INTEGRITY
    assert "LOCK.json: is missing; `orchestrate eval lock --dataset-version N.N.N` writes it" in capsys.readouterr().out
    lock(made, "0.1.0")
    assert gate(made) == INTEGRITY
    assert "baselines/rules.json is missing; make it: orchestrate eval run --system rules" in capsys.readouterr().out


def test_a_case_that_changed_since_the_lock_is_named(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = suite / "dev/loading/loads-everything/input/notes.sql"
    readme.write_text("select 1;\n", encoding="utf-8")
    assert gate(suite) == INTEGRITY
    assert "dev/loading/loads-everything: was changed since version 0.1.0 was locked" in capsys.readouterr().out


def test_a_baseline_of_another_dataset_version_is_refused_by_name(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (suite / "test/bounded/few-regions/input/notes.sql").write_text("select 1;\n", encoding="utf-8")
    lock(suite, "0.2.0")
    assert gate(suite) == INTEGRITY
    assert "baselines/rules.json is of dataset version '0.1.0' and the run of '0.2.0'" in capsys.readouterr().err


def test_a_refused_case_stops_the_gate_before_anything_is_run(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = suite / "dev/loading/loads-everything/golden.yaml"
    golden.write_text(
        golden.read_text(encoding="utf-8").replace("orders.collect()", "orders.count()"), encoding="utf-8"
    )
    assert gate(suite) == INTEGRITY
    out = capsys.readouterr().out
    assert "dev/loading/loads-everything/golden.yaml: " in out
    assert "replay" not in out


def test_a_secret_anywhere_in_the_suite_is_found_and_not_repeated(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = "dapi" + "".join("0f1e7a2b9c3d8e4f"[at % 16] for at in range(7, 7 + 3 * 32, 3))
    (suite / "notes.md").write_text(f"export TOKEN={token}\n", encoding="utf-8")
    assert gate(suite) == INTEGRITY
    out = capsys.readouterr().out
    assert "notes.md: holds a Databricks token; take it out" in out
    assert token not in out


def test_accept_lines_and_promotion_let_a_wanted_change_in(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = json.loads(baseline(suite).read_bytes())["cases"]
    case = known["loads-everything"]
    place = {"outcome": "unlabelled", "rule": "PYS999", "severity": "low", "place": "src/load.py:3"}
    edit(suite, {"cases": {**known, "loads-everything": {**case, "input": [*case["input"], place]}}})
    change = "input: no longer unlabelled PYS999 src/load.py:3 (low)"
    assert gate(suite) == REGRESSION
    assert f"loads-everything: {change} (accept it" in capsys.readouterr().out
    edit(suite, {"accept": [{"case": "loads-everything", "change": change, "why": "the rule is gone"}]})
    assert gate(suite) == PASS
    assert "(accepted: loads-everything: " in capsys.readouterr().out


def test_a_baseline_can_be_shown(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "baseline", "show", "rules", "--suite", str(suite)]) == 0
    assert "dataset 0.1.0: it is the first (0 changes)" in capsys.readouterr().out
    assert main(["eval", "baseline", "show", "ruff", "--suite", str(suite)]) == USAGE


def test_a_part_of_the_suite_cannot_be_promoted(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = run(suite, tmp_path / "part", "--split", "dev")
    assert promote(suite, part) == REFUSED
    assert "it does not hold every case of the suite" in capsys.readouterr().err


def test_two_runs_are_compared_with_intervals_tests_and_names(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = run(suite, tmp_path / "all", "--system", "rules-all")
    capsys.readouterr()
    words = ["eval", "compare", str(tmp_path / "first"), str(more), "--suite", str(suite)]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "rules (rules) against rules-all (rules)" in out
    assert "new:  loads-everything g1" in out
    assert main([*words, "--output", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["found"] == ["loads-everything g1"]
    assert {row["name"] for row in found["rows"]} >= {"F0.5", "severity-weighted recall"}


def test_runs_of_different_cases_are_not_compared(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = run(suite, tmp_path / "part", "--split", "dev")
    first = str(tmp_path / "first")
    assert main(["eval", "compare", first, str(part), "--suite", str(suite)]) == REFUSED
    assert "the split is 'all' in one and 'dev' in the other" in capsys.readouterr().err
    (suite / "test/bounded/few-regions/input/notes.sql").write_text("select 1;\n", encoding="utf-8")
    lock(suite, "0.2.0")
    assert main(["eval", "compare", first, first, "--suite", str(suite)]) == REFUSED
    assert "is of the dataset 0.1.0" in capsys.readouterr().err
    assert main(["eval", "compare", str(tmp_path / "nowhere"), first, "--suite", str(suite)]) == REFUSED
    assert "is no stored run" in capsys.readouterr().err
    assert gate(suite, "--live", first, str(tmp_path / "nowhere")) == INTEGRITY


def test_the_live_lane_over_two_families_is_never_more_than_inconclusive(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (run(suite, tmp_path / name, "--epochs", "3") for name in ("old", "new"))
    capsys.readouterr()
    assert gate(suite, "--live", str(one), str(other), "--looks", "2") == INCONCLUSIVE
    out = capsys.readouterr().out
    assert "2 case families are fewer than 20" in out
    assert "97.5 % lower bound" in out


def test_a_suite_without_cases_and_a_suite_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty" / "dev").mkdir(parents=True)
    assert gate(tmp_path / "empty") == INTEGRITY
    assert "the suite holds no case" in capsys.readouterr().out
    assert gate(tmp_path / "nowhere") == INTEGRITY


def test_a_family_in_both_splits_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = defect(), clean()
    other.place = "test/loading/few-regions"
    assert gate(write_suite(tmp_path, one, other)) == INTEGRITY
    assert "the family 'loading' has cases in dev and in test" in capsys.readouterr().out


def test_the_power_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Gate\n\n<!-- measured: begin -->\n<!-- measured: end -->\n", encoding="utf-8")
    words = ["eval", "power", "--repetitions", "2", "--epochs", "3", "--quiet"]
    assert main([*words, "--write", str(page)]) == 0
    assert "| 160 | " in page.read_text(encoding="utf-8")
    page.write_text("# Gate\n", encoding="utf-8")
    assert main([*words, "--write", str(page)]) == USAGE
    assert main([*words, "--write", str(tmp_path / "nowhere.md")]) == USAGE
    assert main(["eval", "power", "--repetitions", "999999"]) == USAGE


def test_the_cases_here_are_those_that_the_tests_above_count_on() -> None:
    assert LOAD.split("\n")[9].strip() == "rows = orders.collect()"
