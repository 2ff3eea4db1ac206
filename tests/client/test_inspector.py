"""The seven servers in the official MCP inspector: their tools are listed, portable, and answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.toolbox.manifest import load_manifest
from orchestrator.toolbox.servers import ServerProgram, server_programs
from orchestrator.workspace.sandbox import Sandbox
from tests.client.claude import ROOT, SECONDS

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]
ORCHESTRATE = Path(sys.executable).with_name("orchestrate")


def inspected(home: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """What the inspector shows of one request to a server that it starts itself."""
    program = ROOT / ".clients" / "inspector" / "node_modules" / ".bin" / "mcp-inspector"
    if not program.exists():
        raise FileNotFoundError("the MCP inspector is not installed: run `make env-real`")
    given = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
    ended = subprocess.run(
        [str(program), "--cli", *given, str(ORCHESTRATE), "mcp", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "dumb"},
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def test_there_are_seven_servers() -> None:
    assert len(server_programs()) == 7


@pytest.mark.parametrize("server", server_programs(), ids=lambda server: server.name)
def test_the_inspector_lists_the_tools_of_a_server_and_finds_no_schema_that_clients_refuse(
    server: ServerProgram, tmp_path: Path
) -> None:
    listed = inspected(tmp_path, server.name, "--method", "tools/list", "--strict")
    assert sorted(tool["name"] for tool in listed["tools"]) == sorted(load_manifest(server.manifest).tools)


def test_the_inspector_calls_a_tool_that_asks_the_sandbox(tmp_path: Path) -> None:
    with Sandbox.start() as sandbox:
        answer = inspected(
            tmp_path,
            *("unity-catalog", "--method", "tools/call", "--tool-name", "list_catalogs"),
            DATABRICKS_HOST=sandbox.host,
            DATABRICKS_TOKEN=sandbox.token,
        )
        asked = sandbox.calls
    assert answer["isError"] is False
    names = [item["name"] for item in answer["structuredContent"]["items"]]
    assert {"retail_prod", "insurance_prod", "ml_platform"} <= set(names)
    assert "GET /api/2.1/unity-catalog/catalogs" in asked
