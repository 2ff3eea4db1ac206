"""`--model` and what belongs to it: a review in which specialists think, on top of the rules."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import count, positive

if TYPE_CHECKING:
    from orchestrator.cli.story import Story
    from orchestrator.errors import ModelSetupError
    from orchestrator.models.providers import OpenedModel
    from orchestrator.toolbox.settings import ToolSettings
    from orchestrator.workflows.graph.context import Measure
    from orchestrator.workflows.graph.running import Wanted
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.request import Request, Reviewed

EFFORTS = ("low", "medium", "high", "max")
NONE = "none"


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model the specialists ask, and where it stops; without `--model` none is asked and nothing is imported."""
    group = parser.add_argument_group(
        "a model besides the rules", "specialists then read the code; what they say must be quoted from it"
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="such as claude-sonnet-5-5 (ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL), or with its provider: bedrock/NAME, "
        "vertex/NAME, foundry/NAME, databricks/NAME; `none` for rules alone (default)",
    )
    group.add_argument("--effort", choices=EFFORTS, default="medium", help="how hard it thinks (default: medium)")
    group.add_argument("--max-usd", type=positive, metavar="USD", help="the most that the run may cost")
    group.add_argument("--max-tokens", type=count, metavar="N", help="the most tokens, in and out, of the run")
    group.add_argument("--deadline", type=positive, metavar="SECONDS", help="when no more is asked, from the start")
    group.add_argument("--resume", metavar="RUN", help="go on with a run that stopped; `orchestrate runs` lists them")
    group.add_argument("--estimate", action="store_true", help="say what --model would cost, and ask nothing")


def asks_model(arguments: argparse.Namespace) -> bool:
    """Whether a model is to be asked.

    Raises:
        UsageError: an option that belongs to a model is given without one, or the extra is not installed.
    """
    if arguments.model in {None, NONE}:
        _refuse_without_model(arguments)
        return False
    from orchestrator.cli.extra import require_extra

    require_extra("model", "--model")
    return True


def review_by_model(arguments: argparse.Namespace, request: Request, measure: Measure, story: Story) -> Reviewed:
    """The review by rules and model; without a credential by rules alone, and then it is incomplete.

    Raises:
        UsageError: the run to resume, the store or a limit is not usable.
    """
    import asyncio

    from orchestrator.errors import ModelSetupError
    from orchestrator.models.providers import open_model
    from orchestrator.workflows.graph.running import Wanted

    settings = read_settings(arguments, request)
    with _tools(arguments) as tools:
        wanted = Wanted(
            request=request,
            settings=settings,
            resume=arguments.resume,
            words=arguments.words,
            use_cache=not arguments.no_cache,
            measure=measure,
            tools=tools,
        )
        try:
            model = open_model(settings.model, os.environ, concurrency=settings.parallel)
        except ModelSetupError as error:
            return _by_rules_alone(wanted, error, story)
        return asyncio.run(_reviewed(wanted, model, story))


def read_settings(arguments: argparse.Namespace, request: Request) -> ModelSettings:
    """How the model is asked."""
    from orchestrator.workflows.graph.settings import ModelSettings

    return ModelSettings(
        model=arguments.model,
        effort=arguments.effort,
        agents=request.selection.agents or _listed(arguments.command),
        max_usd=arguments.max_usd,
        max_tokens=arguments.max_tokens,
        deadline=arguments.deadline,
        store=os.environ.get("ORCHESTRATE_STORE"),
    )


async def _reviewed(wanted: Wanted, model: OpenedModel, story: Story) -> Reviewed:
    from orchestrator.workflows.graph.running import review_with_model

    try:
        return await review_with_model(wanted, model=model, tell=story.event)
    finally:
        await model.close()


@contextmanager
def _tools(arguments: argparse.Namespace) -> Iterator[ToolSettings]:
    """What the specialists' tools may reach: the event log and the workspace that were named, nothing else."""
    from orchestrator.toolbox.settings import ToolSettings
    from orchestrator.workflows.measured.opening import opened

    if arguments.workspace is None:
        yield ToolSettings(event_log=arguments.event_log)
        return
    with opened(arguments.workspace) as workspace:
        yield ToolSettings(access=workspace.access, event_log=arguments.event_log)


def _by_rules_alone(wanted: Wanted, error: ModelSetupError, story: Story) -> Reviewed:
    """The review by rules, incomplete because the model that was asked for could not be."""
    from orchestrator.types import Coverage, Status
    from orchestrator.workflows.cache import cached_review

    reviewed = wanted.measure(cached_review(wanted.request, use_cache=wanted.use_cache, progress=story.step))
    gap = Coverage(path=".", status=Status.PARTIAL, reason=f"no model was asked: {error}", incomplete=True)
    review = reviewed.review
    return replace(reviewed, review=replace(review, coverage=tuple(sorted((*review.coverage, gap)))))


def _listed(command: str) -> tuple[str, ...]:
    """The specialists that the command's file names."""
    from orchestrator.cli.marketplace import listed_commands
    from orchestrator.loading.command import load_command

    listed = next(each for each in listed_commands() if each.name == command)
    return load_command(listed.path, listed.plugin).route.specialists


def _refuse_without_model(arguments: argparse.Namespace) -> None:
    given = [name for name in ("max_usd", "max_tokens", "deadline", "estimate") if getattr(arguments, name)]
    if given:
        from orchestrator.errors import UsageError

        option = f"--{given[0].replace('_', '-')}"
        raise UsageError(f"{option} is for a review with a model; name one with --model, such as claude-sonnet-5-5")
