"""Strings in frontmatter stand in quotes: at a plain `a: b: c` or `[a] [b]` one of the two clients drops all of it."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from orchestrator.workflows.lint.content import Content, Problem

_STRING = "tag:yaml.org,2002:str"


def problems(content: Content) -> Iterator[Problem]:
    """Plain strings as values of the frontmatter of any agent, skill or command."""
    for _, path, body_line, _ in content.texts():
        head = path.read_text(encoding="utf-8").splitlines()[1 : body_line - 2]
        for line, value in _plain(yaml.compose("\n".join(head), Loader=yaml.SafeLoader)):
            yield content.problem(path, line + 2, f"put {value!r} in double quotes")


def _plain(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _plain(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _plain(item)
    elif isinstance(node, yaml.ScalarNode) and node.tag == _STRING and node.style is None:
        yield node.start_mark.line, str(node.value)
