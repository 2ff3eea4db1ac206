"""The real SDK against a loopback server that answers the four calls which share_changes.py makes."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "templates"))
import share_changes

FILE = Path(__file__).parent / "shares" / "orders.yml"
PATH = re.compile(r"/api/2\.1/unity-catalog/shares(?:/(?P<name>[^/?]+))?(?P<grants>/permissions)?(?:\?.*)?$")
pytestmark = getattr(pytest.mark, "enable_socket") if "pytest_socket" in sys.modules else []


class Sharing(BaseHTTPRequestHandler):
    """Shares in memory: name to objects, and name to recipients."""

    shares: ClassVar[dict[str, dict[str, Any]]] = {}
    grants: ClassVar[dict[str, set[str]]] = {}

    def do_GET(self) -> None:
        found = PATH.match(self.path)
        share = found["name"] if found else None
        if not found or share not in self.shares:
            self.answer({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such share"}, 404)
        elif found["grants"]:
            assigned = [{"principal": name, "privileges": ["SELECT"]} for name in sorted(self.grants[share])]
            self.answer({"privilege_assignments": assigned})
        else:
            self.answer({"name": share, "objects": list(self.shares[share].values())})

    def do_POST(self) -> None:
        name = self.body()["name"]
        self.shares[name], self.grants[name] = {}, set()
        self.answer({"name": name})

    def do_PATCH(self) -> None:
        found = PATH.match(self.path)
        assert found
        body, share = self.body(), found["name"]
        for change in body.get("changes", []):
            self.grants[share] |= {change["principal"]} if change.get("add") else set()
            self.grants[share] -= {change["principal"]} if change.get("remove") else set()
        for update in body.get("updates", []):
            shared = update["data_object"]
            self.shares[share].pop(shared["name"], None)
            if update["action"] != "REMOVE":
                self.shares[share][shared["name"]] = shared
        self.answer({"name": share})

    def body(self) -> dict[str, Any]:
        """The JSON that was sent."""
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, document: dict[str, Any], code: int = 200) -> None:
        """Send JSON."""
        content = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Sharing]]:
    """The server, empty, with the environment that leads the SDK to it."""
    Sharing.shares, Sharing.grants = {}, {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sharing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("DATABRICKS_HOST", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DATABRICKS_TOKEN", "loopback")
    yield Sharing
    server.shutdown()
    thread.join()
    server.server_close()


def test_without_apply_nothing_changes_and_the_changes_wait(
    sharing: type[Sharing], capsys: pytest.CaptureFixture[str]
) -> None:
    assert share_changes.main([str(FILE)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "create share orders",
        "add orders_prod.orders_out.countries as orders.countries",
        "add orders_prod.orders_out.orders_for_partners as orders.orders",
        "grant to acme_reporting",
        "3 changes, 3 waiting",
    ]
    assert sharing.shares == {}


def test_apply_makes_the_share_and_a_second_run_finds_nothing(
    sharing: type[Sharing], capsys: pytest.CaptureFixture[str]
) -> None:
    assert share_changes.main([str(FILE), "--apply"]) == 0
    assert sharing.grants["orders"] == {"acme_reporting"}
    assert sharing.shares["orders"]["orders_prod.orders_out.countries"]["history_data_sharing_status"] == "ENABLED"
    capsys.readouterr()
    assert share_changes.main([str(FILE)]) == 0
    assert capsys.readouterr().out == "0 changes, 0 waiting\n"


def test_what_the_file_does_not_name_stays_until_removals_are_allowed(
    sharing: type[Sharing], capsys: pytest.CaptureFixture[str]
) -> None:
    share_changes.main([str(FILE), "--apply"])
    sharing.grants["orders"].add("left_company")
    sharing.shares["orders"]["orders_prod.orders.raw"] = {"name": "orders_prod.orders.raw", "data_object_type": "TABLE"}
    assert share_changes.main([str(FILE), "--apply"]) == 1
    assert "orders_prod.orders.raw" in sharing.shares["orders"]
    assert "revoke from left_company" in capsys.readouterr().out
    assert share_changes.main([str(FILE), "--apply", "--allow-removals"]) == 0
    assert sharing.grants["orders"] == {"acme_reporting"}
    assert "orders_prod.orders.raw" not in sharing.shares["orders"]


def test_a_changed_alias_is_an_update(sharing: type[Sharing], capsys: pytest.CaptureFixture[str]) -> None:
    share_changes.main([str(FILE), "--apply"])
    sharing.shares["orders"]["orders_prod.orders_out.countries"]["shared_as"] = "old.countries"
    assert share_changes.main([str(FILE), "--apply"]) == 0
    assert "update orders_prod.orders_out.countries as orders.countries" in capsys.readouterr().out
    assert sharing.shares["orders"]["orders_prod.orders_out.countries"]["shared_as"] == "orders.countries"


def test_a_file_with_an_unknown_type_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "share.yml"
    file.write_text("share: orders\nobjects: [{name: a.b.c, type: TABEL}]\n", encoding="utf-8")
    assert share_changes.main([str(file)]) == 2
    assert "has the type 'TABEL'; known are" in capsys.readouterr().err
