"""The fast start of a server over stdio, with the official client and line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from orchestrator.toolbox.recording import recorded
from orchestrator.toolbox.servers import ServerProgram

PROGRAM = Path(__file__).parent / "demo.py"
SERVE = """
import sys
from pathlib import Path
from orchestrator.toolbox.options import ServerOptions
from orchestrator.toolbox.program import run_stdio
from orchestrator.toolbox.servers import ServerProgram
run_stdio(ServerProgram(name="demo", program=Path(sys.argv[1]), manifest=Path(sys.argv[2])), ServerOptions())
sys.stderr.write("\\nimported mcp\\n" if "mcp" in sys.modules else "\\nimported no SDK\\n")
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifests") / "demo.json"
    path.write_text(recorded(ServerProgram(name="demo", program=PROGRAM, manifest=path)), encoding="utf-8")
    return path


def command(manifest: Path) -> list[str]:
    return [sys.executable, "-c", SERVE, str(PROGRAM), str(manifest)]


def exchange(manifest: Path, *messages: dict[str, object]) -> tuple[list[dict[str, object]], str]:
    """The answers to messages that are all sent at once, and what stood on stderr at the end.

    The input stays open until all are answered: its end would end the server, and with it what it still works on.
    """
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    with subprocess.Popen(
        command(manifest), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as ran:
        assert ran.stdin is not None
        assert ran.stdout is not None
        ran.stdin.write(lines)
        ran.stdin.flush()
        answers = [json.loads(ran.stdout.readline()) for message in messages if "id" in message]
        rest, story = ran.communicate(timeout=60)
    return [*answers, *(json.loads(line) for line in rest.splitlines())], story


def request(number: int, method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method, **({"params": params} if params else {})}


INITIALIZE = request(
    1, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "t", "version": "1"}
)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_official_client_lists_and_calls_tools_over_stdio_in_both_protocols(
    manifest: Path, mode: str
) -> None:
    first, *rest = command(manifest)
    async with Client(StdioServerParameters(command=first, args=rest), mode=mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        results = [await client.call_tool("echo", {"limit": number}) for number in (1, 2, 3)]
        again = [tool.name for tool in (await client.list_tools()).tools]
    assert (
        names
        == again
        == [
            "echo",
            "leak",
            "leak_in_a_map",
            "leak_a_password",
            "half_a_character",
            "count",
            "refuse",
            "break_down",
            "hang",
            "drop",
            "hang_in_a_change",
        ]
    )
    assert [(result.structured_content or {}).get("limit") for result in results] == [1, 2, 3]


def test_a_handshake_and_the_list_of_tools_import_no_sdk(manifest: Path) -> None:
    answers, story = exchange(
        manifest, INITIALIZE, {"jsonrpc": "2.0", "method": "notifications/initialized"}, request(2, "tools/list")
    )
    assert [answer["id"] for answer in answers] == [1, 2]
    assert "imported no SDK" in story


def test_an_unknown_method_is_answered_as_an_error_and_not_with_silence(manifest: Path) -> None:
    answers, _ = exchange(
        manifest, INITIALIZE, {"jsonrpc": "2.0", "method": "notifications/initialized"}, request(2, "no/such")
    )
    assert [answer["id"] for answer in answers] == [1, 2]
    assert "-32601" in json.dumps(answers[1]["error"])


def test_a_client_of_an_unknown_version_is_answered_by_the_sdk_itself(manifest: Path) -> None:
    params = {"protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    answers, story = exchange(manifest, request(1, "initialize", **params))
    assert "imported mcp" in story
    assert answers[0]["id"] == 1


def test_a_line_that_is_no_message_ends_nothing(manifest: Path) -> None:
    ended = subprocess.run(
        command(manifest),
        input="no json\n" + json.dumps(INITIALIZE) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(ended.stdout.splitlines()[-1])["id"] == 1


def test_a_server_without_a_manifest_still_serves(tmp_path: Path) -> None:
    answers, _ = exchange(tmp_path / "none.json", INITIALIZE)
    assert answers[0]["id"] == 1


INITIALIZED: dict[str, object] = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def ids_answered(manifest: Path, last: int, *lines: str) -> list[object]:
    """The ids of the answers to lines, up to that to the last request; the client's end stays open so long."""
    told: list[object] = []
    with subprocess.Popen(command(manifest), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ran:
        assert ran.stdin is not None
        assert ran.stdout is not None
        ran.stdin.write("".join(f"{line}\n" for line in lines))
        ran.stdin.flush()
        while last not in told and (line := ran.stdout.readline()):
            answer = json.loads(line)
            told += [answer["id"]] if "method" not in answer else []
        ran.stdin.close()
        told += [json.loads(line)["id"] for line in ran.stdout]
    assert ran.returncode == 0
    return told


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}',
        '{"jsonrpc": "2.0", "id": {}, "method": "ping"}',
        '{"jsonrpc": "2.0", "id": NaN, "method": "ping"}',
        '{"id": 9, "method": "ping"}',
    ],
    ids=["deep nesting", "half a character", "an object", "no number", "no JSON-RPC"],
)
def test_a_message_that_is_no_request_ends_nothing_and_is_not_answered(manifest: Path, hostile: str) -> None:
    lines = (json.dumps(INITIALIZE), json.dumps(INITIALIZED), hostile, json.dumps(request(3, "ping")))
    assert ids_answered(manifest, 3, *lines) == [1, 3]


@pytest.mark.parametrize("meta", ["abc", [1], 5])
def test_parameters_of_the_wrong_type_are_answered_as_an_error_by_the_sdk(manifest: Path, meta: object) -> None:
    wrong = request(2, "tools/list", _meta=meta)
    answers, story = exchange(manifest, INITIALIZE, INITIALIZED, wrong)
    assert [(answer["id"], "error" in answer) for answer in answers] == [(1, False), (2, True)]
    assert "imported mcp" in story


def test_each_of_two_handshakes_is_answered_once(manifest: Path) -> None:
    second = {**INITIALIZE, "id": 2}
    lines = [json.dumps(message) for message in (INITIALIZE, second, INITIALIZED, request(3, "ping"))]
    assert ids_answered(manifest, 3, *lines) == [1, 2, 3]


def test_a_line_longer_than_the_front_reads_at_once_reaches_the_sdk_whole(manifest: Path) -> None:
    long = request(2, "tools/call", name="echo", arguments={"limit": 1, "more": "x" * (17 * 1024 * 1024)})
    lines = [json.dumps(message) for message in (INITIALIZE, INITIALIZED, long, request(3, "ping"))]
    assert sorted(map(str, ids_answered(manifest, 3, *lines))) == ["1", "2", "3"]
