"""What the client does to a body: arguments take the place of `$ARGUMENTS` and `$0`, and what stands after `!` runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from orchestrator.loading.command import CommandSpec
from orchestrator.workflows.lint.content import Content, Problem

_POSITIONAL = re.compile(r"(?<!\\)\$\d")
_BEFORE = re.compile(r"!`")


def problems(content: Content) -> Iterator[Problem]:
    """Bodies that lose their arguments, or text, or abort before the model sees them."""
    for plugin in content.plugins:
        for command in plugin.commands:
            yield from _command(content, command)
        clashes = {skill.name for skill in plugin.skills} & {command.name for command in plugin.commands}
        for skill in plugin.skills:
            if skill.name in clashes:
                yield content.problem(skill.path, 1, "a command has this name: the client then drops the skill")
    for _, path, first, text in content.texts():
        if path.parent.name != "agents":
            yield from _positional(content, path, first, text)


def _command(content: Content, command: CommandSpec) -> Iterator[Problem]:
    if "$ARGUMENTS" not in command.prompt:
        yield content.problem(command.path, command.prompt_line, "does not use its arguments: write $ARGUMENTS once")
    if _BEFORE.search(command.prompt):
        message = "runs a program before the model; where it fails the command ends in silence"
        yield content.problem(command.path, command.prompt_line, message)


def _positional(content: Content, path: Path, first: int, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=first):
        if _POSITIONAL.search(line):
            message = r"the client replaces $ and a digit by an argument; write \$ before the digit"
            yield content.problem(path, number, message)
