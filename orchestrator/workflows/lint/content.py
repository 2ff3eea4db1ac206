"""What is linted: every file of the marketplace that can be loaded, and a problem for each that cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from orchestrator.errors import ContentError
from orchestrator.loading.agent import AgentSpec, load_agent
from orchestrator.loading.command import CommandSpec, load_command
from orchestrator.loading.plugin import PluginManifest, ServerEntry, ServerFile, read_json
from orchestrator.loading.skill import SkillSpec, load_skill

T = TypeVar("T")
_PLACED = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<message>.+)", re.DOTALL)


class Problem(NamedTuple):
    """One thing to mend; `path` is relative to the root, lines count from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """`path:line: message`, as editors understand it."""
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """One plugin as far as it could be loaded."""

    name: str
    folder: Path
    manifest: PluginManifest | None
    agents: tuple[AgentSpec, ...]
    skills: tuple[SkillSpec, ...]
    commands: tuple[CommandSpec, ...]
    servers: dict[str, ServerEntry]


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything under a root: the folder that holds `plugins/` and, in a checkout, `.claude-plugin/`."""

    root: Path
    plugins: tuple[Plugin, ...]
    problems: tuple[Problem, ...]

    def problem(self, path: Path, line: int, message: str) -> Problem:
        """A problem of one of the files."""
        return Problem(str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path), line, message)

    def skills(self) -> Iterator[SkillSpec]:
        """Every skill of every plugin."""
        return (skill for plugin in self.plugins for skill in plugin.skills)

    def texts(self) -> Iterator[tuple[Plugin, Path, int, str]]:
        """The body of every agent, skill and command: its plugin, file, first line and text."""
        for plugin in self.plugins:
            yield from ((plugin, agent.path, agent.prompt_line, agent.prompt) for agent in plugin.agents)
            yield from ((plugin, skill.path, skill.body_line, skill.body) for skill in plugin.skills)
            yield from ((plugin, command.path, command.prompt_line, command.prompt) for command in plugin.commands)


def load_content(root: Path) -> Content:
    """The content under a root, with a problem for each file that cannot be used.

    Raises:
        ContentError: there are no plugins under the root.
    """
    folders = sorted(path for path in (root / "plugins").glob("*") if path.is_dir())
    if not folders:
        raise ContentError(f"{root}: holds no plugins; name the folder that contains `plugins/`")
    faults: list[ContentError] = []
    plugins = tuple(_plugin(folder, faults) for folder in folders)
    content = Content(root=root, plugins=plugins, problems=())
    return Content(root=root, plugins=plugins, problems=tuple(_problem(content, fault) for fault in faults))


def _plugin(folder: Path, faults: list[ContentError]) -> Plugin:
    name = folder.name
    agents = sorted((folder / "agents").glob("**/*.md"))
    skills = sorted(path for path in (folder / "skills").glob("[!.]*") if path.is_dir())
    commands = sorted((folder / "commands").glob("**/*.md"))
    manifest = folder / ".claude-plugin" / "plugin.json"
    servers = folder / ".mcp.json"
    return Plugin(
        name=name,
        folder=folder,
        manifest=next(iter(_loaded([manifest], lambda path: read_json(path, PluginManifest), faults)), None),
        agents=_loaded(agents, lambda path: load_agent(path, name), faults),
        skills=_loaded(skills, lambda path: load_skill(path, name), faults),
        commands=_loaded(commands, lambda path: load_command(path, name), faults),
        servers={
            server: entry
            for file in _loaded([servers], lambda path: read_json(path, ServerFile), faults)
            for server, entry in file.servers.items()
        },
    )


def _loaded(paths: Iterable[Path], load: Callable[[Path], T], faults: list[ContentError]) -> tuple[T, ...]:
    loaded: list[T] = []
    for path in paths:
        try:
            loaded.append(load(path))
        except ContentError as error:
            faults.append(error)
    return tuple(loaded)


def _problem(content: Content, fault: ContentError) -> Problem:
    match = _PLACED.fullmatch(str(fault))
    if match is not None:
        return content.problem(Path(match["path"]), int(match["line"]), match["message"])
    path, _, message = str(fault).partition(": ")
    return content.problem(Path(path), 1, message)
