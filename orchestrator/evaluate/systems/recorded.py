"""Our specialists on top of the rules, as their answers were recorded: replayed by the real graph, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.evaluate.prediction import from_finding
from orchestrator.evaluate.runlog import AgentRun, CassetteState, Entry, Invalid
from orchestrator.evaluate.system import Job, System

if TYPE_CHECKING:
    from orchestrator.evaluate.recorded.replaying import Replayed

NAME = "recorded"


def _review(job: Job) -> Entry:
    """What was said of the job when it was recorded.

    Raises:
        CassetteError: nothing was recorded in this suite, or its settings cannot be read.
    """
    from orchestrator.errors import CassetteError
    from orchestrator.evaluate.recorded.replaying import replay
    from orchestrator.evaluate.recorded.settings import FILE, FOLDER, cassettes_folder, read_settings
    from orchestrator.evaluate.recorded.subject import Subject

    suite = job.case.folder.parents[2]
    settings = read_settings(suite)
    if settings is None:
        raise CassetteError(f"{FOLDER}/{FILE} is missing: nothing was recorded; `orchestrate eval record` does it")
    texts = job.case.variant_texts(job.variant)
    subject = Subject.of(job.case.id, job.variant, texts, epoch=job.epoch)
    note = f"asked as {settings.model} with effort {settings.effort}"
    return _entry(job, replay(subject, cassettes_folder(suite), settings), note)


def _entry(job: Job, found: Replayed, note: str) -> Entry:
    review = found.reviewed.review
    return Entry(
        case=job.case.id,
        variant=job.variant,
        epoch=job.epoch,
        predictions=tuple(from_finding(finding) for finding in review.shown),
        lines=job.lines,
        invalid=tuple(Invalid(agent=each.name, reason=each.reason) for each in review.specialists if each.incomplete),
        agents=tuple(
            AgentRun(agent=each.name, status=each.status.value, reason=each.reason, spending=each.spending)
            for each in review.specialists
        ),
        cassettes=tuple(
            CassetteState(
                agent=each.agent,
                state=each.state.value,
                how=each.how.value if each.how is not None else None,
                components=each.components,
                turn=each.turn,
                detail=each.detail,
            )
            for each in found.results
        ),
        notes=(note,),
    )


def _versions() -> dict[str, str]:
    return {"orchestrate": __version__}


SYSTEMS = (
    System(
        name=NAME,
        help="rules and specialists, as recorded in cassettes/ of the suite",
        how="live",
        review=_review,
        versions=_versions,
        extra="cassettes",
    ),
)
