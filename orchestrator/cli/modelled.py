"""From the command line to a review with a model: imported only where one is asked for."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from orchestrator.cli.marketplace import listed_commands
from orchestrator.cli.story import Story
from orchestrator.errors import IncompleteError, ModelSetupError, UsageError
from orchestrator.loading.command import load_command
from orchestrator.models.conversation import OpenedModel
from orchestrator.models.prices import priced
from orchestrator.models.providers import open_model
from orchestrator.toolbox.settings import ToolSettings
from orchestrator.types import Coverage, Status
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.estimate import as_json, one_line, told
from orchestrator.workflows.graph.forecast import forecast
from orchestrator.workflows.graph.running import Measure, Wanted, review_with_model
from orchestrator.workflows.graph.settings import ModelSettings
from orchestrator.workflows.measured.opening import opened
from orchestrator.workflows.request import Request, Reviewed

_OBJECTS = 100_000
"""New objects between two collections of garbage."""


def review_by_model(arguments: argparse.Namespace, request: Request, measure: Measure, story: Story) -> Reviewed:
    """The review by rules and model; by rules alone and incomplete where no model can be asked or no run be kept.

    Raises:
        UsageError: the run to resume or the store is not usable, or a limit of money meets a model without a price.
    """
    if arguments.max_usd is not None:
        priced(arguments.model)
    with _wanted(arguments, request, measure) as wanted:
        return asked_of_model(wanted, story)


def asked_of_model(wanted: Wanted, story: Story) -> Reviewed:
    """What is wanted, with the model's part; incomplete without it where no model can be asked or no run be kept."""
    # LangGraph and the SDK are thousands of classes: collecting between takes a fifth of their import, in vain.
    gc.set_threshold(_OBJECTS)
    try:
        model = open_model(wanted.settings.model, os.environ, concurrency=wanted.settings.parallel)
    except ModelSetupError as error:
        story.tell(f"a model would add {one_line(forecast(wanted))}")
        return _by_rules_alone(wanted, f"no model was asked: {error}", story)
    try:
        return asyncio.run(_reviewed(wanted, model, story))
    except IncompleteError as error:
        return _by_rules_alone(wanted, f"the review by the model was given up: {error}", story)


def estimate_by_model(arguments: argparse.Namespace, request: Request, measure: Measure) -> str:
    """What the review would cost: lines for a person, or JSON where that is the output that was asked for.

    Raises:
        UsageError: the path, a rule, a specialist or the output is not usable.
    """
    shown = {(): told, ("text",): told, ("json",): as_json}.get(tuple(arguments.output))
    if shown is None:
        raise UsageError("--estimate is printed as text or, with --output json, as JSON; leave other outputs out")
    with _wanted(arguments, request, measure) as wanted:
        return shown(forecast(wanted))


@contextmanager
def _wanted(arguments: argparse.Namespace, request: Request, measure: Measure) -> Iterator[Wanted]:
    settings = ModelSettings(
        model=arguments.model,
        effort=arguments.effort,
        agents=request.selection.agents or _listed(arguments.command),
        max_usd=arguments.max_usd,
        max_tokens=arguments.max_tokens,
        deadline=arguments.deadline,
        store=os.environ.get("ORCHESTRATE_STORE"),
    )
    with _tools(arguments) as tools:
        yield Wanted(
            request=request,
            settings=settings,
            resume=arguments.resume,
            words=arguments.words,
            use_cache=not arguments.no_cache,
            measure=measure,
            tools=tools,
        )


@contextmanager
def _tools(arguments: argparse.Namespace) -> Iterator[ToolSettings]:
    """What the specialists' tools may reach: the event log and the workspace that were named, nothing else."""
    if arguments.workspace is None:
        yield ToolSettings(event_log=arguments.event_log)
        return
    with opened(arguments.workspace) as workspace:
        yield ToolSettings(access=workspace.access, event_log=arguments.event_log)


async def _reviewed(wanted: Wanted, model: OpenedModel, story: Story) -> Reviewed:
    try:
        return await review_with_model(wanted, model=model, tell=story.event)
    finally:
        await model.close()


def _by_rules_alone(wanted: Wanted, reason: str, story: Story) -> Reviewed:
    """The review by rules, incomplete for the reason that the model that was asked for has no part in it."""
    reviewed = wanted.measure(cached_review(wanted.request, use_cache=wanted.use_cache, progress=story.step))
    gap = Coverage(path=".", status=Status.PARTIAL, reason=reason, incomplete=True)
    review = reviewed.review
    return replace(reviewed, review=replace(review, coverage=tuple(sorted((*review.coverage, gap)))))


def _listed(command: str) -> tuple[str, ...]:
    """The specialists that the command's file names."""
    listed = next(each for each in listed_commands() if each.name == command)
    return load_command(listed.path, listed.plugin).route.specialists
