"""Scores a stored run: a pure function of the log and the cases, so an old run can be scored anew at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from orchestrator.evaluate.case import Case, Golden
from orchestrator.evaluate.counts import SCORER, CaseScore, GoldenResult, Scored
from orchestrator.evaluate.eligibility import Ground
from orchestrator.evaluate.match import Matched, match, match_twin, says
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import Entry, RunLog
from orchestrator.evaluate.taxonomy import taxonomy
from orchestrator.rules.catalog import pages


def score(log: RunLog, cases: Iterable[Case], *, agent: str | None = None) -> Scored:
    """The run against the cases; `agent` scores what that agent said alone."""
    wanted = {case.id: case for case in cases}
    held: dict[tuple[str, int], dict[str, Entry]] = {}
    for entry in log.entries:
        held.setdefault((entry.case, entry.epoch), {})[entry.variant] = entry
    scores = [
        score_case(wanted[case], variants, epoch=epoch, agent=agent)
        for (case, epoch), variants in sorted(held.items())
        if case in wanted and _is_measured(variants)
    ]
    return Scored(
        suite=log.spec.suite,
        dataset_version=log.spec.dataset_version,
        dataset_sha256=log.spec.dataset_sha256,
        system=log.spec.system,
        how=log.spec.how,
        scorer=SCORER,
        taxonomy=taxonomy().version,
        cases=tuple(sorted(scores, key=lambda each: (each.case, each.epoch))),
        not_measured=tuple(sorted(line for entry in log.entries for line in _not_measured(entry))),
        agents=_agents(log),
        split=log.spec.split,
        epochs=log.spec.epochs,
        cases_missing=tuple(sorted(wanted.keys() - {entry.case for entry in log.entries})),
    )


def score_case(case: Case, variants: Mapping[str, Entry], *, epoch: int = 1, agent: str | None = None) -> CaseScore:
    """One case in one epoch, from what was said of its variants; the input must be there."""
    entry, twin = variants["input"], variants.get("twin")
    matched = match(_said(entry, agent), case)
    on_twin = match_twin(_said(twin, agent), case) if twin is not None else None
    return CaseScore(
        case=case.id,
        family=case.family,
        split=case.split,
        domain=case.spec.domain,
        origin=case.spec.origin.kind,
        tier=case.spec.tier,
        is_clean=case.is_clean,
        epoch=epoch,
        verdicts=matched.verdicts,
        goldens=tuple(_result(golden, case, matched, on_twin) for golden in case.goldens),
        lines=entry.lines,
        twin_verdicts=on_twin.verdicts if on_twin is not None else (),
        twin_lines=twin.lines if twin is not None else 0,
        has_twin=twin is not None,
        invalid=tuple(sorted(each.agent for each in entry.invalid if agent in {None, each.agent})),
        near=tuple((each.gap, each.overlap) for each in matched.near),
    )


def _said(entry: Entry, agent: str | None) -> tuple[Prediction, ...]:
    return tuple(each for each in entry.predictions if agent is None or agent in each.agents)


def _result(golden: Golden, case: Case, matched: Matched, on_twin: Matched | None) -> GoldenResult:
    by, strength = matched.found.get(golden.id, (None, None))
    return GoldenResult(
        id=golden.id,
        kind=golden.kind,
        category=golden.category,
        severity=golden.severity,
        tier=golden.tier,
        must_find=golden.must_find,
        has_rule=bool(golden.rules),
        found=by is not None,
        file=golden.file,
        lines=golden.lines,
        by=by,
        strength=strength,
        quiet_twin=None if on_twin is None else _is_quiet(golden, case, on_twin, by),
        agents=tuple(sorted({_owners()[rule] for rule in golden.rules if rule in _owners()})),
    )


def _is_quiet(golden: Golden, case: Case, on_twin: Matched, by: Prediction | None) -> bool:
    """Whether nobody says of the mended place what the golden is, nor what was said when it was found."""
    target = next(each for each in Ground(case, "twin").targets if each.golden.id == golden.id)
    for verdict in on_twin.verdicts:
        said = verdict.prediction
        repeats = by is not None and said.kind == by.kind and target.fit(said) is not None
        if says(said, target) or repeats:
            return False
    return True


def _is_measured(variants: Mapping[str, Entry]) -> bool:
    return "input" in variants and all(entry.is_measured for entry in variants.values())


def _not_measured(entry: Entry) -> list[str]:
    place = f"{entry.case} e{entry.epoch} {entry.variant}"
    return [f"{place} {each.agent}: {each.state}" for each in entry.cassettes if not each.is_fresh]


def _agents(log: RunLog) -> tuple[str, ...]:
    said = {agent for entry in log.entries for each in entry.predictions for agent in each.agents}
    asked = {each.agent for entry in log.entries for each in entry.agents}
    invalid = {each.agent for entry in log.entries for each in entry.invalid}
    return tuple(sorted(said | asked | invalid))


@cache
def _owners() -> dict[str, str]:
    return {page.id: page.specialist for page in pages()}
