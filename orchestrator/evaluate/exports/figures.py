"""The numbers of a report in words: headline figures, tables, flat metrics, and what they are of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evaluate.metrics.measures import NAMES, Measure, Measures
from orchestrator.evaluate.runlog import AGENT_HOWS
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report
    from orchestrator.evaluate.metrics.groups import Group, Groups

UNDEFINED = "undefined"
NOT_MEASURED = "agent quality: not measured"
_COUNTED = ("tp", "fp", "fn", "duplicates", "unlabelled", "neutral", "ungrounded", "invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its name, its interval and what it means."""

    name: str
    value: str
    range: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A titled table of text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def facts(report: Report) -> dict[str, str]:
    """What the numbers are of; no clock, no path, no id of a run."""
    scored = report.scored
    whole = report.metrics.overall
    return {
        "suite": scored.suite,
        "dataset version": scored.dataset_version,
        "dataset sha256": scored.dataset_sha256,
        "system": scored.system,
        "how": scored.how,
        "scorer": scored.scorer,
        "taxonomy": str(scored.taxonomy),
        "split": scored.split or "all",
        "epochs": str(scored.epochs),
        "cases": str(whole.cases),
        "families": str(whole.families),
        "goldens": str(whole.goldens),
        "not measured": str(len(scored.not_measured)),
        "cases missing": str(len(scored.cases_missing)),
        **{f"version of {name}": text for name, text in sorted(report.log.spec.versions.items())},
    }


def provenance(report: Report) -> tuple[str, ...]:
    """The facts as short sentences."""
    return tuple(f"{name}: {text}" for name, text in facts(report).items())


def warnings_of(report: Report) -> Iterator[str]:
    """What a reader must know before the numbers."""
    scored = report.scored
    if not report.is_quality:
        yield f"{NOT_MEASURED}: this run was made {_made(scored.how)}, which tests the plumbing and nothing else"
    if scored.not_measured:
        yield f"{counted(len(scored.not_measured), 'recording')} could not stand for the model and were left out"
    if scored.cases_missing:
        yield f"{counted(len(scored.cases_missing), 'case')} of the suite were not run"
    if scored.how in AGENT_HOWS and scored.epochs < 3:
        yield "fewer than three epochs: how much of a difference is chance is not known"


def figures(report: Report) -> tuple[Figure, ...]:
    """The headline; nothing where the run says nothing about quality."""
    if not report.is_quality:
        return ()
    whole = report.metrics.overall
    found = whole.measures
    return (
        Figure(name="F0.5, strict", value=number(found.f05), range=ends(found.f05)),
        Figure(name="Precision, strict", value=number(found.precision), range=ends(found.precision)),
        Figure(name="Precision, labelled only", value=number(found.precision_labelled),
               range=ends(found.precision_labelled)),
        Figure(name="Recall", value=number(found.recall), range=ends(found.recall)),
        Figure(name="Recall by severity", value=number(found.weighted_recall), range=ends(found.weighted_recall)),
        Figure(name="Pair accuracy", value=number(found.pair_accuracy), range=ends(found.pair_accuracy)),
        Figure(name="False per 1,000 clean lines", value=number(found.clean_fp), range=ends(found.clean_fp)),
        Figure(name="Goldens found", value=f"{whole.counts.tp} of {whole.goldens}"),
        Figure(name="Cases", value=f"{whole.cases}", range=f"in {counted(whole.families, 'family', 'families')}"),
    )  # fmt: skip


def tables(report: Report) -> Iterator[Table]:
    """The counts of all, then the groups; nothing where the run says nothing about quality."""
    if not report.is_quality:
        return
    metrics = report.metrics
    yield _counts(report)
    for title, groups in (
        ("By category", metrics.categories),
        ("By domain", metrics.domains),
        ("By tier", metrics.tiers),
        ("By origin", metrics.origins),
        ("By agent", metrics.agents),
    ):
        if groups.groups:
            yield _groups(title, groups)
    if metrics.contributions:
        rows = tuple(
            (each.agent, plain(each.f05_gain), str(each.unique_true), str(each.unique_false))
            for each in metrics.contributions
        )
        heads = ("Agent", "F0.5 with it, less without it", "True only by it", "False only by it")
        yield Table(title="What each agent adds", heads=heads, rows=rows)


def numbers(report: Report) -> dict[str, float]:
    """Every defined measure and count by a flat name; nothing where the run says nothing about quality."""
    if not report.is_quality:
        return {}
    found: dict[str, float] = dict(_measured("", report.metrics.overall.measures))
    for name in _COUNTED:
        found[name] = float(getattr(report.metrics.overall.counts, name))
    for dimension, groups in (("category", report.metrics.categories), ("tier", report.metrics.tiers)):
        for each in groups.groups:
            recall = each.measures.recall.value
            found |= {} if recall is None else {f"{dimension}_{each.name}_recall": rounded(recall)}
    return found


def _measured(prefix: str, measures: Measures) -> Iterator[tuple[str, float]]:
    for name in NAMES:
        measure: Measure = getattr(measures, name)
        for ending, value in (("", measure.value), ("_low", measure.low), ("_high", measure.high)):
            if value is not None:
                yield f"{prefix}{name}{ending}", rounded(value)


def rounded(value: float) -> float:
    """The value to nine places: machines differ in the last ones."""
    return round(value, 9)


def number(measure: Measure) -> str:
    """The value with two places, or that it is undefined."""
    return plain(measure.value)


def plain(value: float | None) -> str:
    """A number with two places; what is undefined is neither 0 nor 1."""
    return UNDEFINED if value is None else f"{value:.2f}"


def ends(measure: Measure) -> str:
    """The interval of 95 %; nothing where every resample gave one value, which says nothing about chance."""
    if measure.low is None or measure.high is None or measure.low == measure.high:
        return ""
    return f"{measure.low:.2f} to {measure.high:.2f}"


def _counts(report: Report) -> Table:
    counts = report.metrics.overall.counts
    words = {"tp": "true", "fp": "false", "fn": "missed"}
    rows = tuple((words.get(name, name), str(getattr(counts, name))) for name in _COUNTED)
    return Table(title="Counts", heads=("What", "How many"), rows=rows)


def _groups(title: str, groups: Groups) -> Table:
    heads = ("", "Families", "Goldens", "Found", "False", "Unlabelled", "Precision, strict", "Recall", "F0.5, strict")
    rows = [_group(each) for each in groups.groups if each.counts.expected or each.counts.predicted]
    means = [plain(groups.macro.get(name)) for name in ("precision", "recall", "f05")]
    return Table(title=title, heads=heads, rows=(*rows, ("plain mean", "", "", "", "", "", *means)))


def _group(each: Group) -> tuple[str, ...]:
    counts, found = each.counts, each.measures
    values = (each.families, each.goldens, counts.tp, counts.fp, counts.unlabelled)
    measures = (found.precision, found.recall, found.f05)
    return (each.name, *map(str, values), *(f"{number(one)} {_bracketed(one)}".strip() for one in measures))


def _bracketed(measure: Measure) -> str:
    return f"({ends(measure)})" if ends(measure) else ""


def _made(how: str) -> str:
    words = {"synthetic": "from a scripted model", "hand_edited": "from a recording that was edited by hand"}
    return words.get(how, "from nothing that could be measured")
