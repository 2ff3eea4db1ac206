"""A scored run as an MLflow run: parameters, metrics, tags, a table of the cases, and a trace of each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, JsonValue

from orchestrator.evaluate.exports.figures import facts, numbers
from orchestrator.evaluate.exports.items import CaseItems, Item, Standing, case_items
from orchestrator.report.json_text import json_text

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

_COLUMNS = ("case", "epoch", "split", "family", "domain", "tier", "kind", "goldens", "found", "missed", "false",
            "duplicate", "unlabelled", "missed goldens", "false findings")  # fmt: skip


class Feedback(BaseModel):
    """One verdict of the scorer on a case: a count, and what it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    value: int
    rationale: str


class CaseTrace(BaseModel):
    """A case as a trace: what was reviewed, what was said, what was expected, and what the scorer says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    inputs: dict[str, JsonValue]
    outputs: list[JsonValue]
    expectations: dict[str, JsonValue]
    feedback: tuple[Feedback, ...]


class Document(BaseModel):
    """What is logged, as data; `table` has columns and rows as pandas splits a frame."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    experiment: str
    run_name: str
    scorer: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    table: dict[str, list[JsonValue]]
    traces: tuple[CaseTrace, ...]


def render(report: Report) -> str:
    """The run as JSON, which `mlflow_client.log_run` takes."""
    return json_text(document(report).model_dump(mode="json"))


def document(report: Report) -> Document:
    """The run as data."""
    scored, known, cases = report.scored, facts(report), case_items(report)
    rows: list[JsonValue] = [_row(case) for case in cases]
    return Document(
        experiment=scored.suite,
        run_name=f"{scored.system} on {scored.suite} {scored.dataset_version}",
        scorer=scored.scorer,
        params={name: known[name] for name in ("suite", "dataset version", "system", "split", "epochs")},
        metrics=numbers(report),
        tags={f"orchestrate.{name.replace(' ', '_')}": text for name, text in known.items()},
        table={"columns": list(_COLUMNS), "data": rows},
        traces=tuple(map(_trace, cases)),
    )


def _row(case: CaseItems) -> JsonValue:
    spec, score = case.case.spec, case.score
    missed = [item.result.kind for item in case.items if item.standing is Standing.MISSED and item.result]
    false = [item.said.rule for item in case.items if item.standing is Standing.FALSE and item.said]
    return [
        score.case, score.epoch, score.split, score.family, spec.domain, spec.tier, spec.kind, len(score.goldens),
        case.counted(Standing.FOUND), len(missed), len(false), case.counted(Standing.DUPLICATE),
        case.counted(Standing.UNLABELLED), ", ".join(missed), ", ".join(false),
    ]  # fmt: skip


def _trace(case: CaseItems) -> CaseTrace:
    said = [item for item in case.items if item.said is not None and item.variant == "input"]
    goldens = [item for item in case.items if item.result is not None]
    return CaseTrace(
        name=case.name,
        inputs={"title": case.case.spec.title, "files": list(case.case.texts)},
        outputs=[_said(item) for item in said],
        expectations={item.result.id: _expected(item) for item in goldens if item.result is not None},
        feedback=tuple(
            Feedback(name=standing.value, value=case.counted(standing), rationale=_rationale(case, standing))
            for standing in (Standing.FOUND, Standing.MISSED, Standing.FALSE, Standing.UNLABELLED)
        ),
    )


def _expected(item: Item) -> JsonValue:
    kind = item.result.kind if item.result is not None else ""
    return {"kind": kind, "severity": item.severity.value, "place": _place(item)}


def _said(item: Item) -> JsonValue:
    said = item.said
    if said is None:
        return None
    return {"rule": said.rule, "message": said.message, "place": _place(item), "outcome": item.standing.value}


def _rationale(case: CaseItems, standing: Standing) -> str:
    return "\n".join(
        f"{item.variant}: {_place(item)}: {item.result.kind if item.result else item.said.rule if item.said else ''}"
        for item in case.items
        if item.standing is standing
    )


def _place(item: Item) -> str:
    return f"{item.file}:{item.lines[0]}"
