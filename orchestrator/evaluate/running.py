"""Runs a system over cases and their twins, and keeps what it said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from orchestrator.errors import EvalError
from orchestrator.evaluate.case import Case
from orchestrator.evaluate.invariants import refusals
from orchestrator.evaluate.lock import Dataset, dataset
from orchestrator.evaluate.parallel import entries_in_order
from orchestrator.evaluate.prediction import VARIANTS, Variant
from orchestrator.evaluate.runlog import AGENT_HOWS, Entry, How, RunLog, Spec
from orchestrator.evaluate.suite import Suite, load_suite, suite_folder
from orchestrator.evaluate.system import Job, System
from orchestrator.evaluate.taxonomy import taxonomy

_WORST_FIRST: tuple[How, ...] = ("hand_edited", "synthetic", "handoff", "live")
Told = Callable[[str], None]


def usable_suite(name: str, *, only: str | None = None) -> Suite:
    """The whole suite, in order; with `only`, as far as that case is concerned, so that it can be tried alone.

    Raises:
        EvalError: a case is refused.
        UsageError: there is no such suite.
    """
    suite = load_suite(suite_folder(name))
    wrong = [each for each in refusals(suite) if only is None or f"/{only.rpartition('/')[2]}/" in each.file]
    if wrong:
        more = f"; {len(wrong)} are refused in all" if len(wrong) > 1 else ""
        raise EvalError(f"{wrong[0]}{more}: `orchestrate eval audit` lists what must be mended")
    return suite


def chosen_cases(suite: Suite, *, split: str | None = None, case: str | None = None) -> tuple[Case, ...]:
    """The cases of a split, or one by its name.

    Raises:
        EvalError: there is none.
    """
    found = tuple(
        each for each in suite.cases if (split is None or each.split == split) and case in {None, each.id, each.name}
    )
    if not found:
        asked = f"called {case!r}" if case is not None else f"in the split {split!r}"
        raise EvalError(f"the suite {suite.name!r} has no case {asked}; `orchestrate eval audit` counts what it has")
    return found


def run_system(
    system: System,
    suite: Suite,
    cases: tuple[Case, ...],
    *,
    epochs: int = 1,
    split: str | None,
    tell: Told,
    processes: int = 1,
) -> RunLog:
    """What the system says of every case and of its twin, in order: the same for any number of processes."""
    jobs = tuple(_jobs(cases, epochs))
    numbers = {case: number for number, case in enumerate(dict.fromkeys(job.case.id for job in jobs), start=1)}

    def began(job: Job) -> None:
        tell(f"{numbers[job.case.id]} of {len(numbers)}: {job.case.name}")

    entries = tuple(entries_in_order(system, jobs, processes=processes, began=began))
    spec = _spec(system, suite, dataset(suite), cases, epochs=epochs, split=split)
    return RunLog(spec=replace(spec, how=_how(system, entries)), entries=entries)


def _how(system: System, entries: tuple[Entry, ...]) -> How:
    """How the run was made: as the worst of its recordings was, where it is of recordings."""
    if system.how not in AGENT_HOWS:
        return system.how
    known = {each.how for entry in entries for each in entry.cassettes}
    # With no recording at all nobody knows who would have answered.
    return next((how for how in _WORST_FIRST if how in known), "synthetic")


def variants_of(case: Case) -> tuple[Variant, ...]:
    """What is reviewed of a case: a clean one has no twin."""
    return VARIANTS if case.twin_texts else ("input",)


def _jobs(cases: tuple[Case, ...], epochs: int) -> Iterator[Job]:
    for case in sorted(cases, key=lambda each: each.id):
        for epoch in range(1, epochs + 1):
            for variant in variants_of(case):
                yield Job(case=case, variant=variant, epoch=epoch)


def _spec(
    system: System, suite: Suite, of: Dataset, cases: tuple[Case, ...], *, epochs: int, split: str | None
) -> Spec:
    return Spec(
        suite=suite.name,
        dataset_version=of.version,
        dataset_sha256=of.sha256,
        case_sha256={case.id: of.cases[case.name] for case in cases},
        system=system.name,
        how=system.how,
        split=split,
        epochs=epochs,
        versions=system.versions(),
        taxonomy=taxonomy().version,
    )
