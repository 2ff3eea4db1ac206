"""The text of docs/evals.md: the table of quality, what it is of, and how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evaluate.case import TIERS
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.exports.figures import NOT_MEASURED, ends, number
from orchestrator.evaluate.exports.report import Report
from orchestrator.evaluate.metrics.groups import Group, group
from orchestrator.evaluate.metrics.measures import Measure
from orchestrator.evaluate.peers.environment import VERSIONS
from orchestrator.evaluate.peers.known import linters
from orchestrator.evaluate.peers.mapping import mapping
from orchestrator.evaluate.runlog import AGENT_HOWS
from orchestrator.evaluate.system import System

_TITLES = {"rules": "**our rules, those on by default**", "rules-all": "**our rules, all of them**"}
_HEADS = (
    "system", "how", "found", "by name", "false", "unlabelled", "precision, strict", "labelled only", "recall",
    "recall by severity", "F0.5", "pairs", "false per 1,000 clean lines",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A system with the report of its run."""

    system: System
    report: Report

    @property
    def title(self) -> str:
        """Its name as the tables show it."""
        linter = linters().get(self.system.name)
        if linter is not None:
            return f"{linter.name} {VERSIONS[linter.distribution]}"
        return _TITLES.get(self.system.name, self.system.name)

    @property
    def rank(self) -> tuple[int, float, str]:
        """Ours first, then the best F0.5."""
        best = self.report.metrics.overall.measures.f05.value or 0.0
        return (0 if self.system.name in _TITLES else 1, -best, self.system.name)


def page(measured: tuple[Measured, ...], failed: Mapping[str, str]) -> str:
    """The whole page, ending with a newline."""
    shown = sorted((one for one in measured if one.report.is_quality), key=lambda one: one.rank)
    return "\n".join([*_head(shown), *_tables(shown), *_absent(failed), *_reading(), *_settings()]) + "\n"


def _head(shown: list[Measured]) -> Iterator[str]:
    report = shown[0].report
    whole = report.metrics.overall
    goldens = [golden for case in report.scored.cases for golden in case.goldens]
    ours = sum(golden.has_rule for golden in goldens)
    clean = sum(case.is_clean for case in report.scored.cases)
    yield "# How good the reviews are\n"
    yield "Written by `python evals/quality.py`; do not edit.\n"
    yield f"Measured on [{report.scored.suite}](../evals/{report.scored.suite}), dataset version"
    yield f"{report.scored.dataset_version} (sha256 `{report.scored.dataset_sha256[:12]}`), by the scorer"
    yield f"{report.scored.scorer} with taxonomy {report.scored.taxonomy}: {whole.cases} cases in {whole.families}"
    yield f"families, {clean} of them clean, with {whole.goldens} golden findings, {len(goldens) - ours} of them"
    yield f"of kinds that no rule of ours has, and {whole.counts.clean_lines:,} non-blank lines of clean code (clean"
    yield "projects and fixed twins). Brackets hold 95 % intervals.\n"
    agents = [one for one in shown if one.report.scored.how in AGENT_HOWS]
    if agents:
        epochs = ", ".join(
            f"{one.system.name} ({one.report.scored.how}, {one.report.scored.epochs} epochs)" for one in agents
        )
        yield f"Agents were measured from recordings: {epochs}.\n"
    else:
        yield f"**{NOT_MEASURED}.** No recording of a live model or of a hand-off is in the suite, so nothing here"
        yield "says how good a review with a model is.\n"


def _tables(shown: list[Measured]) -> Iterator[str]:
    yield "## All cases\n"
    yield from _table(shown, None)
    yield "\n## Test split\n"
    yield "Families of their own. While the first version was written, rules and labels were mended for cases of both"
    yield "splits; see below what that means for our rows.\n"
    yield from _table(shown, "test")
    yield "\n## Recall by tier\n"
    yield "T1 is seen in one line, T2 in one function or cell, T3 across files, T4 needs to know Databricks.\n"
    yield f"| system | {' | '.join(TIERS)} | in files it reads |"
    yield f"|---|{'---:|' * (len(TIERS) + 1)}"
    for one in shown:
        held = {each.name: each for each in one.report.metrics.tiers.groups}
        cells = [_of(each.counts.tp, each.goldens) if (each := held.get(tier)) else "" for tier in TIERS]
        yield f"| {one.title} | {' | '.join(cells)} | {_readable(one)} |"
    yield ""


def _table(shown: list[Measured], split: str | None) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|---|---|{'---:|' * (len(_HEADS) - 2)}"
    for one in shown:
        scored = one.report.scored
        whole = group("all", [case for case in scored.cases if split in {None, case.split}])
        yield f"| {one.title} | {scored.how} | {' | '.join(_cells(whole, scored, split))} |"


