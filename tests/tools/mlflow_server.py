"""A real MLflow server, started as a program of the environment `.venv-real`, with two runs and a model in it."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = ROOT / ".venv-real" / "bin"
TRAIN = ROOT / "tests" / "samples" / "mlflow" / "train.py"
SECONDS = 120
READY = "Application startup complete"


@dataclass(frozen=True, kw_only=True)
class TrainedServer:
    """Where it listens, and the ids of the runs: the worse model first."""

    url: str
    runs: tuple[str, ...]


@contextmanager
def trained_server(folder: Path) -> Iterator[TrainedServer]:
    """The server until the end of the block, with two runs and a model in it."""
    with empty_server(folder) as url:
        yield TrainedServer(url=url, runs=_train(url, folder))


@contextmanager
def empty_server(folder: Path) -> Iterator[str]:
    """The address of a server without runs, until the end of the block."""
    if not (PROGRAMS / "mlflow").exists():
        raise FileNotFoundError("MLflow is not installed: run `make env-real`")
    port = _free_port()
    command = [
        str(PROGRAMS / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder}/m.db", "--default-artifact-root", str(folder / "artifacts"),
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        ready = threading.Event()
        listener = _listener(process, ready)
        try:
            _await(process, ready)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            # Who reads the pipe ends with it, before the pipe is closed.
            listener.join(SECONDS)


def _listener(process: subprocess.Popen[str], ready: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=_listen, args=(process.stdout, ready), daemon=True)
    thread.start()
    return thread


def _await(process: subprocess.Popen[str], ready: threading.Event) -> None:
    assert ready.wait(SECONDS), "the MLflow server did not start"
    assert process.poll() is None, "the MLflow server ended at its start"


def _listen(lines: IO[str] | None, ready: threading.Event) -> None:
    for line in lines or ():
        if READY in line:
            ready.set()
    ready.set()


def _train(url: str, folder: Path) -> tuple[str, ...]:
    ended = subprocess.run(
        [str(PROGRAMS / "python"), str(TRAIN), url],
        cwd=folder, env=_environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return tuple(line for line in ended.stdout.splitlines() if len(line) == 32 and line.isalnum())


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
