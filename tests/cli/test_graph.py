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


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("audit-permissions", ("__start__", "parameters", "facts", "checks")),
        ("scaffold-project", ("__start__", "parameters", "texts", "compare", "write", "validate")),
        ("deploy-bundle", ("parameters", "live", "changes", "preflight", "approval", "apply", "verify", "report")),
    ],
)  # fmt: skip
def test_the_other_shapes_are_drawn_with_the_graph_that_a_model_adds(
    command: str, path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", command]) == 0
    drawn = capsys.readouterr().out
    for before, after in itertools.pairwise(path):
        assert f"\t{before} --> {after};" in drawn
    assert "-. with --model .-> read;" in drawn
    assert "triage -.-> specialist;" in drawn
    assert "__start__ --> read;" not in drawn


def test_a_command_that_does_not_exist_is_told_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "revew-pipeline"]) == 2
    assert "no command is called 'revew-pipeline'; did you mean 'review-pipeline'?" in capsys.readouterr().err
