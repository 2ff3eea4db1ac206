"""Names of tools: as an agent's file writes them, as a server knows them, as a model is shown them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

PROJECT_TOOLS = {"Read": "read_file", "Grep": "search_code", "Glob": "list_files"}
"""What the client's own tools are in the runtime; its others (Bash, Write, Agent) are nothing here."""
READ_SKILL = "read_skill"
_BETWEEN = "__"
_MODEL_FACING = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_IN_AN_AGENT = re.compile(r"mcp__plugin_([a-z0-9-]+)_([a-z0-9-]+)__([A-Za-z0-9_]+)")


class ServerTool(NamedTuple):
    """One tool of one server."""

    server: str
    tool: str

    @property
    def shown(self) -> str:
        """`<server>__<tool>`, as a model is shown it."""
        return f"{self.server}{_BETWEEN}{self.tool}"


def is_model_facing(name: str) -> bool:
    """Whether the API takes it as the name of a tool."""
    return _MODEL_FACING.fullmatch(name) is not None


def server_tool(shown: str) -> ServerTool | None:
    """The server's tool behind a shown name; None for another name. No server has an underscore in its name."""
    server, between, tool = shown.partition(_BETWEEN)
    return ServerTool(server, tool) if between and server and tool and "_" not in server else None


def project_tools(named: Iterable[str]) -> frozenset[str]:
    """The project's tools that an agent may use, by what its file names."""
    return frozenset(PROJECT_TOOLS[name] for name in named if name in PROJECT_TOOLS)


def server_tools(named: Iterable[str]) -> frozenset[ServerTool]:
    """The servers' tools that an agent's file names; what is written in another way is none."""
    found = (_IN_AN_AGENT.fullmatch(name) for name in named)
    return frozenset(ServerTool(match[2], match[3]) for match in found if match is not None)
