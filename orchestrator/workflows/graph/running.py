"""Runs a review with a model: a new run, or one that goes on where it stopped."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.code.diff import changed_lines
from orchestrator.code.reading import Files, read_project
from orchestrator.errors import RunError
from orchestrator.events import Event, EventLog, RunEnded, RunStarted, Tell, Warned
from orchestrator.toolbox.settings import ToolSettings
from orchestrator.workflows.crew import specialists
from orchestrator.workflows.graph.environment import prepare_environment
from orchestrator.workflows.graph.failure import kept_whole
from orchestrator.workflows.graph.inputs import Given, Inputs, changes, inputs_of, read_inputs, write_inputs
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.runs.folder import Run, known_run, new_run
from orchestrator.workflows.runs.lock import locked
from orchestrator.workflows.runs.record import RunRecord, read_record, storable, write_record

if TYPE_CHECKING:
    from orchestrator.code.source import SourceFile
    from orchestrator.loading.agent import AgentSpec
    from orchestrator.models.conversation import Model
    from orchestrator.types import Change
    from orchestrator.workflows.graph.settings import ModelSettings


Measure = Callable[[Reviewed], Reviewed]
"""Adds measured facts to a review by rules."""


def unmeasured(reviewed: Reviewed) -> Reviewed:
    """The review as it is: where nothing is measured."""
    return reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A review to do with a model.

    `resume` is the id of a run to go on with. `words` are those of the command line that asked, kept with the run so
    that it can be asked again. `measure` adds measured facts to the review by rules. `tools` says what tools may reach
    beside the project. `more` is looked at besides the project's files: facts that a command read. Without `use_cache`
    nothing of other runs is used.
    """

    request: Request
    settings: ModelSettings
    resume: str | None = None
    words: tuple[str, ...] = ()
    use_cache: bool = True
    measure: Measure = unmeasured
    tools: ToolSettings = field(default_factory=ToolSettings)
    more: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What was read before the run begins: an input that is not usable leaves no run behind."""

    files: Files
    change: Change | None
    agents: tuple[AgentSpec, ...]
    inputs: Inputs
    started: float


async def review_with_model(wanted: Wanted, *, model: Model, tell: Tell) -> Reviewed:
    """The review by rules and by the specialists; the run is kept, and can be resumed wherever it stops.

    Raises:
        UsageError: the path, a rule, a specialist, the run to resume or the store of checkpoints is not usable.
        IncompleteError: the folder of the run cannot be written, or what it holds is damaged.
    """
    prepare_environment()
    ready = _ready(wanted)
    run = _opened_run(wanted)
    with kept_whole(run), locked(run.lock), _logged(run, tell) as told:
        _tell_beginning(run, wanted, ready, told)
        try:
            reviewed = await _reviewed(run, wanted, ready, model, told)
        except asyncio.CancelledError:
            told(Warned(text=f"stopped; go on with: orchestrate review-pipeline --resume {run.id}"))
            raise
        _tell_end(reviewed, told)
    return reviewed


def _ready(wanted: Wanted) -> _Ready:
    started, request = time.perf_counter(), wanted.request
    read = read_project(request.path, limits=request.limits, exclude=request.exclude)
    files = replace(read, sources=tuple(sorted((*read.sources, *wanted.more), key=lambda source: source.path)))
    agents = specialists(names=wanted.settings.agents)
    change = changed_lines(files.root, request.base) if request.base else None
    given = Given(
        request=request, settings=wanted.settings, files=files, agents=agents, change=change, tools=wanted.tools
    )
    return _Ready(files=files, change=change, agents=agents, inputs=inputs_of(given), started=started)


def _opened_run(wanted: Wanted) -> Run:
    project = str(wanted.request.path.resolve())
    if wanted.resume is not None:
        return _known_run(wanted.resume, project)
    now = dt.datetime.now(dt.UTC)
    run = new_run(now)
    with kept_whole(run):
        write_record(run, _record(run, wanted, now))
    return run


def _record(run: Run, wanted: Wanted, now: dt.datetime) -> RunRecord:
    return RunRecord(
        run=run.id,
        created=now,
        project=str(wanted.request.path.resolve()),
        model=wanted.settings.model,
        version=__version__,
        directory=str(Path.cwd()),
        words=wanted.words,
    )


def _known_run(name: str, project: str) -> Run:
    run = known_run(name)
    began = read_record(run).project
    if began != storable(project):
        raise RunError(f"run {run.id} is of {began!r} and not of {project!r}; leave the path out to go on with it")
    return run


async def _reviewed(run: Run, wanted: Wanted, ready: _Ready, model: Model, tell: Tell) -> Reviewed:
    # Imported here, so that bad input is told before a second is spent on LangGraph.
    from orchestrator.workflows.graph.context import Context
    from orchestrator.workflows.graph.surroundings import Site, opened
    from orchestrator.workflows.graph.threads import run_graph

    request, files, settings = wanted.request, ready.files, wanted.settings
    site = Site(run=run, files=files, settings=settings, tools=wanted.tools, shared=wanted.use_cache)
    async with opened(site, model, tell) as around:
        context = Context(
            run=run,
            request=request,
            settings=settings,
            files=files,
            change=ready.change,
            agents=ready.agents,
            calls=around.calls,
            toolbox=around.toolbox,
            kept=around.kept,
            tell=tell,
            use_cache=wanted.use_cache,
            measure=wanted.measure,
            started=ready.started,
        )
        return await context.outcome(await run_graph(context, ready.inputs.digest))


@contextmanager
def _logged(run: Run, tell: Tell) -> Iterator[Tell]:
    """Tells of a run: into its log, and to whom it concerns."""
    log = EventLog(run.events)

    def told(event: Event) -> None:
        log.tell(event)
        tell(event)

    try:
        yield told
    finally:
        log.close()


def _tell_beginning(run: Run, wanted: Wanted, ready: _Ready, tell: Tell) -> None:
    known = read_inputs(run.inputs) if wanted.resume is not None else None
    tell(
        RunStarted(
            run=run.id,
            project=str(ready.files.root),
            model=wanted.settings.model,
            version=__version__,
            digest=ready.inputs.digest,
            resumed=wanted.resume is not None,
        )
    )
    if known is not None and (changed := "; ".join(changes(known, ready.inputs))):
        tell(Warned(text=f"since the run began this changed: {changed}; what it does not concern is not paid again"))
    write_inputs(run.inputs, ready.inputs)


def _tell_end(reviewed: Reviewed, tell: Tell) -> None:
    review = reviewed.review
    spending = review.asked.spending if review.asked else None
    tell(
        RunEnded(
            outcome="incomplete" if review.incomplete or review.unfinished else "complete",
            findings=len(review.shown),
            calls=spending.calls if spending else 0,
            usd=spending.usd if spending else None,
            seconds=review.seconds,
        )
    )
