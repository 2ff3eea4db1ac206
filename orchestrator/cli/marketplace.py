"""The commands of the plugins on the command line: found by their place, read whole only when one of them is run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from orchestrator.content import content_folder
from orchestrator.workflows.commands.found import COMMON, engine, shape_of

if TYPE_CHECKING:
    from orchestrator.loading.command import CommandSpec, Parameter

_DESCRIPTION = "description: "
_HEAD_LINES = 12
_SHAPES = {
    "audit": "orchestrator.cli.auditing",
    "generate": "orchestrator.cli.generating",
    "operate": "orchestrator.cli.operating",
}
_TYPES: dict[str, Callable[[str], object]] = {"integer": int, "number": float, "path": Path}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A command as `--help` shows it: from two lines of its file, because parsing 35 of them takes too long."""

    name: str
    plugin: str
    description: str
    path: Path


def listed_commands() -> tuple[Listed, ...]:
    """Every command of every plugin, by plugin and name."""
    files = sorted(content_folder("plugins").glob("*/commands/*.md"))
    return tuple(
        Listed(name=path.stem, plugin=path.parent.parent.name, description=_description(path), path=path)
        for path in files
    )


def is_built(name: str) -> bool:
    """Whether the command runs headless: its engine is at its place."""
    return shape_of(name) is not None


def overview(own: frozenset[str]) -> str:
    """The commands by plugin, one a line; those that only Claude Code runs so far are marked."""
    lines: list[str] = []
    plugin = ""
    for command in listed_commands():
        if command.plugin != plugin:
            plugin = command.plugin
            lines.append(f"\n{plugin}:")
        here = command.name in own or is_built(command.name)
        lines.append(f"  {command.name:<27}{' ' if here else '*'} {command.description}")
    if not any(line[29:30] == "*" for line in lines):
        return "\n".join(lines)
    return "\n".join([*lines, "", "* runs in Claude Code; its headless workflow is not built yet (exit code 4)"])


def configure(listed: Listed, parser: argparse.ArgumentParser) -> None:
    """The arguments that the command's file declares."""
    from orchestrator.loading.command import load_command

    command = load_command(listed.path, listed.plugin)
    shape = _shape(command.name)
    for parameter in command.route.parameters:
        if shape is None or parameter.name not in COMMON:
            parser.add_argument(*_flags(parameter), **_settings(parameter))
    if shape is None:
        parser.set_defaults(entry=partial(_refuse, command))
        return
    declared = engine(command.name).COMMAND
    needed = map(_needed, command.route.parameters)
    # The usage of two dozen options would hide the sentence that says which of them is wrong.
    parser.usage = " ".join(filter(None, ["orchestrate", command.name, *needed, "[OPTIONS]"]))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    shape.add_options(parser, declared)
    parser.set_defaults(entry=partial(shape.run, command, declared))


def _shape(name: str) -> ModuleType | None:
    """The file of this folder that runs commands of its shape."""
    found = shape_of(name)
    return None if found is None else import_module(_SHAPES[found])


def _flags(parameter: Parameter) -> tuple[str, ...]:
    if parameter.positional:
        return (parameter.name.replace("-", "_"),)
    return (*((f"-{parameter.short}",) if parameter.short else ()), f"--{parameter.name}")


def _needed(parameter: Parameter) -> str:
    """A parameter in the usage: positional ones, and options that must be given."""
    word = parameter.name.upper()
    if parameter.positional:
        return word if parameter.required else f"[{word}]"
    return f"--{parameter.name} {word}" if parameter.required else ""


def _settings(parameter: Parameter) -> dict[str, Any]:
    shown = "" if parameter.default is None else f" (default: {parameter.default})"
    settings: dict[str, Any] = {"help": f"{parameter.help}{shown}", "default": parameter.default}
    if parameter.type == "flag":
        return settings | {"action": "store_true"}
    settings["type"] = _names if parameter.type == "list" else _TYPES.get(parameter.type, str)
    if parameter.type == "list" and not parameter.positional:
        # `--table a,b` and `--table a --table b` are the same.
        settings["action"] = "extend"
    if parameter.choices:
        settings["choices"] = parameter.choices
    if parameter.positional:
        return settings | {"nargs": None if parameter.required else "?", "metavar": parameter.name.upper()}
    return settings | {"required": parameter.required}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _refuse(command: CommandSpec, arguments: argparse.Namespace) -> int:
    from orchestrator.errors import NotBuiltError

    del arguments
    raise NotBuiltError(
        f"the headless workflow of {command.name!r} ({command.route.workflow}) is not built yet; "
        f"in Claude Code it runs as {command.qualified}"
    )


def _description(path: Path) -> str:
    with path.open(encoding="utf-8") as stream:
        for _, line in zip(range(_HEAD_LINES), stream, strict=False):
            if line.startswith(_DESCRIPTION):
                return line.removeprefix(_DESCRIPTION).strip().strip('"')
    return ""
