"""The template `apply_grants.py`: its difference, and its calls against a real HTTP server on loopback that keeps
grants.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest
from databricks.sdk import WorkspaceClient

TEMPLATE = Path(__file__).parent.parent / "templates" / "apply_grants.py"
PREFIX = "/api/2.1/unity-catalog/permissions/"


@pytest.fixture(scope="module")
def grants() -> ModuleType:
    specification = importlib.util.spec_from_file_location("apply_grants_template", TEMPLATE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["apply_grants_template"] = module
    specification.loader.exec_module(module)
    return module


class Workspace(BaseHTTPRequestHandler):
    """Keeps grants by object as Unity Catalog does; the first page of every answer is empty, as the API allows."""

    live: dict[str, dict[str, set[str]]] = {}
    writes: list[str] = []

    def do_GET(self) -> None:
        if not self.path.startswith(PREFIX):
            self.reply({})
        elif "page_token" not in self.path:
            self.reply({"privilege_assignments": [], "next_page_token": "second"})
        else:
            self.reply(self.assignments(self.path.removeprefix(PREFIX).split("?")[0]))

    def do_PATCH(self) -> None:
        name = self.path.removeprefix(PREFIX)
        self.writes.append(name)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        held = self.live.setdefault(name, {})
        for change in body["changes"]:
            privileges = held.setdefault(change["principal"], set())
            privileges |= set(change.get("add", []))
            privileges -= set(change.get("remove", []))
        self.reply(self.assignments(name))

    def assignments(self, name: str) -> dict[str, object]:
        held = self.live.get(name, {})
        return {"privilege_assignments": [{"principal": who, "privileges": sorted(what)} for who, what in held.items()]}

    def reply(self, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


@pytest.fixture
def client() -> Iterator[WorkspaceClient]:
    Workspace.live = {"schema/prod.sales": {"sales-readers": {"SELECT", "MODIFY"}, "former-team": {"SELECT"}}}
    Workspace.writes = []
    server = HTTPServer(("127.0.0.1", 0), Workspace)
    Thread(target=server.serve_forever, daemon=True).start()
    yield WorkspaceClient(host=f"http://127.0.0.1:{server.server_port}", token="loopback", auth_type="pat")
    server.shutdown()
    server.server_close()


def test_difference_adds_what_is_missing_and_removes_what_is_too_much(grants: ModuleType) -> None:
    schema = grants.Securable(kind="schema", name="prod.sales")

    (change,) = grants.difference(
        schema, {"readers": frozenset({"SELECT", "USE_SCHEMA"})}, {"readers": frozenset({"SELECT", "MODIFY"})}
    )

    assert (change.add, change.remove) == (frozenset({"USE_SCHEMA"}), frozenset({"MODIFY"}))


@pytest.mark.parametrize(("principal", "privilege"), [("account users", "MODIFY"), ("a.person@example.com", "SELECT")])
def test_broad_grant_and_grant_to_a_person_are_refused_before_anything_is_sent(
    grants: ModuleType, principal: str, privilege: str
) -> None:
    with pytest.raises(ValueError, match="group"):
        grants.check({grants.Securable(kind="schema", name="prod.sales"): {principal: frozenset({privilege})}})


def test_without_apply_the_difference_is_printed_and_nothing_changes(
    grants: ModuleType, client: WorkspaceClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grants.main(client, change_anything=False) == 1

    printed = capsys.readouterr().out
    assert "prod.sales: sales-readers: +['USE_SCHEMA'] -['MODIFY']" in printed
    assert "former-team holds ['SELECT'] and is not managed here" in printed
    assert Workspace.writes == []


def test_apply_brings_the_live_grants_to_the_wanted_ones_and_leaves_others_alone(
    grants: ModuleType, client: WorkspaceClient
) -> None:
    assert grants.main(client, change_anything=True) == 0

    schema = Workspace.live["schema/prod.sales"]
    assert schema["sales-readers"] == {"USE_SCHEMA", "SELECT"}
    assert schema["former-team"] == {"SELECT"}
    assert grants.main(client, change_anything=False) == 0
