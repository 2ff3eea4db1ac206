"""The measured review: the findings of the rules, beside them what a run cost and what the workspace holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from orchestrator.code.diff import changed_lines
from orchestrator.code.facts import Facts
from orchestrator.code.project import Project, parse_project
from orchestrator.code.reading import Files
from orchestrator.code.secrets import masked
from orchestrator.rules.baseline import apply_baseline
from orchestrator.rules.engine import order
from orchestrator.rules.suppress import suppress
from orchestrator.types import Coverage, Finding, Review, Status
from orchestrator.workflows.measured.advice import advice
from orchestrator.workflows.measured.asking import ask_tables
from orchestrator.workflows.measured.layout import Layout, concerns
from orchestrator.workflows.measured.notes import run_notes, workspace_notes
from orchestrator.workflows.measured.opening import opened
from orchestrator.workflows.measured.places import Places
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workflows.measured.runs import Runs
from orchestrator.workflows.measured.severity import with_measurements
from orchestrator.workflows.measured.sources import CodeTables
from orchestrator.workflows.measured.tables import Question
from orchestrator.workflows.request import Progress, Request, Reviewed
from orchestrator.workflows.review import accept, in_diff

_CODE = (".py", ".sql", ".ipynb")


def measured_review(request: Request, reviewed: Reviewed, measuring: Measuring, progress: Progress) -> Reviewed:
    """The review with measured facts; where the workspace answered nothing it is incomplete and says why.

    Nothing of it is cached: the log and the workspace change while the code does not.
    """
    started = time.perf_counter()
    review, project = reviewed.review, _parsed(reviewed)
    runs = _runs(project, review, measuring, progress)
    layout = _layout(project, request, review, measuring, progress)
    sources = [source for source in (runs, layout) if source is not None]
    findings = tuple(
        with_measurements(
            finding,
            [found for source in sources if (found := source.measurement(finding)) is not None],
            is_set=finding.rule in request.severities,
        )
        for finding in review.findings
    )
    notes: list[str] = []
    if runs is not None:
        made = advice(runs, findings, request.selection)
        findings = (*findings, *_judged(request, reviewed, made.findings))
        notes += run_notes(runs, made)
    if layout is not None:
        notes += workspace_notes(measuring, layout)
        review = _with_gap(review, measuring, layout)
    seconds = review.seconds + time.perf_counter() - started
    review = replace(_counted(review, findings), notes=(*review.notes, *notes), seconds=seconds)
    return replace(reviewed, review=review, kept=False)


def _parsed(reviewed: Reviewed) -> Project:
    sources = tuple(source for source in reviewed.sources.values() if source.path.endswith(_CODE))
    return parse_project(Files(root=reviewed.root, sources=sources, ledger=()))


def _runs(project: Project, review: Review, measuring: Measuring, progress: Progress) -> Runs | None:
    if measuring.profile is None:
        return None
    progress("placing the executions of the event log")
    looked_at = (entry.path for entry in review.coverage if entry.status is not Status.SKIPPED)
    return Runs.of(measuring.profile, Places(project, looked_at))


def _layout(
    project: Project, request: Request, review: Review, measuring: Measuring, progress: Progress
) -> Layout | None:
    """What the workspace says of the tables: those behind findings in full, of the others whether they are there."""
    if measuring.workspace is None:
        return None
    progress("finding the tables that the code names")
    tables = CodeTables(facts=Facts(project, request.today))
    wanted = dict.fromkeys(
        name
        for finding in review.findings
        if finding.is_shown and concerns(finding)
        for name in tables.of(finding).names
    )
    others = (name for name in tables.every if name not in wanted)
    questions = [Question(name=name, details=name in wanted) for name in (*wanted, *others)][: measuring.max_tables]
    progress(f"asking the workspace about {len(questions)} tables")
    with opened(measuring.workspace) as workspace:
        answers = ask_tables(workspace, questions, measuring.deadline_seconds, progress)
    return Layout(tables=tables, answers=answers)


def _judged(request: Request, reviewed: Reviewed, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """New findings as the rules' own are treated: comments, configuration, baseline and diff apply to them."""
    made = tuple(findings)
    paths = {finding.location.path for finding in made}
    sources = {path: source for path, source in reviewed.sources.items() if path in paths}
    marked, _ = suppress(made, sources, request.today)
    change = changed_lines(reviewed.root, request.base) if request.base and made else None
    return tuple(in_diff(finding, change) for finding in apply_baseline(accept(marked, request), request.baseline))


def _with_gap(review: Review, measuring: Measuring, layout: Layout) -> Review:
    """The review, incomplete where questions were asked and the workspace answered none."""
    answers = layout.answers
    if answers.answered or not (answers.facts or answers.silent):
        return review
    problems = (facts.problem for facts in answers.facts.values() if facts.problem)
    reason = next(problems, f"no answer within {measuring.deadline_seconds:g} seconds")
    said = masked(" ".join(reason.split()))[:500]
    gap = Coverage(
        path=".",
        status=Status.PARTIAL,
        reason=f"the workspace {measuring.workspace} told nothing of the tables: {said}",
        incomplete=True,
    )
    return replace(review, coverage=tuple(sorted((*review.coverage, gap))))


def _counted(review: Review, findings: Iterable[Finding]) -> Review:
    """The review with these findings, in order and counted for each specialist."""
    ordered = tuple(sorted(findings, key=order))
    found = Counter(name for finding in ordered if finding.counts for name in finding.specialists)
    specialists = tuple(replace(each, findings=found[each.name]) for each in review.specialists)
    return replace(review, findings=ordered, specialists=specialists)
