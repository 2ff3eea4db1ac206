"""How the runtime starts the servers: as programs of this installation, read-only, with a reduced environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.toolbox.environment import environment_of
from orchestrator.toolbox.manifest import ListedTool, load_manifest
from orchestrator.toolbox.servers import server_programs
from orchestrator.toolbox.settings import ToolSettings

_OF_A_CALL = 0.9
"""The share of a call's time that the server itself has: it can say more about being late than its caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One server: the command that serves it over stdio, and what its manifest says of its tools."""

    name: str
    command: tuple[str, ...]
    tools: Mapping[str, ListedTool]
    environment: Mapping[str, str] = field(repr=False)


def launches(settings: ToolSettings, environment: Mapping[str, str]) -> tuple[Launch, ...]:
    """Every server of the marketplace, as this run may start it: never with `--allow-writes`."""
    reduced = environment_of(settings.access, environment)
    options = ["--deadline", f"{settings.deadline_seconds * _OF_A_CALL:g}"]
    if settings.access is not None and settings.access.profile is not None:
        options += ["--profile", settings.access.profile]
    # Without -P the folder that the run began in, which may be the project under review, could replace any module.
    program = (sys.executable, "-P", "-m", "orchestrator", "mcp")
    return tuple(
        Launch(
            name=server.name,
            command=(*program, server.name, *options),
            tools={tool.name: tool for tool in load_manifest(server.manifest).listed()},
            environment=reduced,
        )
        for server in server_programs()
    )
