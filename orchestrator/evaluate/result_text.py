"""A scored run as text for people: a table by domain, then what was missed and what was wrong, case by case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestrator.evaluate.counts import CaseScore, Scored, Verdict
from orchestrator.evaluate.metrics.groups import Group, Groups
from orchestrator.evaluate.metrics.measures import Measure
from orchestrator.evaluate.metrics.of_run import RunMetrics
from orchestrator.evaluate.runlog import AGENT_HOWS, MEASURED

_HEAD = ("", "cases", "golden", "recall", "found", "precision", "false", "unlabelled", "pairs", "F0.5")
_FALSE = {
    "closed-world": "nobody labelled it, and the labels of this category are complete",
    "hard-negative": "the place looks wrong and is right",
    "still-reported": "the twin has this defect no more",
    "ungrounded": "its quote does not stand there",
}
_MACRO = (("recall", "recall"), ("precision", "precision"), ("F0.5", "f05"))
_NO_AGENTS = "agent quality: not measured (no live or hand-off recording)"


def result_text(scored: Scored, metrics: RunMetrics) -> str:
    """The result, ending with a newline; of recordings that measure nobody only what was run."""
    if scored.how not in MEASURED:
        return "\n".join(_head(scored)) + "\n"
    parts = [
        list(_head(scored)),
        _table("domain", metrics.domains, metrics.overall),
        _table("split", metrics.splits),
        _table("tier", metrics.tiers),
        list(_measures(metrics)),
        list(_cases(scored)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(scored: Scored) -> Iterator[str]:
    epochs = f", {scored.epochs} epochs" if scored.epochs > 1 else ""
    part = f", split {scored.split}" if scored.split else ""
    yield f"{scored.system} (how: {scored.how}) on {scored.suite} {scored.dataset_version}{part}{epochs}"
    yield f"scorer {scored.scorer}, taxonomy {scored.taxonomy}, dataset sha256 {scored.dataset_sha256[:12]}"
    if scored.how not in AGENT_HOWS:
        yield _NO_AGENTS
    if scored.not_measured:
        yield f"{len(scored.not_measured)} recordings could not stand for the model; their cases are left out:"
        yield from (f"  {line}" for line in scored.not_measured)


def _table(title: str, groups: Groups, whole: Group | None = None) -> list[str]:
    rows = [(title, *_HEAD[1:]), *(_row(each) for each in groups.groups)]
    if whole is not None:
        rows.append(_row(whole))
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "  ".join(cells).rstrip()


def _row(group: Group) -> tuple[str, ...]:
    counts, measures = group.counts, group.measures
    # Of a tier nobody knows which false findings are its own.
    has_false = group.has_false
    return (
        group.name,
        str(group.cases),
        str(group.goldens),
        _shown(measures.recall),
        str(counts.tp),
        _shown(measures.precision),
        str(counts.fp) if has_false else "-",
        str(counts.unlabelled) if has_false else "-",
        f"{counts.right_pairs}/{counts.pairs}",
        _shown(measures.f05),
    )


def _measures(metrics: RunMetrics) -> Iterator[str]:
    of, counts = metrics.overall.measures, metrics.overall.counts
    place, gold = metrics.localisation, metrics.grounding
    strictly = "if the unlabelled are false"
    yield f"precision         {_shown(of.precision)} {strictly}, {_shown(of.precision_labelled)} without them"
    yield f"F0.5              {_shown(of.f05)} {strictly}, {_shown(of.f05_labelled)} without them"
    yield f"weighted recall   {_shown(of.weighted_recall)}  (critical 8, high 4, medium 2, low 1)"
    macro = ", ".join(f"{name} {_number(metrics.macro_by_case[key])}" for name, key in _MACRO)
    yield f"mean over cases   {macro}"
    yield f"found by name     {counts.by_name} of {counts.tp}; the others have the category alone"
    yield f"pair accuracy     {_shown(of.pair_accuracy)}  found in the input and silent on its twin"
    yield f"TPR - FPR         {_number(metrics.owasp_index)}  mean over categories"
    rate = f"{_number(of.clean_fp.value)} ({_number(of.clean_fp.low)} to {_number(of.clean_fp.high)})"
    strict = f"{_number(of.clean_fp_strict.value)} with the {counts.clean_unlabelled} unlabelled"
    yield f"clean code        {rate} false findings by 1,000 lines, n={counts.clean_lines}; {strict}"
    yield f"severity          off by {_number(metrics.severity.mean_absolute_error)} steps, n={metrics.severity.pairs}"
    yield f"place             median gap {_number(place.median_gap)} lines, n={place.pairs}"
    yield f"quotes            {_number(gold.valid)} stand where they should, n={gold.findings}"
    yield "Intervals are of 95 %, over case families; '-' is undefined."


def _cases(scored: Scored) -> Iterator[str]:
    for score in scored.cases:
        lines = list(_case(score))
        if lines:
            epoch = f" e{score.epoch}" if scored.epochs > 1 else ""
            yield f"{score.split}/{score.family}/{score.case}{epoch}"
            yield from (f"  {line}" for line in lines)


def _case(score: CaseScore) -> Iterator[str]:
    for golden in score.goldens:
        if not golden.found:
            must = " (must be found)" if golden.must_find else ""
            yield f"missed  {golden.file}:{golden.lines[0]}  {golden.severity} {golden.kind}{must}"
    for agent in score.invalid:
        yield f"invalid  {agent}: its answer could not be used"
    yield from _said(score.verdicts, "")
    yield from _said(score.twin_verdicts, " on the twin")


def _said(verdicts: Sequence[Verdict], where: str) -> Iterator[str]:
    for verdict in verdicts:
        said = verdict.prediction
        place = f"{said.path}:{said.lines[0]}  {said.rule}"
        if verdict.is_false:
            yield f"false{where}  {place}: {_FALSE[verdict.false_by or 'ungrounded']}"
        elif verdict.outcome in {"unlabelled", "duplicate"}:
            yield f"{verdict.outcome}{where}  {place}"


def _shown(measure: Measure) -> str:
    if measure.value is None:
        return "-"
    if measure.low is None or measure.high is None:
        return f"{measure.value:.2f}"
    return f"{measure.value:.2f} ({measure.low:.2f} to {measure.high:.2f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
