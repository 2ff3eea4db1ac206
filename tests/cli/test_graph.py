"""`orchestrate graph COMMAND`: the diagram of what runs, and a word where nothing runs yet."""

from __future__ import annotations

import itertools
import re

import pytest

from orchestrator.cli import main


def test_the_review_is_drawn_step_by_step_from_the_graph_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "review-pipeline"]) == 0
    drawn = capsys.readouterr().out
    assert "graph TD;" in drawn
    edges = set(re.findall(r"^\s*(\w+) -\.?-?>? ?(\w+);$", drawn.replace("-.->", "-->"), flags=re.MULTILINE))
    steps = ["__start__", "read", "rules", "triage", "specialist", "evidence", "refute", "merge", "report", "__end__"]
    assert edges == {*itertools.pairwise(steps), ("triage", "evidence")}
    assert "error_handler" not in drawn


def test_a_workflow_that_is_not_built_says_so_and_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "deploy-bundle"]) == 4
    assert capsys.readouterr().err == "orchestrate: the workflow 'operate' of 'deploy-bundle' is not built yet\n"


def test_a_command_that_does_not_exist_is_told_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "revew-pipeline"]) == 2
    assert "no command is called 'revew-pipeline'; did you mean 'review-pipeline'?" in capsys.readouterr().err
