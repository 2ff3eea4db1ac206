"""Measures which rules are dear: the part of a review's time that would be saved without one of them.

A fact that several rules ask for is computed for the first and shared, so a rule is charged for what it still costs
after all others ran. In the first pass each rule is clocked in its turn, first askers charged in full, which no rule
can cost more than. Only what is above the goal there is measured apart, with its rule last.
"""

from __future__ import annotations

import datetime as dt
import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rows import Bench, Row

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.rules.catalog import RulePage
    from orchestrator.rules.rule import Hit

GOAL = 0.05
TODAY = dt.date(2026, 11, 23)


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The seconds of a review in one process, and of each rule that may be dear."""

    review: float
    rules: dict[str, float]

    def parts(self) -> dict[str, float]:
        """The rules as parts of the review, the dearest first."""
        return {rule: self.rules[rule] / self.review for rule in sorted(self.rules, key=lambda each: -self.rules[each])}


def rule_cost(bench: Bench) -> Iterator[Row]:
    """The dearest rule of the default review, and of one with every rule."""
    for name, select in (("the default rules", ()), ("every rule", ("ALL",))):
        costs = measured(bench.project, select, bench.sizes.runs)
        parts = costs.parts()
        dear = [f"{rule} {part:.1%}" for rule, part in parts.items() if part > GOAL]
        rule, part = next(iter(parts.items()), ("no rule", 0.0))
        above = f"above the goal: {', '.join(dear)}" if dear else "none above the goal"
        yield Row(
            what=f"dearest rule, as a part of the review of {bench.size} with {name}, in processor time of one process",
            goal=f"at most {GOAL:.0%}",
            measured=f"**{part:.1%}** ({rule}: {costs.rules.get(rule, 0.0):.2f} s of {costs.review:.2f} s; {above})",
            met=not dear,
        )


def measured(project: Path, select: tuple[str, ...], runs: int) -> Costs:
    """The median cost of the review, and of each rule that may be above the goal; of the dearest one at the least."""
    from orchestrator.workflows.selection import Selection, selected_pages

    pages = selected_pages(Selection(select=select))
    passes = [whole(project, pages) for _ in range(runs)]
    review = statistics.median(costs.review for costs in passes)
    most = {page.id: statistics.median(costs.rules.get(page.id, 0.0) for costs in passes) for page in pages}
    dearest = max(most, key=lambda rule: most[rule])
    suspects = [rule for rule, seconds in most.items() if seconds > GOAL * review or rule == dearest]
    rules = {rule: statistics.median(last(project, pages, rule) for _ in range(min(runs, 3))) for rule in suspects}
    return Costs(review=review, rules=rules)


def whole(project: Path, pages: tuple[RulePage, ...]) -> Costs:
    """The cost of one review from the disk to its findings, each rule clocked in its turn."""
    from orchestrator.rules.engine import collect_hits, make_findings

    spent: defaultdict[str, float] = defaultdict(float)
    with collector_paused():
        started = time.process_time()
        facts = read(project)
        hits = collect_hits(facts, clocked(pages, spent))
        make_findings(facts.project, pages, hits.hits)
        return Costs(review=time.process_time() - started, rules=dict(spent))


def last(project: Path, pages: tuple[RulePage, ...], rule: str) -> float:
    """What a rule costs once all others have run over the project."""
    from orchestrator.rules.engine import collect_hits

    spent: defaultdict[str, float] = defaultdict(float)
    with collector_paused():
        facts = read(project)
        collect_hits(facts, [page for page in pages if page.id != rule])
        collect_hits(facts, clocked([page for page in pages if page.id == rule], spent))
    return spent[rule]


def read(project: Path) -> Facts:
    """The facts about a project, none of them computed yet."""
    from orchestrator.code.facts import Facts
    from orchestrator.code.project import parse_project
    from orchestrator.code.reading import read_project

    return Facts(parse_project(read_project(project)), TODAY)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection, as in a review, and none of this measurement's left for the next."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def clocked(pages: tuple[RulePage, ...] | list[RulePage], spent: defaultdict[str, float]) -> list[RulePage]:
    """The rules with a clock around each check, which adds its seconds to those of its rule."""

    def timed(rule: str, check: Callable[..., Iterator[Hit]]) -> Callable[..., Iterator[Hit]]:
        def run(*given: object) -> Iterator[Hit]:
            started = time.process_time()
            hits = list(check(*given))
            spent[rule] += time.process_time() - started
            yield from hits

        return run

    return [
        replace(
            page,
            rule=replace(
                page.rule,
                python_checks=[timed(page.id, check) for check in page.rule.python_checks],
                sql_checks=[timed(page.id, check) for check in page.rule.sql_checks],
                notebook_checks=[timed(page.id, check) for check in page.rule.notebook_checks],
                text_checks=[timed(page.id, check) for check in page.rule.text_checks],
                bundle_checks=[timed(page.id, check) for check in page.rule.bundle_checks],
                project_checks=[timed(page.id, check) for check in page.rule.project_checks],
            ),
        )
        for page in pages
    ]


RULES = (rule_cost,)
