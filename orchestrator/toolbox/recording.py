"""Records what the SDK's own servers answer first: `python -m orchestrator.toolbox.recording` writes the manifests.

Each server is run as the program that it is, over stdio, without a manifest; what it says is kept as it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from orchestrator.errors import OrchestratorError
from orchestrator.toolbox.manifest import HANDSHAKE, VERSION_KEY
from orchestrator.toolbox.servers import ServerProgram, server_programs

HANDSHAKE_VERSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")
ENVELOPE_VERSION = "2026-07-28"
LISTS = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")
CLIENT = {"name": "recording", "version": "1"}
INITIALIZED = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})


def recorded(server: ServerProgram) -> str:
    """The text of a server's manifest."""
    results: dict[str, object] = {}
    replies: list[tuple[str, str, str]] = []
    for version, methods in _questions():
        for method, result in _conversation(server, version, methods):
            text = json.dumps(result, sort_keys=True)
            key = sha256(text.encode()).hexdigest()[:12]
            results[key] = result
            replies.append((method, version, key))
    lines = [f'"tools": {json.dumps(_tools(results, replies))}', f'"replies": {json.dumps(replies)}']
    shown = (f"{json.dumps(key)}: {json.dumps(result, ensure_ascii=False)}" for key, result in results.items())
    joined = ",\n  ".join(shown)
    return "{\n " + ",\n ".join(lines) + ',\n "results": {\n  ' + joined + "\n }\n}\n"


def _questions() -> Iterator[tuple[str, tuple[str, ...]]]:
    for version in HANDSHAKE_VERSIONS:
        yield version, (HANDSHAKE, *LISTS, "ping")
    yield ENVELOPE_VERSION, ("server/discover", *LISTS)


def _conversation(server: ServerProgram, version: str, methods: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Each method with its result, asked one after the other; an error of the server is no result."""
    command = [sys.executable, str(server.program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as ran:
        asking, telling = ran.stdin, ran.stdout
        if asking is None or telling is None:
            raise OrchestratorError(f"{server.name} could not be asked")
        for number, method in enumerate(methods, start=1):
            _send(asking, json.dumps(_request(number, method, version)))
            answer = json.loads(telling.readline())
            if "result" in answer:
                yield method, answer["result"]
            if method == HANDSHAKE:
                _send(asking, INITIALIZED)
        asking.close()


def _send(stream: IO[str], line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _request(number: int, method: str, version: str) -> dict[str, object]:
    message: dict[str, object] = {"jsonrpc": "2.0", "id": number, "method": method}
    if method == HANDSHAKE:
        return message | {"params": {"protocolVersion": version, "capabilities": {}, "clientInfo": CLIENT}}
    if version == ENVELOPE_VERSION:
        prefix = VERSION_KEY.rpartition("/")[0]
        meta = {VERSION_KEY: version, f"{prefix}/clientInfo": CLIENT, f"{prefix}/clientCapabilities": {}}
        return message | {"params": {"_meta": meta}}
    return message


def _tools(results: dict[str, object], replies: list[tuple[str, str, str]]) -> list[str]:
    key = next(key for method, _, key in reversed(replies) if method == "tools/list")
    listed = results[key]
    return [tool["name"] for tool in listed["tools"]] if isinstance(listed, dict) else []


def main() -> None:
    """Write the manifest of every server."""
    for server in server_programs():
        server.manifest.parent.mkdir(exist_ok=True)
        server.manifest.write_text(recorded(server), encoding="utf-8")


if __name__ == "__main__":
    main()
