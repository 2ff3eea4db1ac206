"""A review with a model as a user runs it: the real command in a process of its own, the real SDK, a loopback API."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.cli.command import imported, orchestrate, told
from tests.models.messages_api import serving
from tests.workflows.graph.scene import AGENTS, LOAD, MODEL, finds, project

pytestmark = pytest.mark.enable_socket

REVIEW = ("review-pipeline", "project", "--agents", ",".join(AGENTS))
FAILED, INCOMPLETE, BAD_INPUT = 1, 3, 2


def test_a_review_with_a_model_is_told_resumed_listed_and_not_paid_twice(tmp_path: Path) -> None:
    project(tmp_path)
    with serving(finds) as api:
        first = orchestrate(tmp_path, *REVIEW, "--model", MODEL, api=api)
        paid = len(api.paid)
        again = orchestrate(tmp_path, *REVIEW, "--model", MODEL, "--quiet", api=api)
        assert len(api.paid) == paid
        runs = json.loads(orchestrate(tmp_path, "runs", "--output", "json").stdout)
        resumed = orchestrate(tmp_path, "review-pipeline", "--resume", runs[-1]["run"], "--quiet", api=api)
        assert len(api.paid) == paid
    assert first.returncode == again.returncode == resumed.returncode == FAILED, first.stderr
    assert "overwrite-without-guard" in first.stdout
    assert f"{MODEL} besides the rules: {paid} calls, " in first.stdout
    assert '"event": "specialist-ended"' in first.stderr
    assert f"{MODEL} besides the rules: 0 calls" in again.stdout
    assert "Traceback" not in first.stderr + again.stderr + resumed.stderr
    timeline = orchestrate(tmp_path, "runs", "show", runs[-1]["run"])
    assert "delta-lake-expert turn 1: read_file" in timeline.stdout


def test_without_a_key_the_review_is_by_rules_incomplete_and_says_what_a_model_would_add(tmp_path: Path) -> None:
    (project(tmp_path) / "load.py").write_text('rows = spark.table("main.sales.orders").limit(3)\n', encoding="utf-8")
    ended = orchestrate(tmp_path, *REVIEW, "--model", MODEL)
    assert ended.returncode == INCOMPLETE
    assert f"--model {MODEL} needs ANTHROPIC_API_KEY" in ended.stdout
    assert "a model would add" in ended.stderr
    assert not (tmp_path / "state").exists()


def test_an_estimate_says_calls_tokens_and_dollars_and_asks_nothing(tmp_path: Path) -> None:
    project(tmp_path)
    with serving(finds) as api:
        ended = orchestrate(tmp_path, *REVIEW, "--model", MODEL, "--estimate", api=api)
        assert api.asked == []
    assert ended.returncode == 0
    assert [line.split("  ")[0] for line in ended.stdout.splitlines()[:6]] == [
        "Model",
        "Specialists",
        "Calls",
        "Input",
        "Output",
        "Cost",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--max-usd", "2"],
            "--max-usd is for a review with a model; name one with --model, such as claude-sonnet-5-5",
        ),
        (["--estimate"], "--estimate is for a review with a model; name one with --model, such as claude-sonnet-5-5"),
        (["--model", "none", "--deadline", "5"], "--deadline is for a review with a model; "),
        (["--model", MODEL, "--max-usd", "-1"], "argument --max-usd: '-1' is no number above 0"),
        (["--model", MODEL, "--max-tokens", "many"], "argument --max-tokens: 'many' is no whole number above 0"),
        (["--resume", "nowhere"], "no run is called 'nowhere'; `orchestrate runs` lists those that are kept"),
    ],
)
def test_what_cannot_be_asked_of_a_model_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "load.py").write_text(LOAD, encoding="utf-8")
    try:
        code = main(["review-pipeline", str(tmp_path), "--quiet", *words])
    except SystemExit as stop:
        code = int(stop.code or 0)
    shown = capsys.readouterr()
    assert code == BAD_INPUT
    assert sentence in shown.err
    assert shown.out == ""


def test_a_limit_of_dollars_for_a_model_without_a_price_is_bad_input(tmp_path: Path) -> None:
    project(tmp_path)
    with serving(finds) as api:
        ended = orchestrate(tmp_path, *REVIEW, "--model", "claude-unheard-of", "--max-usd", "1", "--quiet", api=api)
        assert api.paid == []
    assert ended.returncode == BAD_INPUT
    assert told(ended).count("\n") == 1
    assert "price" in told(ended)


def test_a_review_that_asks_nothing_anew_does_without_the_sdk(tmp_path: Path) -> None:
    project(tmp_path)
    with serving(finds) as api:
        first = orchestrate(tmp_path, *REVIEW, "--model", MODEL, "--quiet", api=api)
        again = orchestrate(tmp_path, *REVIEW, "--model", MODEL, "--quiet", api=api)
    assert "anthropic" in imported(first)
    assert f"{MODEL} besides the rules: 0 calls" in again.stdout
    assert "langgraph" in imported(again)
    assert "anthropic" not in imported(again), "its client is made when the model is first asked"


def test_an_estimate_is_text_or_json_and_nothing_else(tmp_path: Path) -> None:
    project(tmp_path)
    estimate = (*REVIEW, "--model", MODEL, "--estimate", "--quiet")
    found = json.loads(orchestrate(tmp_path, *estimate, "--output", "json").stdout)
    assert (found["model"], found["specialists"]) == (MODEL, len(AGENTS))
    assert 0 < float(found["usd"]["low"]) < float(found["usd"]["high"])
    for output in ("html", "json=cost.json"):
        ended = orchestrate(tmp_path, *estimate, "--output", output)
        assert (ended.returncode, ended.stdout) == (BAD_INPUT, "")
        assert told(ended).startswith("orchestrate: --estimate is printed as text or, with --output json, as JSON")


def test_where_nobody_would_be_asked_the_estimate_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    ended = orchestrate(tmp_path, "review-pipeline", "project", "--model", MODEL, "--estimate", "--quiet")
    assert ended.stdout == f"Nothing would be asked of {MODEL}, and nothing paid: no specialist's subject is here\n"


def test_what_is_wrong_on_the_command_line_is_not_hidden_by_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["review-pipeline", ".", "--modle", "x"])
    assert capsys.readouterr().err.splitlines() == [
        "usage: orchestrate review-pipeline [PATH] [OPTIONS]",
        "orchestrate review-pipeline: error: unrecognized arguments: --modle x",
    ]


def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "langgraph", None)
    assert main(["review-pipeline", str(tmp_path), "--model", MODEL]) == BAD_INPUT
    assert capsys.readouterr().err.endswith(
        "--model needs the library 'langgraph': install the package with its extra 'model', in a clone with: "
        "uv tool install '.[model]'\n"
    )