def _cells(whole: Group, scored: Scored, split: str | None) -> Iterator[str]:
    counts, found = whole.counts, whole.measures
    named = sum(
        golden.strength in {"rule", "accepted"}
        for case in scored.cases
        for golden in case.goldens
        if split in {None, case.split}
    )
    yield _of(counts.tp, whole.goldens)
    yield str(named)
    yield str(counts.fp + counts.duplicates)
    yield str(counts.unlabelled)
    yield _with_ends(found.precision)
    yield number(found.precision_labelled)
    yield _with_ends(found.recall)
    yield number(found.weighted_recall)
    yield _with_ends(found.f05)
    yield number(found.pair_accuracy)
    yield _with_ends(found.clean_fp)


def _with_ends(measure: Measure) -> str:
    return f"{number(measure)} ({ends(measure)})" if ends(measure) else number(measure)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def _readable(one: Measured) -> str:
    """What it found of the goldens that stand in files it reads at all."""
    linter = linters().get(one.system.name)
    goldens = [
        golden
        for case in one.report.scored.cases
        for golden in case.goldens
        if linter is None or golden.file.endswith(linter.suffixes)
    ]
    return _of(sum(golden.found for golden in goldens), len(goldens))


def _absent(failed: Mapping[str, str]) -> Iterator[str]:
    yield "## Not measured\n"
    for name, reason in sorted({**mapping().absent, **failed}.items()):
        yield f"- **{name}**: {reason}"
    yield ""


def _reading() -> Iterator[str]:
    yield (
        """## How to read it

- `found` counts goldens, one finding for each. `by name` are those of them that were told by the golden's own rule or
  kind or by another accepted name; the rest met their golden by category and place alone, which may be luck.
- `precision, strict` counts whatever nobody has labelled as false, `labelled only` leaves it out; the truth lies
  between. `F0.5` and `recall by severity` (critical 8, high 4, medium 2, low 1) are strict.
- `false` are findings in a category that the case labels in full, at a place that is known to be right, or repeated;
  `pairs` the share of goldens that were found and are silent on the fixed twin.
- `how` is `rules` or `peer` for programs that say the same each time. Only `live` and `handoff` recordings of a model
  enter; scripted ones test the plumbing.

## Whom this favours, and whom it hurts

- Other linters speak in their own names. `orchestrator/evaluate/peers/rules.yaml` (version VERSION, DATED) maps each of
  their rules to a category, to our rules for the same defect and to the names of the goldens, with a reason where it is
  not obvious. We wrote that map: a name that it misses costs a linter a match, a generous one gives it one. It was made
  from the linters' own documentation, then read against the golden kinds, adding names and removing none.
- A rule without a category (style, taste, or not in the map) is never a false finding: it is `unlabelled`. That hurts a
  linter in strict precision and F0.5, sqlfluff above all, and leaves its upper precision alone.
- A finding whose category is that of a golden within three lines counts as found, whatever it says. That favours
  whoever says much; compare `by name`.
- Linters point at a line and quote nothing, so they are always grounded; ours and models must quote.
- Most goldens need several files, the bundle, or knowledge of Databricks that these linters never set out to have.
  `in files it reads` leaves out the goldens in other files; it is the fairer number for a linter of one language.
- Our rows are those of a home team. Where a case showed a false finding of a rule, the rule was mended, or the label
  was wrong and was mended; rules were added at the same time. At first sight, on the 52 cases that stood at noon of
  2026-11-23, the rules on by default found 16 of 233, with 8 false and 12 unlabelled findings (precision 0.44 to 0.67,
  1.1 false per 1,000 clean lines); all rules found 21, with 12 false and 26 unlabelled (0.36 to 0.64, and 1.7).
  Only new cases can say what the rules are worth on code that they have not seen.
- The cases were written by the makers of one of the systems, from public issues and documentation. Their writers were
  told to keep away from the rules until a case stood, and to bend none so that a rule succeeds or fails.
""".replace("VERSION", str(mapping().version)).replace("DATED", mapping().dated)
    )


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "Each linter sees the files of a case and nothing else, in the settings that its makers recommend.\n"
    yield "| linter | version | settings |"
    yield "|---|---|---|"
    for linter in linters().values():
        yield f"| {linter.name} | {VERSIONS[linter.distribution]} | {linter.settings} |"
    yield ""
    yield "To measure again: `python evals/quality.py`, about three minutes, most of them other linters. One system:"
    yield "`orchestrate eval run --system cylint`, and `orchestrate eval report --output html=FILE` to see each case."
