"""What a server answers to the first questions of every client, kept as data so that no SDK is imported for them.

The answers are those of the SDK's own server, recorded; `python -m orchestrator.toolbox.recording` writes them again
and a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
HANDSHAKE = "initialize"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Recorded results by method and protocol version, and the names of the tools."""

    tools: tuple[str, ...]
    replies: Mapping[tuple[str, str], object]
    """The `result` members of the server's own replies, as they go over the wire."""

    def result(self, method: str, version: str) -> object | None:
        """What the server answers to a method without arguments; None where only the server itself can tell."""
        return self.replies.get((method, version))


def load_manifest(path: Path) -> Manifest:
    """The manifest in a file; an empty one where there is no such file, so that the server answers everything."""
    if not path.is_file():
        return Manifest(tools=(), replies={})
    data = json.loads(path.read_text(encoding="utf-8"))
    results = data["results"]
    replies = {(method, version): results[name] for method, version, name in data["replies"]}
    return Manifest(tools=tuple(data["tools"]), replies=replies)
