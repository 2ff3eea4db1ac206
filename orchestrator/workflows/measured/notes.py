"""What a reader must know of the measuring itself: what was asked, and what could not be learned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator.code.secrets import masked
from orchestrator.workflows.measured.advice import Advice
from orchestrator.workflows.measured.layout import Layout
from orchestrator.workflows.measured.opening import SANDBOX
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workflows.measured.runs import Runs
from orchestrator.workflows.measured.sources import CodeTables
from orchestrator.workspace.names import TableName

_NAMES = 10
_SENTENCES = 10
_SENTENCE = 500


def run_notes(runs: Runs, made: Advice) -> Iterator[str]:
    """What was found in the event log, and what of it has no place in the project."""
    placed = sum(run.place is not None for run in runs.items)
    yield f"event log: the line of code of {placed} of {_count(len(runs.items), 'execution')} is in this project"
    if made.elsewhere:
        yield (
            f"event log: {_count(made.elsewhere, 'tip')} without a line in this project; to see them: `orchestrate mcp "
            "spark-profiler`, tool get_optimization_tips"
        )
    if made.unwanted:
        yield f"event log: {_count(made.unwanted, 'tip')} of rules or specialists that were not asked for"
    yield from _some(f"event log: {note}" for note in runs.profile.notes)


def workspace_notes(measuring: Measuring, layout: Layout) -> Iterator[str]:
    """What the workspace was asked, which tables it does not have, and what it did not tell."""
    tables, answers = layout.tables, layout.answers
    asked = len(answers.facts) + len(answers.silent)
    if measuring.workspace == SANDBOX:
        yield "workspace sandbox: its tables and their sizes are those of its seed, not of your workspace"
    if not asked:
        yield f"workspace {measuring.workspace}: the code names no table with catalog and schema, so nothing was asked"
    yield from _left_out(measuring, tables, asked)
    absent = [facts.name for facts in answers.facts.values() if not facts.present and not facts.problem]
    missing = [name for name in absent if not tables.every.get(name)]
    if missing:
        yield f"workspace {measuring.workspace}: not there, or not yours to see: {_names(missing)}"
    if made := [name for name in absent if tables.every.get(name)]:
        yield f"workspace {measuring.workspace}: not there yet, this project makes them: {_names(made)}"
    if answers.silent:
        what = "not asked after that" if answers.stopped else f"no answer within {measuring.deadline_seconds:g} seconds"
        yield f"workspace {measuring.workspace}: {what}: {_names(answers.silent)}"
    problems = (reason for facts in answers.facts.values() for reason in (facts.problem, *facts.unknown) if reason)
    yield from _some(f"workspace {measuring.workspace}: {reason}" for reason in problems)


def _left_out(measuring: Measuring, tables: CodeTables, asked: int) -> Iterator[str]:
    if len(tables.every) > asked:
        left = _count(len(tables.every) - asked, "table")
        yield f"workspace {measuring.workspace}: {left} beyond the first {asked} not asked for"
    if tables.unnamed:
        shown = _listed(tables.unnamed)
        yield f"workspace {measuring.workspace}: without a full name in the code and not asked for: {shown}"


def _some(sentences: Iterable[str]) -> Iterator[str]:
    """The first sentences, each once and without credentials, and how many there are besides."""
    every = list(dict.fromkeys(masked(" ".join(sentence.split()))[:_SENTENCE] for sentence in sentences))
    yield from every[:_SENTENCES]
    if len(every) > _SENTENCES:
        yield f"{len(every) - _SENTENCES} more notes like the last"


def _names(names: Iterable[TableName]) -> str:
    return _listed(tuple(str(name) for name in names))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(f"`{name[:200]}`" for name in names[:_NAMES]) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
