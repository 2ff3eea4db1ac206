"""The tools that agents and commands may use: each exists, reviewers only read, and a command may use what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from orchestrator.loading.agent import AgentSpec
from orchestrator.loading.command import CommandSpec
from orchestrator.toolbox.manifest import load_manifest
from orchestrator.toolbox.servers import server_programs
from orchestrator.workflows.lint.content import Content, Plugin, Problem
from orchestrator.workflows.lint.fences import fences

READING = frozenset({"Read", "Grep", "Glob"})
KNOWN = READING | {"Write", "Edit", "Bash", "Agent", "Skill", "TodoWrite", "WebFetch", "WebSearch"}
"""Tools of the client, as the format reference lists them."""
_MCP = re.compile(r"\bmcp__plugin_[a-z0-9_-]+__[a-z0-9_]+\b")
_SHELLS = frozenset({"sh", "bash", "shell", "console"})


def problems(content: Content) -> Iterator[Problem]:
    """Unknown tools, tools that a reviewer must not have, and tools that a command lacks, or has for nothing."""
    for plugin in content.plugins:
        known = frozenset(_server_tools(plugin))
        for agent in plugin.agents:
            yield from _agent(content, agent, known)
        theirs = {agent.name: frozenset(agent.tools) for agent in plugin.agents}
        for command in plugin.commands:
            yield from _command(content, command, known)
            for tool in _idle(command, theirs):
                message = f"no step uses the tool {tool!r}, nor a specialist of the route: take it out"
                yield content.problem(command.path, 1, message)


def _server_tools(plugin: Plugin) -> Iterator[str]:
    manifests = {server.name: server.manifest for server in server_programs()}
    for server in plugin.servers:
        if server in manifests:
            for tool in load_manifest(manifests[server]).tools:
                yield f"mcp__plugin_{plugin.name}_{server}__{tool}"


def _agent(content: Content, agent: AgentSpec, known: frozenset[str]) -> Iterator[Problem]:
    for tool in agent.tools:
        if tool not in READING and tool not in known:
            yield content.problem(
                agent.path, 1, f"the tool {tool!r} is no tool of this plugin; agents read and change nothing"
            )
    for tool in set(_MCP.findall(agent.prompt)) - set(agent.tools):
        yield content.problem(agent.path, agent.prompt_line, f"names {tool} and may not use it: add it to `tools`")


def _command(content: Content, command: CommandSpec, known: frozenset[str]) -> Iterator[Problem]:
    granted = {tool.partition("(")[0] for tool in command.allowed_tools}
    for tool in command.allowed_tools:
        name = tool.partition("(")[0]
        if name not in KNOWN and name not in known:
            yield content.problem(command.path, 1, f"the tool {tool!r} is no tool of the client or of this plugin")
    for tool in set(_MCP.findall(command.prompt)) - granted:
        yield content.problem(
            command.path, command.prompt_line, f"names {tool} and may not use it: add it to `allowed-tools`"
        )
    if f"{command.plugin}:" in command.prompt and command.route.specialists and "Agent" not in granted:
        yield content.problem(command.path, 1, "starts agents and may not: add Agent to `allowed-tools`")
    for line, program in _programs(command):
        if not any(_covers(tool, program) for tool in command.allowed_tools):
            yield content.problem(command.path, line, f"tells to run {program!r}, which `allowed-tools` does not cover")


def _idle(command: CommandSpec, theirs: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Tools of servers, skills and programs that are granted for nothing; a grant holds for the agents started too."""
    words = " ".join(command.prompt.split())
    agents = frozenset[str]().union(*(theirs.get(name, frozenset()) for name in command.route.specialists))
    for tool in command.allowed_tools:
        name, _, inside = tool.partition("(")
        used = tool if name.startswith("mcp__") else inside.removesuffix(")").removesuffix(":*").removesuffix(" *")
        if used not in words and tool not in agents:
            yield tool


def _programs(command: CommandSpec) -> Iterator[tuple[int, str]]:
    shown = (fence for fence in fences(command.prompt, command.prompt_line) if fence.language in _SHELLS)
    for fence in shown:
        for number, text in enumerate(fence.text.splitlines(), start=fence.line):
            if text.strip() and not text.startswith((" ", "#")):
                yield number, text.removeprefix("$ ").strip()


def _covers(tool: str, program: str) -> bool:
    if tool == "Bash":
        return True
    prefix = tool.removeprefix("Bash(").removesuffix(")").removesuffix(":*").removesuffix(" *")
    return tool.startswith("Bash(") and (program == prefix or program.startswith(f"{prefix} "))
