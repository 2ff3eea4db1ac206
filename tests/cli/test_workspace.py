"""`orchestrate workspace serve`: what it prints, and that Ctrl-C ends it cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from orchestrator.cli import main; sys.exit(main())",
    "workspace",
    "serve",
]
SECONDS = 60


@pytest.mark.enable_socket
@pytest.mark.parametrize("output", ["text", "json"])
def test_it_prints_host_and_token_answers_and_ends_with_ctrl_c(output: str) -> None:
    command = [*COMMAND, "--output", output]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        host, token = _read(process.stdout.readline(), process.stdout.readline() if output == "text" else "")
        answer = requests.get(
            f"{host}/api/2.0/preview/scim/v2/Me", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert answer.json()["userName"] == "platform-admin@example.com"


def _read(first: str, second: str) -> tuple[str, str]:
    if first.startswith("{"):
        found = json.loads(first)
        return found["host"], found["token"]
    return first.removeprefix("export DATABRICKS_HOST=").strip(), second.removeprefix(
        "export DATABRICKS_TOKEN="
    ).strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seed", "nothing.yaml"], "cannot be read"),
        (["--seed", "bad.yaml"], "foo is no key of a seed there"),
        (["--port", "99999"], "no port"),
        (["--now", "soon"], "is no time"),
        (["--mlflow", "ftp://x"], "no address of an MLflow server"),
    ],
)
def test_bad_input_is_one_sentence_and_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "bad.yaml").write_text("now: 2026-11-23\nfoo: 1\n", encoding="utf-8")
    ended = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
