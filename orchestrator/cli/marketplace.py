"""The commands of the plugins on the command line: found by their place, read whole only when one of them is run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.content import content_folder

if TYPE_CHECKING:
    from orchestrator.loading.command import CommandSpec, Parameter

_DESCRIPTION = "description: "
_HEAD_LINES = 12
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


def overview(built: frozenset[str]) -> str:
    """The commands by plugin, one a line; those that only Claude Code runs so far are marked."""
    lines: list[str] = []
    plugin = ""
    for command in listed_commands():
        if command.plugin != plugin:
            plugin = command.plugin
            lines.append(f"\n{plugin}:")
        mark = " " if command.name in built else "*"
        lines.append(f"  {command.name:<27}{mark} {command.description}")
    return "\n".join([*lines, "", "* runs in Claude Code; its headless workflow is not built yet (exit code 4)"])


def configure(listed: Listed, parser: argparse.ArgumentParser) -> None:
    """The arguments that the command's file declares."""
    from orchestrator.loading.command import load_command

    command = load_command(listed.path, listed.plugin)
    for parameter in command.route.parameters:
        parser.add_argument(*_flags(parameter), **_settings(parameter))
    parser.set_defaults(run=partial(_run, command))


def _flags(parameter: Parameter) -> tuple[str, ...]:
    if parameter.positional:
        return (parameter.name.replace("-", "_"),)
    return (*((f"-{parameter.short}",) if parameter.short else ()), f"--{parameter.name}")


def _settings(parameter: Parameter) -> dict[str, Any]:
    shown = "" if parameter.default is None else f" (default: {parameter.default})"
    settings: dict[str, Any] = {"help": f"{parameter.help}{shown}", "default": parameter.default}
    if parameter.type == "flag":
        return settings | {"action": "store_true"}
    settings["type"] = _names if parameter.type == "list" else _TYPES.get(parameter.type, str)
    if parameter.choices:
        settings["choices"] = parameter.choices
    if parameter.positional:
        return settings | {"nargs": None if parameter.required else "?", "metavar": parameter.name.upper()}
    return settings | {"required": parameter.required}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _run(command: CommandSpec, arguments: argparse.Namespace) -> int:
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
