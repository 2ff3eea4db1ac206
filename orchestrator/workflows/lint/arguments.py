"""The arguments with which a text calls a tool: each is in the tool's schema, since a server ignores others in silence.

Two ways of writing are read: `tool(argument=value)`, and `argument: value` in a code span after a tool's name in the
same sentence, where it may also be a member of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.toolbox.manifest import Manifest, load_manifest
from orchestrator.toolbox.servers import server_programs
from orchestrator.workflows.lint.content import Content, Plugin, Problem
from orchestrator.workflows.lint.fences import fences

_CALL = re.compile(r"(?<![\w.])(?P<tool>[a-z][a-z0-9_]+)\((?P<inside>[^()]*)\)")
_KEYWORD = re.compile(r"(?:^|,)\s*(?P<name>[a-z_]+)\s*=(?!=)")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\{[^}]*\}')
_TOOL = re.compile(r"`(?:mcp__plugin_[a-z0-9-]+_[a-z0-9-]+__)?(?P<tool>[a-z][a-z0-9_]+)`")
_PAIR = re.compile(r"`(?P<name>[a-z_]+): [^`\n]+`")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )")


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a tool takes, and what its answer has at any depth."""

    arguments: frozenset[str]
    members: frozenset[str]


def problems(content: Content) -> Iterator[Problem]:
    """Arguments that the tool they are given to does not have."""
    for plugin in content.plugins:
        known = dict(_tools(plugin))
        for owner, path, first, text in content.texts():
            if owner is not plugin:
                continue
            prose = _prose(text)
            for at, tool, name in (*_calls(prose, known), *_spans(prose, known)):
                message = (
                    f"{tool} has no argument {name!r}; it takes {', '.join(sorted(known[tool].arguments)) or 'none'}"
                )
                yield content.problem(path, first + prose.count("\n", 0, at), message)


def _tools(plugin: Plugin) -> Iterator[tuple[str, Names]]:
    manifests = {server.name: server.manifest for server in server_programs()}
    for server in plugin.servers:
        if server in manifests:
            yield from _names(load_manifest(manifests[server]))


def _names(manifest: Manifest) -> Iterator[tuple[str, Names]]:
    listed = next((reply for (method, _), reply in manifest.replies.items() if method == "tools/list"), None)
    for tool in listed.get("tools", []) if isinstance(listed, dict) else ():
        arguments = frozenset(tool["inputSchema"].get("properties", {}))
        yield tool["name"], Names(arguments=arguments, members=frozenset(_members(tool.get("outputSchema"))))


def _members(schema: object) -> Iterator[str]:
    """The names of the properties of a schema and of all schemas in it."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _members(inner)


def _prose(text: str) -> str:
    """The text with its fenced code emptied: what is called there is the code's own."""
    lines = text.splitlines()
    for fence in fences(text):
        count = len(fence.text.splitlines())
        lines[fence.line - 1 : fence.line - 1 + count] = [""] * count
    return "\n".join(lines)


def _calls(prose: str, known: dict[str, Names]) -> Iterator[tuple[int, str, str]]:
    for call in _CALL.finditer(prose):
        if call["tool"] not in known:
            continue
        given = {match["name"] for match in _KEYWORD.finditer(_QUOTED.sub("", call["inside"]))}
        for name in sorted(given - known[call["tool"]].arguments):
            yield call.start(), call["tool"], name


def _spans(prose: str, known: dict[str, Names]) -> Iterator[tuple[int, str, str]]:
    begin = 0
    for end in (*(match.end() for match in _SENTENCE.finditer(prose)), len(prose)):
        sentence = prose[begin:end]
        named = [match for match in _TOOL.finditer(sentence) if match["tool"] in known]
        for pair in _PAIR.finditer(sentence):
            before = [match["tool"] for match in named if match.start() < pair.start()]
            if before and not any(pair["name"] in known[tool].arguments | known[tool].members for tool in before):
                yield begin + pair.start(), before[-1], pair["name"]
        begin = end
