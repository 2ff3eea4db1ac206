"""Sizes: what stands in every session of a client costs every user, and what is long is not followed.

The listing's figure is one percent of a context of 200,000 tokens less the client's own share (format reference, 2.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from orchestrator.workflows.lint.content import Content, Plugin, Problem

LISTING = 6_500
AGENT_LINES = 120
COMMAND_LINES = 150
SKILL_LINES = range(60, 151)
WIDTH = 160


def problems(content: Content) -> Iterator[Problem]:
    """Files that are too long, skills that are too short, and a listing that does not fit."""
    for plugin in content.plugins:
        yield from _plugin(content, plugin)
    for _, path, first, text in content.texts():
        for number, line in enumerate(text.splitlines(), start=first):
            if len(line) > WIDTH:
                yield content.problem(path, number, f"has {len(line)} characters; break the line at {WIDTH}")
    total = sum(map(_listed, content.plugins))
    if total > LISTING:
        message = f"the names and descriptions of commands and skills take {total} of {LISTING} characters"
        yield content.problem(content.root / "plugins", 1, message)


def _plugin(content: Content, plugin: Plugin) -> Iterator[Problem]:
    for agent in plugin.agents:
        yield from _longer(content, agent.path, AGENT_LINES)
    for command in plugin.commands:
        yield from _longer(content, command.path, COMMAND_LINES)
    for skill in plugin.skills:
        lines = _lines(skill.path)
        if lines not in SKILL_LINES:
            bounds = f"{SKILL_LINES.start} to {SKILL_LINES.stop - 1}"
            yield content.problem(skill.path, 1, f"has {lines} lines; write {bounds}, the rest in references/")


def _listed(plugin: Plugin) -> int:
    commands = sum(len(command.name) + len(command.description) for command in plugin.commands)
    return commands + sum(len(skill.name) + len(skill.description) for skill in plugin.skills)


def _longer(content: Content, path: Path, most: int) -> Iterator[Problem]:
    lines = _lines(path)
    if lines > most:
        yield content.problem(path, most + 1, f"has {lines} lines; at most {most}: what is reference goes to a skill")


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
