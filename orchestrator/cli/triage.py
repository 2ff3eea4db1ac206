"""`orchestrate triage PATH`: which specialists have something to look at, and in which files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.workflows.triage import Triage

_EPILOG = """examples:
  orchestrate triage .
  orchestrate triage examples/customer-360 --plugin databricks-engineering --output json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("path", nargs="?", default=".", type=Path, help="a directory, file or notebook (default: .)")
    parser.add_argument("--plugin", help="only the specialists of this plugin")
    parser.add_argument("--agents", default="", metavar="A,B", help="only these specialists")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Print the assignment."""
    from orchestrator.code.limits import Limits
    from orchestrator.code.reading import read_project
    from orchestrator.workflows.crew import specialists
    from orchestrator.workflows.triage import triage

    agents = tuple(name.strip() for name in arguments.agents.split(",") if name.strip())
    found = triage(
        specialists(plugin=arguments.plugin, names=agents), read_project(arguments.path, limits=Limits()).sources
    )
    print(_json(found) if arguments.output == "json" else _text(found))
    return 0


def _json(found: Triage) -> str:
    import json

    assigned = [
        {"agent": each.agent.qualified, "surfaces": each.surfaces, "files": each.files} for each in found.assigned
    ]
    left_out = [{"agent": agent.qualified, "why": "nothing of its subject is here"} for agent in found.left_out]
    return json.dumps({"assigned": assigned, "left_out": left_out}, indent=2, ensure_ascii=False)


def _text(found: Triage) -> str:
    lines = [f"{each.agent.qualified}  {', '.join(each.surfaces)}  {len(each.files)} files" for each in found.assigned]
    names = ", ".join(agent.name for agent in found.left_out)
    return "\n".join([*lines, f"nothing of their subject is here: {names}"] if names else lines)


COMMAND = Command(
    name="triage",
    help="which specialists have something to look at",
    description="Name the specialists whose subject is present in a project, and the files that show it.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
