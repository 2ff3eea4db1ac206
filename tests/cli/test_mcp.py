"""`orchestrate mcp` and the extra that it needs: what goes wrong is one sentence, and HTTP says where it serves."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.cli import main

PROGRAM = "import sys; from orchestrator.cli import main; sys.exit(main())"
SECONDS = 60
# A finder in front of all others that finds none of the extra's libraries, as in an installation without it.
WITHOUT_THE_EXTRA = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"databricks", "duckdb", "mcp", "starlette", "uvicorn", "anyio", "mlflow"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None
    find_distributions = None
sys.meta_path = [finder for finder in sys.meta_path]
"""


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
