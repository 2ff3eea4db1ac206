"""What a workspace that answers wrongly, without an end or not at all is to its caller: a sentence, never a hang."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.statements import query
from orchestrator.workspace.waiting import waited_for

pytestmark = pytest.mark.enable_socket
SECRET = "opaque-5Zq8rT1wXy"


class Answering(ThreadingHTTPServer):
    """Answers every request with the same body, and counts them."""

    daemon_threads = True
    body = b"{}"
    asked = 0
    several = threading.Event()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Answering

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/"):
            # What the SDK looks for before the first question is not there.
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.server.asked += 1
        if self.server.asked >= 3:
            self.server.several.set()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering(("127.0.0.1", 0), _Handler) as running:
        running.several = threading.Event()
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def workspace(host: str, token: str | None = None) -> Workspace:
    return Workspace(Access(host=host, token=token or "t", warehouse="w", retry_seconds=1, answer_seconds=5))


def catalogs(of: Workspace) -> list[str | None]:
    return of.ask("list catalogs", lambda client: [item.name for item in client.catalogs.list()])


@pytest.mark.parametrize(
    "body", [b'"text"', b'{"catalogs": "text"}', b'{"catalogs": [1]}', b"<html>", b'{"catalogs": [{"na'], ids=str
)
def test_an_answer_of_another_shape_is_a_sentence(server: Answering, body: bytes) -> None:
    server.body = body
    with pytest.raises(WorkspaceError, match="cannot list catalogs: the workspace answered with something that cannot"):
        catalogs(workspace(server.host))


def test_rows_that_do_not_fit_their_columns_are_a_sentence(server: Answering) -> None:
    server.body = (
        b'{"statement_id": "1", "status": {"state": "SUCCEEDED"}, "manifest": {"schema": {"columns": [{"name": "a"}]}},'
        b' "result": {"data_array": [["1", "2"]]}}'
    )
    with pytest.raises(WorkspaceError, match="more or fewer values than columns"):
        query(workspace(server.host), "SELECT 1", what="count")


def test_pages_without_an_end_are_left_when_nobody_waits(server: Answering) -> None:
    server.body = b'{"catalogs": [], "next_page_token": "again"}'
    given_up, told = threading.Event(), []

    def work() -> None:
        try:
            with waited_for(given_up):
                catalogs(workspace(server.host))
        except WorkspaceError as error:
            told.append(str(error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert server.several.wait(20)
    given_up.set()
    thread.join(20)
    assert not thread.is_alive()
    assert "given up" in told[0]


@pytest.mark.parametrize("token", [f"{SECRET}\n", f"{SECRET}\rx"])
def test_a_token_that_no_header_may_have_is_not_told(server: Answering, token: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        catalogs(workspace(server.host, token))
    assert SECRET not in str(refused.value)
    assert "DATABRICKS_TOKEN" in str(refused.value)


@pytest.mark.parametrize("host", ["https://127.0.0.1:{port}", "http://no such host", "ftp://127.0.0.1"])
def test_a_host_that_cannot_be_asked_is_not_told(server: Answering, host: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        catalogs(workspace(host.format(port=server.server_port)))
    assert "DATABRICKS_HOST" in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
    assert "no such host" not in str(refused.value)


@pytest.mark.parametrize("name", ["DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID"])
def test_a_profile_beside_a_workspace_of_the_environment_is_refused_because_the_sdk_would_ask_the_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = tmp_path / "databrickscfg"
    profiles.write_text("[prod]\nhost = http://127.0.0.1:9\ntoken = x\n", encoding="utf-8")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(profiles))
    monkeypatch.setenv(name, "http://127.0.0.1:10")
    with pytest.raises(WorkspaceError, match=f"the profile 'prod' and {name} in the environment each name a workspace"):
        Workspace(Access(profile="prod")).ask("something", lambda client: client.config.host)
