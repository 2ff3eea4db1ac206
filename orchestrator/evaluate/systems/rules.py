"""Our rules without a model: those that are on by default, and all of them."""

from __future__ import annotations

from functools import partial

from orchestrator import __version__
from orchestrator.evaluate.placing import placed_files
from orchestrator.evaluate.prediction import from_finding
from orchestrator.evaluate.runlog import AgentRun, Entry
from orchestrator.evaluate.system import TODAY, Job, System


def _review(job: Job, *, select: tuple[str, ...]) -> Entry:
    from orchestrator.workflows.cache import cached_review
    from orchestrator.workflows.request import Request
    from orchestrator.workflows.selection import Selection

    with placed_files(job.case.id, job.case.variant_texts(job.variant)) as root:
        request = Request(path=root, today=TODAY, selection=Selection(select=select))
        review = cached_review(request, use_cache=False).review
    return Entry(
        case=job.case.id,
        variant=job.variant,
        epoch=job.epoch,
        predictions=tuple(from_finding(finding) for finding in review.shown),
        lines=job.lines,
        agents=tuple(
            AgentRun(agent=each.name, status=each.status.value, reason=each.reason) for each in review.specialists
        ),
        notes=tuple(f"{entry.path}: {entry.reason}" for entry in review.incomplete),
    )


def _versions(*, select: tuple[str, ...]) -> dict[str, str]:
    from orchestrator.workflows.selection import Selection, selected_pages

    chosen = selected_pages(Selection(select=select))
    return {"orchestrate": __version__, "rules": f"{len(chosen)} rules"}


SYSTEMS = (
    System(
        name="rules",
        help="the rules that are on by default",
        how="rules",
        review=partial(_review, select=()),
        versions=partial(_versions, select=()),
    ),
    System(
        name="rules-all",
        help="all rules, the opt-in ones too",
        how="rules",
        review=partial(_review, select=("ALL",)),
        versions=partial(_versions, select=("ALL",)),
    ),
)
