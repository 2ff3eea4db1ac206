"""The tools of one run: what the specialists are shown of them, what each may call, and the servers behind them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import anyio

from orchestrator.events import Tell, Warned
from orchestrator.toolbox.answers import problem
from orchestrator.toolbox.launch import Launch, launches
from orchestrator.toolbox.names import ServerTool, project_tools, server_tools
from orchestrator.toolbox.offered import OfferedTool, ToolAnswer
from orchestrator.toolbox.policy import PLAN_MARK, NotAllowedError, Policy
from orchestrator.toolbox.project.files import ProjectFiles
from orchestrator.toolbox.project.list_files import list_files
from orchestrator.toolbox.project.read_file import read_file
from orchestrator.toolbox.project.search_code import search_code
from orchestrator.toolbox.read_skill import Skill, read_skill, skill_digest
from orchestrator.toolbox.settings import ToolSettings

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from anyio.abc import TaskGroup
    from pydantic import JsonValue

    from orchestrator.toolbox.client import Server
    from orchestrator.toolbox.manifest import ListedTool

_OF_THE_PROJECT = (read_file, search_code, list_files)


class Agent(Protocol):
    """Who calls tools, as `orchestrator.loading` gives it: `tools` are the names that its file lists."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def plugin(self) -> str | None:
        """The plugin that it belongs to; None for one of the runtime."""

    @property
    def tools(self) -> tuple[str, ...]:
        """What it may call."""


@dataclass(kw_only=True)
class _Open:
    """What exists while a toolbox is entered."""

    group: TaskGroup
    folder: Path
    servers: dict[str, Server] = field(default_factory=dict)


class Toolbox:
    """The tools of one run; as an async context it holds the servers that were started, and ends them.

    The project's tools and the skills work without being entered; a server's tool then answers that it cannot be asked.
    """

    def __init__(
        self,
        files: ProjectFiles,
        *,
        skills: Sequence[Skill] = (),
        settings: ToolSettings | None = None,
        servers: Sequence[Launch] | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._settings = settings or ToolSettings()
        has_plan = any(PLAN_MARK in source.text for source in files.sources)
        # Found and not imported: only a call of a server's tool needs it.
        self._policy = Policy(settings=self._settings, has_plan=has_plan, has_client=find_spec("mcp") is not None)
        self._skills = tuple(sorted(skills, key=lambda skill: (skill.plugin or "", skill.name)))
        found = launches(self._settings, os.environ) if servers is None else servers
        self._launches = {launch.name: launch for launch in found}
        self._own = tuple(tool(files) for tool in _OF_THE_PROJECT)
        self._digests: dict[Path, str] = {}
        self._tell = tell
        self._open: _Open | None = None
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        folder = self._exits.enter_context(tempfile.TemporaryDirectory(prefix="orchestrate-"))
        group = anyio.create_task_group()
        await group.__aenter__()
        self._open = _Open(group=group, folder=Path(folder))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._open = self._open, None
        try:
            if opened is not None:
                await _ended(opened)
        finally:
            await self._exits.aclose()

    def offered_to(self, agent: Agent) -> Mapping[str, OfferedTool]:
        """The tools that an agent may call, by name: what its file names and this run allows."""
        own = project_tools(agent.tools)
        tools = [tool for tool in self._own if tool.name in own]
        skills = self._skills_of((agent,)) if own else ()
        if skills:
            tools.append(read_skill(skills))
        allowed = sorted(named for named in server_tools(agent.tools) if self._objection(named) is None)
        return {tool.name: tool for tool in (*tools, *map(self._of_server, allowed))}

    def cards(self, agents: Sequence[Agent]) -> tuple[OfferedTool, ...]:
        """What a whole cohort is shown, in a fixed order; what one of its agents may call is `offered_to` it."""
        named = {name for agent in agents for name in self.offered_to(agent)}
        skills = self._skills_of(agents)
        own = [tool for tool in (*self._own, *([read_skill(skills)] if skills else [])) if tool.name in named]
        wanted = {tool for agent in agents for tool in server_tools(agent.tools) if tool.shown in named}
        return (*own, *(self._of_server(tool) for tool in sorted(wanted)))

    def guidance(self, agent: Agent) -> tuple[str, ...]:
        """The digests of the skills that an agent may read."""
        return tuple(map(self._digest_of, self._skills_of((agent,)))) if project_tools(agent.tools) else ()

    def withheld(self, agent: Agent) -> Mapping[str, str]:
        """The servers' tools that an agent names and does not get in this run, each with the reason."""
        found = {named.shown: self._objection(named) for named in sorted(server_tools(agent.tools))}
        return {name: reason for name, reason in found.items() if reason is not None}

    def _skills_of(self, agents: Iterable[Agent]) -> tuple[Skill, ...]:
        plugins = {agent.plugin for agent in agents} | {None}
        return tuple(skill for skill in self._skills if skill.plugin in plugins)

    def _digest_of(self, skill: Skill) -> str:
        folder = skill.folder
        if folder not in self._digests:
            self._digests[folder] = skill_digest(skill)
        return self._digests[folder]

    def _listed(self, named: ServerTool) -> ListedTool | None:
        launch = self._launches.get(named.server)
        return launch.tools.get(named.tool) if launch is not None else None

    def _objection(self, named: ServerTool) -> str | None:
        return self._policy.objection(named, self._listed(named))

    def _of_server(self, named: ServerTool) -> OfferedTool:
        launch = self._launches[named.server]
        listed = launch.tools[named.tool]

        async def call(given: dict[str, JsonValue]) -> ToolAnswer:
            return await self._called(named, given)

        return OfferedTool(
            name=named.shown,
            description=listed.description,
            schema=self._policy.schema(named.server, listed.schema),
            call=call,
            live=True,
        )

    async def _called(self, named: ServerTool, given: dict[str, JsonValue]) -> ToolAnswer:
        if self._open is None:
            return problem(f"{named.shown} cannot be called: the run is over")
        try:
            arguments = self._policy.arguments(named.server, given)
        except NotAllowedError as error:
            return problem(f"{named.shown}: {error}")
        answer = await self._server(self._open, named.server).call(named.tool, arguments)
        return ToolAnswer(text=self._policy.without_paths(answer.text), is_error=answer.is_error)

    def _server(self, opened: _Open, name: str) -> Server:
        # Only here: a run whose specialists ask no server needs no SDK of MCP.
        from orchestrator.toolbox.client import Server

        if name not in opened.servers:
            opened.servers[name] = Server(
                self._launches[name],
                opened.group,
                folder=opened.folder,
                seconds=self._settings.deadline_seconds,
                warn=self._warn,
            )
        return opened.servers[name]

    def _warn(self, text: str) -> None:
        if self._tell is not None:
            self._tell(Warned(text=text))


async def _ended(opened: _Open) -> None:
    """End the servers, one beside the other, and wait until they have ended: a few seconds at most."""
    for server in opened.servers.values():
        server.close()
    opened.group.cancel_scope.cancel()
    await opened.group.__aexit__(None, None, None)
