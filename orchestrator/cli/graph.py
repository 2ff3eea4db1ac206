"""`orchestrate graph COMMAND`: draw the workflow of a command as a Mermaid diagram."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.cli.marketplace import Listed

_EPILOG = """examples:
  orchestrate graph review-pipeline
  orchestrate graph review-pipeline >review.mmd
"""
_LIBRARY = "langgraph"
_REVIEW = "review-pipeline"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("of", metavar="COMMAND", help="a command of a plugin, such as review-pipeline")


def run(arguments: argparse.Namespace) -> int:
    """Print the diagram."""
    from importlib.util import find_spec

    from orchestrator.errors import NotBuiltError, UsageError
    from orchestrator.workflows.commands.found import shape_of

    listed = _listed(arguments.of)
    shape = shape_of(listed.name)
    if shape is None and listed.name != _REVIEW:
        raise NotBuiltError(f"the headless workflow of {listed.name!r} is not built yet")
    if find_spec(_LIBRARY) is None:
        raise UsageError(f"drawing a graph needs the library {_LIBRARY!r}: install the package with its extra 'model'")
    from orchestrator.workflows.graph.drawing import drawn_review, drawn_shape

    print(drawn_review() if shape is None else drawn_shape(shape), end="")
    return 0


def _listed(name: str) -> Listed:
    from difflib import get_close_matches

    from orchestrator.cli.marketplace import listed_commands
    from orchestrator.errors import UsageError

    known = {listed.name: listed for listed in listed_commands()}
    if name not in known:
        near = get_close_matches(name, sorted(known), n=1)
        meant = f"did you mean {near[0]!r}?" if near else "`orchestrate --help` lists them"
        raise UsageError(f"no command is called {name[:40]!r}; {meant}")
    return known[name]


COMMAND = Command(
    name="graph",
    help="draw the workflow of a command",
    description="Draw the workflow of a command as a Mermaid diagram, from the graph that runs.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
