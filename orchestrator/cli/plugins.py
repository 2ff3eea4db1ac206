"""`orchestrate plugins`: what the marketplace holds, or what is wrong with its content."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate plugins                     the plugins with the number of their parts
  orchestrate plugins lint                check every agent, skill, command and manifest; exit code 1 at a problem
  orchestrate plugins lint --root .       of a checkout that is not the one installed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("action", nargs="?", choices=["list", "lint"], default="list", help="default: list")
    parser.add_argument("--root", type=Path, help="the folder that holds `plugins/` (default: this installation)")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """List or lint."""
    from orchestrator.content import content_folder
    from orchestrator.workflows.lint import lint
    from orchestrator.workflows.lint.content import load_content

    content = load_content(arguments.root or content_folder("plugins").parent)
    if arguments.action == "lint":
        found = lint(content)
        clean = f"no problems in {sum(1 for _ in content.texts())} texts of {len(content.plugins)} plugins"
        lines = [str(problem) for problem in found] or [clean]
        _print([problem._asdict() for problem in found], lines, arguments.output)
        return 1 if found else 0
    parts = [
        {
            "plugin": plugin.name,
            "commands": len(plugin.commands),
            "agents": len(plugin.agents),
            "skills": len(plugin.skills),
            "servers": len(plugin.servers),
        }
        for plugin in content.plugins
    ]
    lines = [", ".join([str(part["plugin"]), *(f"{part[key]} {key}" for key in list(part)[1:])]) for part in parts]
    _print(parts, lines, arguments.output)
    return 0


def _print(entries: list[dict[str, object]], lines: list[str], output: str) -> None:
    import json

    print(json.dumps(entries, indent=2, ensure_ascii=False) if output == "json" else "\n".join(lines))


COMMAND = Command(
    name="plugins",
    help="list the plugins, or lint their content",
    description="List the plugins of the marketplace, or check that everything in them is right.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
