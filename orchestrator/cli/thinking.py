"""`--model` of the commands that are more than a review: their specialists look at the facts, files or changes."""

from __future__ import annotations

import argparse
import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import count, positive
from orchestrator.cli.model import EFFORTS, NONE

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.cli.story import Story
    from orchestrator.workflows.commands.composed import Asked
    from orchestrator.workflows.commands.site import Site
    from orchestrator.workflows.request import Reviewed

_LIMITS = ("max_usd", "max_tokens", "deadline")


def add_thinking(parser: argparse.ArgumentParser) -> None:
    """Which model the specialists ask, and where it stops; without `--model` none is asked and nothing is imported."""
    group = parser.add_argument_group(
        "a model besides the checks", "specialists then judge what was read or made; they must quote it"
    )
    group.add_argument("--model", metavar="NAME", help="such as claude-sonnet-5-5, or PROVIDER/NAME (default: none)")
    group.add_argument("--effort", choices=EFFORTS, default="medium", help="how hard it thinks (default: medium)")
    group.add_argument("--max-usd", type=positive, metavar="USD", help="the most that the run may cost")
    group.add_argument("--max-tokens", type=count, metavar="N", help="the most tokens, in and out, of the run")
    group.add_argument("--deadline", type=positive, metavar="SECONDS", help="ask nothing more after so long")


def check_thinking(arguments: argparse.Namespace) -> None:
    """Nothing, where the options of a model make sense together.

    Raises:
        UsageError: a limit has no model, the extra is not installed, or a change set would be applied unread.
    """
    from orchestrator.errors import UsageError

    if arguments.model in {None, NONE}:
        given = next((name for name in _LIMITS if getattr(arguments, name) is not None), None)
        if given is not None:
            raise UsageError(f"--{given.replace('_', '-')} is for a run with a model; name one with --model")
        return
    from orchestrator.cli.extra import require_extra
    from orchestrator.models.prices import priced

    require_extra("model", "--model")
    if getattr(arguments, "apply", False):
        raise UsageError("--model judges a change set before it is approved: run with --model first, then with --apply")
    if arguments.max_usd is not None:
        priced(arguments.model)


def with_thoughts(
    reviewed: Reviewed, project: Path | None, asked: Asked, arguments: argparse.Namespace, place: Site, story: Story
) -> Reviewed:
    """The review with what the command's specialists found; as it is where no model was named.

    `project` is the folder of code that belongs to it, None where there are facts alone.
    """
    if arguments.model in {None, NONE}:
        return reviewed
    from orchestrator.cli.modelled import asked_of_model
    from orchestrator.toolbox.settings import ToolSettings
    from orchestrator.workflows.graph.running import Wanted
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.request import Request
    from orchestrator.workflows.surfaces import LIVE

    settings = ModelSettings(
        model=arguments.model,
        effort=arguments.effort,
        agents=asked.agents or asked.specialists,
        max_usd=arguments.max_usd,
        max_tokens=arguments.max_tokens,
        deadline=arguments.deadline,
        store=os.environ.get("ORCHESTRATE_STORE"),
    )
    with TemporaryDirectory(prefix="orchestrate-") as empty:
        wanted = Wanted(
            request=Request(path=project or _path(empty), today=place.today),
            settings=settings,
            words=arguments.words,
            measure=lambda _plain: reviewed,
            tools=ToolSettings(access=place.opened.access if place.opened else None),
            more=tuple(source for path, source in reviewed.sources.items() if path.startswith(f"{LIVE}/")),
        )
        return asked_of_model(wanted, story)


def _path(folder: str) -> Path:
    from pathlib import Path

    return Path(folder)
