"""Names that a text mentions: agents, skills, commands, rules, subcommands and files, each of which exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from orchestrator.rules.catalog import pages
from orchestrator.workflows.lint.content import Content, Plugin, Problem

_QUALIFIED = re.compile(r"(?<![\w/])(/?)(databricks-[a-z]+):([a-z0-9]+(?:-[a-z0-9]+)*)\b")
_RULE = re.compile(r"\b[A-Z]{2,4}\d{3}\b")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?!https?:|#|mailto:)([^)\s#]+)")
_QUOTED_PATH = re.compile(r"`((?:references|templates|examples)/[\w./-]+)`")


def problems(content: Content) -> Iterator[Problem]:
    """Each mention of something that is not there."""
    known = frozenset(_names(content))
    prefixes = frozenset(page.id[:-3] for page in pages())
    rules = frozenset(page.id for page in pages())
    for plugin, path, first, text in content.texts():
        for line, words in enumerate(text.splitlines(), start=first):
            yield from _mentions(content, path, line, words, known)
            for rule in {rule for rule in _RULE.findall(words) if rule[:-3] in prefixes} - rules:
                yield content.problem(path, line, f"there is no rule {rule}")
            yield from _files(content, plugin, path, line, words)
    for plugin in content.plugins:
        yield from _routes(content, plugin)


def _names(content: Content) -> Iterator[str]:
    for plugin in content.plugins:
        yield from (f"/{plugin.name}:{command.name}" for command in plugin.commands)
        yield from (f"{plugin.name}:{agent.name}" for agent in plugin.agents)
        yield from (f"{plugin.name}:{skill.name}" for skill in plugin.skills)


def _mentions(content: Content, path: Path, line: int, words: str, known: frozenset[str]) -> Iterator[Problem]:
    for slash, plugin, name in _QUALIFIED.findall(words):
        mention = f"{slash}{plugin}:{name}"
        if mention not in known and f"/{mention}" not in known:
            kind = "command" if slash else "agent, skill or command"
            yield content.problem(path, line, f"there is no {kind} {mention}")


def _files(content: Content, plugin: Plugin, path: Path, line: int, words: str) -> Iterator[Problem]:
    for target in (*_LINK.findall(words), *(_QUOTED_PATH.findall(words) if path.name == "SKILL.md" else ())):
        place = (path.parent / target).resolve()
        if not place.exists():
            yield content.problem(path, line, f"there is no file {target}")
        elif not place.is_relative_to(plugin.folder.resolve()):
            yield content.problem(path, line, f"{target} is outside the plugin, which is installed alone")


def _routes(content: Content, plugin: Plugin) -> Iterator[Problem]:
    agents = {agent.name for agent in plugin.agents}
    skills = {skill.name for skill in plugin.skills}
    for command in plugin.commands:
        route = command.route
        kinds = (("agent", route.specialists, agents), ("skill", route.skills, skills))
        for kind, named, there in (*kinds, ("server", route.servers, set(plugin.servers))):
            for name in sorted(set(named) - there):
                yield content.problem(
                    command.path, 1, f"the route names the {kind} {name!r}, which {plugin.name} does not have"
                )
