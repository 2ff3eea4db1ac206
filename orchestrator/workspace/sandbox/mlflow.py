"""The real MLflow server behind the MLflow calls: one that runs already, or one started here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.errors import UsageError

AUTO = "auto"
START_SECONDS = 90.0
_POLL_SECONDS = 0.25


@dataclass(kw_only=True)
class MlflowServer:
    """Where the MLflow server is; one that was started here ends with `close`."""

    url: str
    process: subprocess.Popen[bytes] | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """End the server if it was started here."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            self.folder.cleanup()


def mlflow_server(url: str) -> MlflowServer:
    """The server at a URL of http, or a new one for `auto`.

    Raises:
        UsageError: the URL is none of http, or `auto` finds no `mlflow` program, or the server does not come up.
    """
    if url != AUTO:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{url!r} is no address of an MLflow server; write http://127.0.0.1:5000, or auto")
        return MlflowServer(url=url.rstrip("/"))
    return _started(_program())


def _program() -> str:
    beside = Path(sys.executable).parent / "mlflow"
    # mlflow-skinny has the program as well, but no server in it.
    whole = beside.is_file() and find_spec("flask") is not None
    found = str(beside) if whole else shutil.which("mlflow")
    if found is None:
        raise UsageError("--mlflow auto needs the program `mlflow`; install mlflow, or name the URL of a server")
    return found


def _started(program: str) -> MlflowServer:
    folder = tempfile.TemporaryDirectory(prefix="sandbox-mlflow-", ignore_cleanup_errors=True)
    port = _free_port()
    command = [
        program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder.name}/mlflow.db",
        "--default-artifact-root", f"{folder.name}/artifacts",
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with Path(folder.name, "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder.name, env=kept, stdout=log, stderr=subprocess.STDOUT)
    server = MlflowServer(url=f"http://127.0.0.1:{port}", process=process, folder=folder)
    _await_health(server, Path(folder.name, "server.log"))
    return server


def _await_health(server: MlflowServer, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.process is not None and server.process.poll() is not None:
            break
        if _is_healthy(server.url):
            return
        time.sleep(_POLL_SECONDS)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
    server.close()
    raise UsageError(f"the program `mlflow` started no server ({said[0][:200]}); the full mlflow package is needed")


def _is_healthy(url: str) -> bool:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
