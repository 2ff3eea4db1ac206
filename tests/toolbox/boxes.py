"""What the tests of the runtime's side of tools share: a small project, agents, and servers that are test programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from orchestrator.code.source import SourceFile
from orchestrator.events import Event, Warned
from orchestrator.toolbox.environment import environment_of
from orchestrator.toolbox.launch import Launch
from orchestrator.toolbox.manifest import ListedTool
from orchestrator.toolbox.offered import OfferedTool, ToolAnswer
from orchestrator.toolbox.project.files import ProjectFiles
from orchestrator.toolbox.settings import ToolSettings
from orchestrator.toolbox.toolbox import Toolbox
from orchestrator.workspace.connection import Access

HOSTILE = Path(__file__).parent / "hostile.py"
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"
ENTRY: dict[str, JsonValue] = {
    "name": "ask",
    "description": "Answers.",
    "inputSchema": {"type": "object", "properties": {"about": {"type": "string"}}},
    "annotations": {"readOnlyHint": True},
}
ASK = "mcp__plugin_test_hostile__ask"


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """An agent by its tools."""

    tools: tuple[str, ...]
    name: str = "somebody"
    plugin: str | None = "test"


@dataclass
class Told:
    """Keeps what a run was warned of."""

    texts: list[str] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        if isinstance(event, Warned):
            self.texts.append(event.text)


def source(path: str, text: str) -> SourceFile:
    """A file of a project."""
    return SourceFile(path=path, text=text, digest=path)


def project(*sources: SourceFile, others: Sequence[str] = ()) -> ProjectFiles:
    """A project of these files."""
    return ProjectFiles(sources=sources, others=frozenset(others))


def hostile(way: str, folder: Path, given: Mapping[str, str] | None = None, access: Access | None = None) -> Launch:
    """The hostile server, behaving in one way."""
    schema = ENTRY["inputSchema"]
    assert isinstance(schema, dict)
    listed = ListedTool(name="ask", description="Answers.", schema=schema, only_reads=True, entry=ENTRY)
    return Launch(
        name="hostile",
        command=(sys.executable, str(HOSTILE), way, str(folder)),
        tools={"ask": listed},
        environment=environment_of(access, given or {}),
    )


def box(launch: Launch, *, seconds: float = 20.0, tell: Callable[[Event], None] | None = None) -> Toolbox:
    """A toolbox with this server, as if a workspace had been named."""
    settings = ToolSettings(access=Access(), deadline_seconds=seconds)
    return Toolbox(project(), settings=settings, servers=(launch,), tell=tell)


def offered(toolbox: Toolbox, *names: str) -> Mapping[str, OfferedTool]:
    """What an agent gets that names these tools."""
    return toolbox.offered_to(Somebody(tools=names))


async def asked(toolbox: Toolbox, **given: JsonValue) -> ToolAnswer:
    """What the hostile server's tool answers."""
    return await offered(toolbox, ASK)["hostile__ask"].call(given)


def starts(folder: Path) -> list[int]:
    """The process ids of the server's starts."""
    kept = folder / "starts"
    return [int(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.is_file() else []


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8") if Path("/proc/self").is_dir() else ") R"
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
