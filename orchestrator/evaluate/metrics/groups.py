"""The groups that a run is told by: overall, and by domain, category, tier, origin and agent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evaluate.case import CATEGORIES, DOMAINS, SPLITS, TIERS
from orchestrator.evaluate.counts import EVERYTHING, CaseScore, Counts, Scored, Selected, by_family
from orchestrator.evaluate.metrics.measures import NAMES, Measures, measures, share, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases, or parts of cases, that are told together."""

    name: str
    families: int
    cases: int
    goldens: int
    counts: Counts
    measures: Measures
    has_false: bool = True
    """Whether false findings can be told to belong to it: those of a tier cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of one dimension, and the plain mean of each measure over them; undefined ones are left out of it."""

    groups: tuple[Group, ...]
    macro: Mapping[str, float | None]


def group(name: str, scores: Sequence[CaseScore], selected: Selected = EVERYTHING, *, with_false: bool = True) -> Group:
    """The group of these cases, of what is selected of them."""
    families = by_family(scores, selected)
    concerned = [score for score in scores if with_false or any(map(selected.golden, score.goldens))]
    whole = sum(families.values(), Counts())
    return Group(
        name=name,
        families=len({score.family for score in concerned}),
        cases=len({score.case for score in concerned}),
        goldens=whole.tp + whole.fn,
        counts=whole,
        measures=measures(list(families.values()), with_false=with_false),
        has_false=with_false,
    )


def overall(scored: Scored) -> Group:
    """All cases."""
    return group("all", scored.cases)


def macro_by_case(scored: Scored) -> dict[str, float | None]:
    """The mean of each measure over the cases for which it is defined."""
    return {name: _mean(value(name, each.counts) for each in scored.cases) for name in NAMES}


def by_domain(scored: Scored) -> Groups:
    """By the domain of the case."""
    return _by_case(scored, DOMAINS, lambda score: score.domain)


def by_split(scored: Scored) -> Groups:
    """By the split: rules and prompts may be written against dev, and never against test."""
    return _by_case(scored, SPLITS, lambda score: score.split)


def by_origin(scored: Scored) -> Groups:
    """By where the case comes from."""
    return _by_case(scored, ("hand", "real_fix", "seeded"), lambda score: score.origin)


def by_category(scored: Scored) -> Groups:
    """By the category of goldens and, for what is false, of findings."""
    return _together([group(name, scored.cases, _of_category(name)) for name in CATEGORIES])


def by_tier(scored: Scored) -> Groups:
    """By the tier of goldens; a false finding has none, so precision is undefined."""
    return _together([group(name, scored.cases, _of_tier(name), with_false=False) for name in TIERS])


def by_agent(scored: Mapping[str, Scored]) -> Groups:
    """By agent, each scored alone: what it should have found are the goldens of its rules, and what else it found."""
    return _together([group(name, each.cases, _of_agent(name)) for name, each in sorted(scored.items())])


def owasp_index(categories: Groups) -> float | None:
    """The share of defects that are found less the share of mended places that are still reported, by category."""
    return _mean(_index(each.counts) for each in categories.groups)


def _index(counts: Counts) -> float | None:
    found, noisy = share(counts.tp, counts.tp + counts.fn), share(counts.noisy_twins, counts.pairs)
    return None if found is None or noisy is None else found - noisy


def _of_category(name: str) -> Selected:
    return Selected(
        golden=lambda golden: golden.category == name, verdict=lambda verdict: verdict.prediction.category == name
    )


def _of_tier(name: str) -> Selected:
    return Selected(golden=lambda golden: golden.tier == name, verdict=lambda _: False)


def _of_agent(name: str) -> Selected:
    return Selected(golden=lambda golden: golden.found or name in golden.agents)


def _by_case(scored: Scored, names: Sequence[str], key: Callable[[CaseScore], str]) -> Groups:
    cases = {name: [each for each in scored.cases if key(each) == name] for name in names}
    return _averaged([group(name, each) for name, each in cases.items() if each])


def _together(found: Sequence[Group]) -> Groups:
    """Those of them that something was expected or said of."""
    return _averaged([each for each in found if each.counts.expected or each.counts.said])


def _averaged(groups: Sequence[Group]) -> Groups:
    macro = {name: _mean(getattr(each.measures, name).value for each in groups) for name in NAMES}
    return Groups(groups=tuple(groups), macro=macro)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None
