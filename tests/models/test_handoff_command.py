"""`orchestrate handoff` as a person uses it: a process, a folder, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anthropic
import pytest

from orchestrator.cli import main

pytestmark = pytest.mark.enable_socket


@contextmanager
def serving(directory: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command at work, and its base URL."""
    command = [sys.executable, "-m", "orchestrator.cli", "handoff", "serve", str(directory), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip().removeprefix("export ANTHROPIC_BASE_URL=")
        assert process.stdout.readline().strip() == "export ANTHROPIC_API_KEY=handoff"
        try:
            yield process, address
        finally:
            process.kill()


def ask(address: str, words: str) -> str:
    """The answer to a question, through the SDK."""
    with anthropic.Anthropic(api_key="handoff", base_url=address, max_retries=0) as client:
        messages: list[anthropic.types.MessageParam] = [{"role": "user", "content": words}]
        message = client.messages.create(model="claude-opus-5-5", max_tokens=9, messages=messages)
    return message.content[0].to_json()


def test_serve_writes_down_and_answers_list_shows_what_waits_and_ctrl_c_ends_it_cleanly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path, "--model-name", "by-hand", "--timeout", "0.5") as (process, address):
        with pytest.raises(anthropic.NotFoundError, match="nobody answered"):
            ask(address, "What is wrong?")
        assert main(["handoff", "list", str(tmp_path)]) == 0
        listed = capsys.readouterr()
        name = listed.out.split()[0]
        assert listed.err == "1 request without an answer\n"
        (tmp_path / "responses" / f"{name}.txt").write_text("The join.", encoding="utf-8")
        assert "The join." in ask(address, "What is wrong?")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told.splitlines() == [
        f"waits: requests/{name}.md",
        f"asked again: requests/{name}.md",
        f"answered: requests/{name}.md",
    ]


def test_ctrl_c_ends_it_cleanly_while_a_request_waits(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with serving(tmp_path) as (process, address), ThreadPoolExecutor() as pool:
        asked = pool.submit(ask, address, "Is anybody there?")
        assert process.stderr is not None
        assert process.stderr.readline().startswith("waits: ")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        with pytest.raises(anthropic.APIConnectionError):
            asked.result(timeout=20)
        assert process.stderr.read() == ""


def test_a_review_is_answered_by_hand_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "load.py").write_text('rows = spark.table("main.sales.orders").collect()\n', encoding="utf-8")
    command = [sys.executable, "-m", "orchestrator.cli", "review-pipeline", str(project), "--model", "claude-opus-5-5"]
    with serving(tmp_path / "hand") as (_, address):
        settings = {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": "handoff"}
        cache = {"ORCHESTRATE_CACHE_DIR": str(tmp_path / "cache")}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **settings, **cache}
        ) as review:
            count = 0
            while review.poll() is None:
                count += answered(tmp_path / "hand")
                time.sleep(0.1)
            report, told = review.communicate(timeout=60)
    assert review.returncode in {0, 1}, told
    assert count > 0
    assert f"{count} calls" in report + told


def answered(directory: Path) -> int:
    """How many requests got an answer now: that there is nothing to report."""
    from orchestrator.models.handoff import Folder

    waiting = Folder(directory).waiting()
    for each in waiting:
        text = '{"findings": [], "not_reviewed": []}'
        (directory / "responses" / f"{each.name}.json").write_text(text, encoding="utf-8")
    return len(waiting)


def test_list_as_json_names_the_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from orchestrator.models.handoff import Folder, write

    folder = Folder(tmp_path)
    folder.make()
    name, _ = folder.ask({"model": "m", "messages": []}, "joins")
    write(tmp_path / "problems" / f"{name}.txt", "it is empty\n")
    assert main(["handoff", "list", str(tmp_path), "--output", "json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["who"], listed["problem"]) == (name, "joins", "it is empty")


@pytest.mark.parametrize("action", ["serve", "list"])
def test_a_folder_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert main(["handoff", action, str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path) as (_, address):
        assert main(["handoff", "serve", str(tmp_path), "--port", address.rpartition(":")[2]]) == 2
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--port", "70000"], ["--port", "x"], ["--timeout", "0"], ["--timeout", "nan"]])
def test_an_option_that_makes_no_sense_is_refused(tmp_path: Path, option: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["handoff", "serve", str(tmp_path), *option])
    assert ended.value.code == 2
