"""The measured part of `docs/eval-gate.md`: how often the live lane is wrong, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.evaluate.gate.power import Rates, World
from orchestrator.evaluate.statistics.intervals import wilson_interval
from orchestrator.evaluate.statistics.ratios import PRIMARY

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The rates of one world by number of families: where nothing changed, and where recall fell by `drop`."""

    world: World
    drop: float
    equal: tuple[Rates, ...]
    worse: tuple[Rates, ...]


def page(measured: Sequence[Measured]) -> str:
    """The tables, with what they are of."""
    first = measured[0]
    parts = [_told(first)]
    for each in measured:
        parts += [f"### {each.world.epochs} epochs a side", "", *_table(each), ""]
    parts += _held(measured)
    return "\n".join(parts)


def with_page(text: str, tables: str) -> str:
    """The text of a document with its measured part replaced.

    Raises:
        UsageError: it has none.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"the file has no lines {BEGIN!r} and {END!r} between which the numbers could stand")
    return f"{before}{BEGIN}\n{tables.strip()}\n{END}{after}"


def _told(measured: Measured) -> str:
    world, runs = measured.world, measured.equal[0].repetitions
    return (
        f"{runs:,} repetitions a number; 95 % intervals by Wilson. A simulated family has 1 to 5 goldens; recall is "
        f"{world.recall:g} on average, the difficulty that a family shares has a standard deviation of\n"
        f"{world.spread:g} logits and that of a golden {world.own_spread:g}; {world.false_findings:g} false findings a "
        f"family, {world.clean_false_findings:g} on its clean code of {world.clean_lines[0]} to {world.clean_lines[1]} "
        f"lines; {world.must_find:.0%} of the goldens must be found.\n"
    )


def _table(measured: Measured) -> list[str]:
    header = (
        "families",
        "false alarms",
        "rule A",
        "rule B",
        f"alarms when recall fell by {measured.drop:.2f}",
        "passes, nothing changed",
        "passes, recall fell",
    )
    rows = [header, tuple("---" for _ in header)]
    for equal, worse in zip(measured.equal, measured.worse, strict=True):
        rows.append(
            (
                str(equal.families),
                _share(equal.failed, equal.repetitions),
                f"{equal.naive / equal.repetitions:.3f}",
                f"{equal.lone / equal.repetitions:.3f}",
                _share(worse.failed, worse.repetitions),
                f"{equal.passed / equal.repetitions:.3f}",
                f"{worse.passed / worse.repetitions:.3f}",
            )
        )
    return [f"| {' | '.join(row)} |" for row in rows]


def _held(measured: Sequence[Measured]) -> list[str]:
    header = ("families", "epochs", *(ratio.name for ratio in PRIMARY))
    rows = [header, tuple("---" for _ in header)]
    rows += [
        (str(each.families), str(one.world.epochs), *(f"{held / each.repetitions:.2f}" for held in each.held))
        for one in measured
        for each in one.equal
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    told = "The share of repetitions in which an endpoint could not rule out a loss of .05, though nothing had changed."
    return ["### What keeps an equal system from a pass", "", told, "", *lines]


def _share(count: int, total: int) -> str:
    found = wilson_interval(count, total)
    return f"{count / total:.3f}" + (f" [{found.low:.3f}, {found.high:.3f}]" if found else "")
