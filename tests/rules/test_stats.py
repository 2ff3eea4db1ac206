"""`orchestrate rules --stats`: the measurements that are shipped, and what is not measured said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.errors import OrchestratorError
from orchestrator.rules.catalog import pages
from orchestrator.rules.measured import Corpus, Measured, Measurement, Precision, Recall, measured

KNOWN = Measured(
    measured_on="2026-11-23",
    corpus=Corpus(packages=2, files=30, lines=4000),
    rules={
        "PYS003": Measurement(
            precision=Precision(right=9, labelled=12),
            recall=Recall(found=5, planted=6, found_forms=0, forms=1),
            findings=2,
        ),
        "PYS009": Measurement(findings=0),
    },
)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.cli.rule_stats.measured", lambda: KNOWN)


def _line(text: str, rule: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(rule))


@pytest.mark.usefixtures("known")
def test_a_measured_rule_shows_its_numbers_with_n(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--stats"]) == 0
    line = " ".join(_line(capsys.readouterr().out, "PYS003").split())
    assert line == "PYS003 on 0.75 (n=12) 0.83 (n=6, 0 of 1 form) 0.500 with-column-in-loop"


@pytest.mark.usefixtures("known")
def test_what_nobody_measured_is_called_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--stats"]) == 0
    out = capsys.readouterr().out
    assert " ".join(_line(out, "PYS009").split()) == "PYS009 on not measured not measured 0.000 count-for-emptiness"
    assert _line(out, "STR001").count("not measured") == 3
    assert "Measured on 2026-11-23: 2 public packages, 4,000 lines." in out


@pytest.mark.usefixtures("known")
def test_stats_as_json_hold_every_rule_and_null_for_what_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--stats", "--output", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rules = {entry["id"]: entry for entry in document["rules"]}
    assert set(rules) == {page.id for page in pages()}
    assert rules["PYS003"]["precision"] == {"share": 0.75, "right": 9, "labelled": 12}
    assert rules["PYS003"]["recall"] == {"share": 0.8333, "found": 5, "planted": 6, "found_forms": 0, "forms": 1}
    assert rules["PYS003"]["findings_per_1000_lines"] == 0.5
    assert rules["STR001"]["precision"] is rules["STR001"]["recall"] is rules["STR001"]["findings"] is None


def test_the_agents_option_limits_the_stats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--stats", "--agents", "pyspark-optimizer", "--output", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {entry["specialist"] for entry in document["rules"]} == {"pyspark-optimizer"}


def test_explain_takes_no_stats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "PYS003", "--stats"]) == 2
    assert "takes no --stats" in capsys.readouterr().err


def test_the_shipped_measurements_are_dated_and_possible() -> None:
    shipped = measured()
    assert shipped.measured_on >= "2026-11-23"
    assert shipped.corpus.lines > 1_000_000
    for rule, of in shipped.rules.items():
        assert of.precision is None or 0 <= of.precision.right <= of.precision.labelled, rule
        assert of.recall is None or 0 <= of.recall.found <= of.recall.planted, rule
        assert of.recall is None or 0 <= of.recall.found_forms <= of.recall.forms > 0, rule


def test_a_missing_file_measures_nothing(tmp_path: Path) -> None:
    nothing = measured(tmp_path / "measured.json")
    assert (nothing.measured_on, nothing.of("PYS003"), nothing.rate("PYS003")) == ("", Measurement(), None)


def test_a_damaged_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    path.write_text('{"rules": 3}', encoding="utf-8")
    with pytest.raises(OrchestratorError, match=r"'measured\.json' are damaged"):
        measured(path)


def test_without_measurements_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orchestrator.cli.rule_stats.measured", Measured)
    assert main(["rules", "--stats"]) == 0
    assert "This installation came without measurements." in capsys.readouterr().out
