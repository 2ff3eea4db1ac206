"""What a server answers to the first questions of every client, kept as data so that no SDK is imported for them.

The answers are those of the SDK's own server, recorded; `python -m orchestrator.toolbox.recording` writes them again
and a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
HANDSHAKE = "initialize"
LIST = "tools/list"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Recorded results by method and protocol version, and the names of the tools."""

    tools: tuple[str, ...]
    replies: Mapping[tuple[str, str], object]
    """The `result` members of the server's own replies, as they go over the wire."""

    def result(self, method: str, version: str) -> object | None:
        """What the server answers to a method without arguments; None where only the server itself can tell."""
        return self.replies.get((method, version))

    def listed(self) -> tuple[ListedTool, ...]:
        """The tools with their descriptions and schemas, as the newest recorded list has them."""
        versions = sorted(version for method, version in self.replies if method == LIST)
        result = self.replies[LIST, versions[-1]] if versions else None
        entries = result.get("tools") if isinstance(result, dict) else None
        return tuple(_listed(entry) for entry in entries or ())


@dataclass(frozen=True, kw_only=True)
class ListedTool:
    """One tool of a server's recorded list; `entry` is the whole of it, as it goes over the wire."""

    name: str
    description: str
    schema: dict[str, JsonValue]
    only_reads: bool
    """Whether the server says that it changes nothing; where it does not say so, it may."""
    entry: Mapping[str, JsonValue]


def _listed(entry: dict[str, JsonValue]) -> ListedTool:
    hints, schema = entry.get("annotations"), entry.get("inputSchema")
    return ListedTool(
        name=str(entry["name"]),
        description=str(entry.get("description", "")),
        schema=schema if isinstance(schema, dict) else {"type": "object"},
        only_reads=isinstance(hints, dict) and hints.get("readOnlyHint") is True,
        entry=entry,
    )


def load_manifest(path: Path) -> Manifest:
    """The manifest in a file; an empty one where there is no such file, so that the server answers everything."""
    if not path.is_file():
        return Manifest(tools=(), replies={})
    data = json.loads(path.read_text(encoding="utf-8"))
    results = data["results"]
    replies = {(method, version): results[name] for method, version, name in data["replies"]}
    return Manifest(tools=tuple(data["tools"]), replies=replies)
