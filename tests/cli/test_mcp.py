"""`orchestrate mcp` and the extra that it needs: what goes wrong is one sentence, and HTTP says where it serves."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from orchestrator.cli import main
from orchestrator.cli.extra import install

PROGRAM = "import sys; from orchestrator.cli import main; sys.exit(main())"
SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@pytest.mark.parametrize("options", [["--http", "8765"], ["--allow-writes"], ["--profile", "prod"]])
def test_options_without_a_server_are_bad_input(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", *options]) == 2
    assert "name the server" in capsys.readouterr().err


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_one_sentence_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["mcp", "spark-profiler", "--http", str(port)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        f"orchestrate: --http 127.0.0.1:{port} cannot be served there (Address already in use); "
        "give another port, or no host\n"
    )


@pytest.mark.enable_socket
def test_http_says_where_it_serves_answers_there_and_ends_with_ctrl_c() -> None:
    port = free_port()
    command = [sys.executable, "-c", PROGRAM, "mcp", "spark-profiler", "--http", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"spark-profiler: http://127.0.0.1:{port}/mcp, until Ctrl-C\n"
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=Retry(20, backoff_factor=0.05)))
            assert session.get(f"http://127.0.0.1:{port}/mcp", timeout=SECONDS).headers["mcp-session-id"]
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mcp", "unity-catalog"], "the server 'unity-catalog' needs the library 'mcp'"),
        (["mcp", "unity-catalog", "--http", "8765"], "the server 'unity-catalog' needs the library 'mcp'"),
        (["workspace", "serve"], "the sandbox needs the library 'mcp'"),
        (["review-pipeline", "--quiet", "--workspace", "sandbox"], "--workspace needs the library 'mcp'"),
    ],
)
def test_without_the_extra_each_command_says_how_to_install_it(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # For Python a module that is None in this table is not installed.
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"orchestrate: {said}: {install('workspace')}\n"


def test_a_packed_event_log_without_its_library_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    log = tmp_path / "application_1.zstd"
    log.write_bytes(b"\x28\xb5\x2f\xfd\x00")
    assert main(["review-pipeline", str(tmp_path), "--quiet", "--event-log", str(log)]) == 2
    assert capsys.readouterr().err == (
        f"orchestrate: an event log that is packed in this way needs the library 'zstandard': {install('workspace')}\n"
    )


def test_writes_over_the_network_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "governance-api", "--http", "0.0.0.0:8765", "--allow-writes"]) == 2
    assert "would let anybody" in capsys.readouterr().err
