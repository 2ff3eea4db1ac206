"""The judgement of a canary, and the update that it sends, received by a real HTTP server on loopback."""

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

TEMPLATE = Path(__file__).parent.parent / "templates" / "canary.py"
ENTITY = {"entity_name": "prod.ml.churn", "workload_size": "Small", "scale_to_zero_enabled": False}
ENDPOINT = {
    "name": "churn-prod",
    "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
    "config": {
        "served_entities": [
            {**ENTITY, "name": "churn-v7", "entity_version": "7", "creation_timestamp": 1},
            {**ENTITY, "name": "churn-v8", "entity_version": "8", "creation_timestamp": 2},
        ]
    },
}


@pytest.fixture(scope="module")
def canary() -> ModuleType:
    specification = importlib.util.spec_from_file_location("canary_template", TEMPLATE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["canary_template"] = module
    specification.loader.exec_module(module)
    return module


class Workspace(BaseHTTPRequestHandler):
    """Answers as the serving API does, and keeps what it was sent."""

    received: list[dict[str, object]] = []

    def do_GET(self) -> None:
        self.reply(ENDPOINT if "serving-endpoints" in self.path else {})

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append({"path": self.path, **json.loads(body)})
        self.reply(ENDPOINT)

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
    Workspace.received.clear()
    server = HTTPServer(("127.0.0.1", 0), Workspace)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield WorkspaceClient(host=f"http://127.0.0.1:{server.server_port}", token="loopback", auth_type="pat")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("requests", "errors", "p95_ms", "verdict"),
    [
        (1_999, 1_999, 900.0, "wait"),
        (2_000, 20, 50.0, "go on"),
        (2_000, 40, 50.0, "go back"),
        (2_000, 20, 61.0, "go back"),
    ],
)
def test_candidate_is_judged_by_errors_and_time_once_it_has_enough_requests(
    canary: ModuleType, requests: int, errors: int, p95_ms: float, verdict: str
) -> None:
    stable = canary.Health(requests=40_000, errors=400, p95_ms=50.0)

    assert canary.judge(stable, canary.Health(requests=requests, errors=errors, p95_ms=p95_ms)) == verdict


@pytest.mark.parametrize("share", [0, 5, 100])
def test_routes_sum_to_a_hundred(canary: ModuleType, share: int) -> None:
    assert sum(route.traffic_percentage for route in canary.routes("v7", "v8", share)) == 100


def test_share_over_a_hundred_is_refused(canary: ModuleType) -> None:
    with pytest.raises(ValueError, match="101 percent"):
        canary.routes("v7", "v8", 101)


def test_shift_sends_both_entities_and_their_routes_together(canary: ModuleType, client: WorkspaceClient) -> None:
    canary.shift(client, "churn-prod", "churn-v7", "churn-v8", 5)

    (update,) = Workspace.received
    assert update["path"] == "/api/2.0/serving-endpoints/churn-prod/config"
    assert [entity["entity_version"] for entity in update["served_entities"]] == ["7", "8"]
    assert [route["traffic_percentage"] for route in update["traffic_config"]["routes"]] == [95, 5]


def test_shift_to_a_version_that_is_not_served_changes_nothing(canary: ModuleType, client: WorkspaceClient) -> None:
    with pytest.raises(ValueError, match="does not serve churn-v9; it serves churn-v7, churn-v8"):
        canary.shift(client, "churn-prod", "churn-v7", "churn-v9", 5)

    assert Workspace.received == []
