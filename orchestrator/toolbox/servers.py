"""The servers of the marketplace, found by their place: `tools/<server>.py` and its manifest."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from orchestrator.content import content_folder
from orchestrator.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class ServerProgram:
    """One server: its name as clients know it, its program, and the manifest of what it answers first."""

    name: str
    program: Path
    manifest: Path


def server_programs() -> tuple[ServerProgram, ...]:
    """Every server, by name."""
    folder = content_folder("tools")
    return tuple(
        ServerProgram(name=name, program=path, manifest=folder / "manifests" / f"{name}.json")
        for path in sorted(folder.glob("*.py"))
        if (name := path.stem.replace("_", "-"))
    )


def server_program(name: str) -> ServerProgram:
    """The server of that name.

    Raises:
        UsageError: there is none.
    """
    known = {server.name: server for server in server_programs()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"no server is called {name!r}{meant} (there are {', '.join(known)})")
    return known[name]
