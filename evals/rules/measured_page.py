"""The page docs/rules-measured.md: what was measured of every rule, and what falls short."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import seeded
from clean import CleanCode
from precision import wilson

from orchestrator.rules.catalog import pages
from orchestrator.rules.measured import Measured, Precision, Recall

_GOAL = 0.9
_GOAL_CLEAN = 0.1
_LABELS_WANTED = 30

_WORDS = """\
- Precision: of the findings that a reader labelled, the share that a team would mend. Arguable ones count as wrong.
  Labels of the packages count while their finding stands; labels of public files (`labels_github.jsonl`) always do.
- Recall: of the defects that mutators plant into clean code that we wrote (`evals/rules/mutators/`), the share that
  the rule reports at the planted line while it is silent on the twin. The same form in several carriers (module,
  method, notebook, Jupyter, `%sql` cell, f-string ...) is not independent: read the forms that were found everywhere.
- Per 1,000 lines: findings over all lines of the corpus, also those without Spark.
- Mutators were written from the catalogue's description of each defect, by authors who could read the rules: recall
  says which forms that they thought of are missed, not how many others there are.
"""


def page(measured: Measured, clean: CleanCode, outcomes: Iterable[seeded.Seeded]) -> Iterator[str]:
    """The page, line by line."""
    yield "# Rules, measured\n"
    yield "Written by `python evals/rules/measure.py`; do not edit. The same numbers: `orchestrate rules --stats`.\n"
    corpus = measured.corpus
    yield f"Measured on {measured.measured_on} over {corpus.packages} public packages ({corpus.lines:,} lines).\n"
    yield _WORDS
    yield "## Good code\n"
    yield _good(clean)
    yield "## Rules\n"
    yield "| rule | state | precision | labelled | 95 % interval | recall | planted | forms found | per 1,000 lines |"
    yield "|---|---|---:|---:|---|---:|---:|---:|---:|"
    for one in pages():
        of = measured.of(one.id)
        cells = (one.id, "on" if one.default else "opt-in", *_right(of.precision), *_found(of.recall))
        yield f"| {' | '.join(cells)} | {_rate(measured.rate(one.id))} |"
    yield from _short(measured)
    yield "\n## Forms that are missed\n"
    yield "A form of a defect, and the clean projects in which the rule did not speak at its line.\n"
    for line in seeded.missed(outcomes):
        if ": beside it" not in line:
            yield _wrapped(f"- {line}")


def _good(clean: CleanCode) -> str:
    text = (
        f"{clean.packages} libraries and frameworks (`evals/rules/good.toml`), chosen by what they are, not by their "
        f"findings: {clean.lines:,} lines, {clean.spark_lines:,} of them Spark code or SQL. Rules that are on by "
        f"default say {clean.right} true things there, {clean.wrong} false or arguable ones, and {clean.unread} that "
        f"nobody has read. Per 1,000 lines of Spark code and SQL that is between {clean.known:.3f} and "
        f"{clean.at_most:.3f} false findings; the goal is at most {_GOAL_CLEAN}."
    )
    return textwrap.fill(text, 120) + "\n"


def _right(of: Precision | None) -> tuple[str, str, str]:
    if of is None:
        return ("not measured", "", "")
    low, high = wilson(of.right, of.labelled)
    return (f"{of.share:.2f}", str(of.labelled), f"{low:.2f} to {high:.2f}")


def _found(of: Recall | None) -> tuple[str, str, str]:
    if of is None:
        return ("not measured", "", "")
    return (f"{of.share:.2f}", str(of.planted), f"{of.found_forms} of {of.forms}")


def _rate(rate: float | None) -> str:
    return "not measured" if rate is None else f"{rate:.3f}"


def _short(measured: Measured) -> Iterator[str]:
    on = [one.id for one in pages() if one.default]
    every = [one.id for one in pages()]
    right = {rule: of for rule in on if (of := measured.of(rule).precision) is not None}
    found = {rule: of for rule in every if (of := measured.of(rule).recall) is not None}
    few = [rule for rule, of in right.items() if of.labelled < _LABELS_WANTED]
    yield "\n## What falls short\n"
    yield _named("On by default, precision below 0.90", (rule for rule, of in right.items() if of.share < _GOAL))
    yield _named("On by default, no finding labelled", (rule for rule in on if rule not in right))
    yield f"- On by default, some findings labelled but fewer than {_LABELS_WANTED}: {len(few)} of {len(on)} rules."
    yield _named("Recall below 0.90", (rule for rule, of in found.items() if of.share < _GOAL))
    yield _named("No mutator", (rule for rule in every if rule not in found))


def _named(title: str, rules: Iterable[str]) -> str:
    return _wrapped(f"- {title}: {', '.join(rules) or 'none'}.")


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 120, subsequent_indent="  ", break_on_hyphens=False)
