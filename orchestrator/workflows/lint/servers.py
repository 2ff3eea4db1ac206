"""How the client starts our servers: each program exists and is started in its own way, with nothing left unset."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from orchestrator.toolbox.servers import server_programs
from orchestrator.workflows.lint.content import Content, Plugin, Problem

_UNSET = re.compile(r"\$\{(?!CLAUDE_PLUGIN_ROOT\}|CLAUDE_PLUGIN_DATA\}|CLAUDE_PROJECT_DIR\})[^}:]+\}")


def problems(content: Content) -> Iterator[Problem]:
    """Entries of `.mcp.json` that the client would drop, join or start with a literal `${NAME}`."""
    programs = {server.name for server in server_programs()}
    started = Counter((entry.command, entry.args) for plugin in content.plugins for entry in plugin.servers.values())
    for plugin in content.plugins:
        path = plugin.folder / ".mcp.json"
        for name, entry in plugin.servers.items():
            if name not in programs:
                yield content.problem(path, 1, f"there is no server {name!r} in tools/")
            if entry.args[:2] != ("mcp", name):
                yield content.problem(path, 1, f"{name!r} must be started with the arguments mcp {name}")
            if started[(entry.command, entry.args)] > 1:
                yield content.problem(path, 1, f"{name!r} is started like another server: the client keeps only one")
            for text in filter(_UNSET.search, (entry.command, *entry.args)):
                yield content.problem(path, 1, f"{text!r} has a variable without a default; write ${{NAME:-}}")
        yield from _program(content, plugin)


def _program(content: Content, plugin: Plugin) -> Iterator[Problem]:
    path = plugin.folder / "bin" / "orchestrate"
    if not path.is_file():
        yield content.problem(path, 1, "is missing: the plugin's commands call it")
        return
    if not path.stat().st_mode & 0o111:
        yield content.problem(path, 1, "is not executable: chmod +x")
    first = content.plugins[0].folder / "bin" / "orchestrate"
    if first.is_file() and path.read_bytes() != first.read_bytes():
        yield content.problem(path, 1, f"differs from that of {content.plugins[0].name}; copy it")
