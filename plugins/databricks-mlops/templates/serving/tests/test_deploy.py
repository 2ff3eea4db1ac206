"""An endpoint is created once, updated for another version, and left alone where it serves the version already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

pytest.importorskip("databricks.sdk", reason="not run: databricks-sdk is not installed here")

from databricks.sdk import WorkspaceClient

from template_part.deploy import deploy

MODEL = "ml.models.churn"


class Endpoints(BaseHTTPRequestHandler):
    """What a workspace answers about one endpoint, on the loopback address."""

    served: dict[str, object] | None = None
    asked: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def do_GET(self) -> None:
        """The endpoint, once it was created."""
        if Endpoints.served is None:
            self._answer(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such endpoint"})
            return
        state = {"ready": "READY", "config_update": "NOT_UPDATING"}
        self._answer(200, {"name": "churn", "state": state, "config": Endpoints.served})

    def do_POST(self) -> None:
        """Create it."""
        self._keep("create")

    def do_PUT(self) -> None:
        """Change it."""
        self._keep("update")

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def _keep(self, what: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Endpoints.asked.append((what, body))
        Endpoints.served = body.get("config", body)
        self._answer(200, {"name": "churn", "config": Endpoints.served})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def client() -> Iterator[WorkspaceClient]:
    Endpoints.served, Endpoints.asked = None, []
    server = HTTPServer(("127.0.0.1", 0), Endpoints)
    Thread(target=server.serve_forever, daemon=True).start()
    yield WorkspaceClient(host=f"http://127.0.0.1:{server.server_port}", token="made-up", auth_type="pat")
    server.shutdown()
    server.server_close()


def test_created_then_unchanged_then_updated(client: WorkspaceClient) -> None:
    done = [deploy(client, "churn", MODEL, version, "ml.logs") for version in ("1", "1", "2")]

    assert done == ["created", "unchanged", "updated"]
    assert [what for what, _ in Endpoints.asked] == ["create", "update"]


def test_a_new_endpoint_keeps_its_requests_never_sleeps_and_sends_all_traffic_to_the_version(
    client: WorkspaceClient,
) -> None:
    deploy(client, "churn", MODEL, "3", "ml.logs")

    body = Endpoints.asked[0][1]
    assert body["ai_gateway"]["inference_table_config"] == {
        "catalog_name": "ml",
        "schema_name": "logs",
        "table_name_prefix": "churn",
        "enabled": True,
    }
    assert body["config"]["served_entities"][0]["entity_version"] == "3"
    assert body["config"]["served_entities"][0]["scale_to_zero_enabled"] is False
    assert body["config"]["traffic_config"]["routes"] == [{"served_entity_name": "churn-v3", "traffic_percentage": 100}]
