"""The front: help, versions, rules."""

from __future__ import annotations

import json

import pytest

from orchestrator.cli import main
from orchestrator.rules.catalog import pages


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["review-pipeline", "--help"], ["rules", "--help"]])
def test_help_and_version_succeed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert capsys.readouterr().out


def test_help_shows_every_command_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for word in ("review-pipeline", "rules", "baseline", "examples:", "exit codes:"):
        assert word in text


@pytest.mark.parametrize(
    "arguments", [[], ["reveiw"], ["review-pipeline", "--jobs", "0"], ["review-pipeline", "--nope"]]
)
def test_usage_error_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "orchestrate" in capsys.readouterr().err


def test_a_misspelt_command_is_told_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["revew-pipeline", "."])
    assert end.value.code == 2
    assert "no command is called 'revew-pipeline'; did you mean 'review-pipeline'?" in capsys.readouterr().err


def test_a_wrong_option_shows_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["triage", ".", "--nope"])
    shown = capsys.readouterr().err
    assert shown.startswith("usage: orchestrate triage ")
    assert "orchestrate triage: error: unrecognized arguments: --nope" in shown


def test_rules_lists_each_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    assert all(out.count(f"{page.id}  ") == 1 for page in pages())


def test_rules_as_json_can_be_read_by_a_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--output", "json", "--agents", "pyspark-optimizer"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert {entry["specialist"] for entry in entries} == {"pyspark-optimizer"}


def test_explain_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "pys003"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("PYS003 with-column-in-loop · medium · pyspark-optimizer · on by default")
    assert "Bad::" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rules", "explain"], "name the rule to explain"),
        (["rules", "explain", "PYS03"], "did you mean 'PYS003'?"),
        (["rules", "list", "PYS003"], "orchestrate rules explain PYS003"),
    ],
)
def test_wrong_rule_is_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
