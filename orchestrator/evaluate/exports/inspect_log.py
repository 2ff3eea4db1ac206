"""A scored run as an inspect_ai log (schema 2, JSON), which `inspect view` opens and its dataframes read."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import JsonValue

from orchestrator.evaluate.exports.figures import facts, numbers
from orchestrator.evaluate.exports.items import CaseItems, Item, Standing, case_items
from orchestrator.report.json_text import json_text

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

_SCORER = "score_v1"
_NO_CLOCK = "1970-01-01T00:00:00+00:00"
"""A scored run holds no clock: equal runs are equal bytes."""
_COUNTED = ("tp", "fp", "fn", "duplicates", "unlabelled", "neutral")


def render(report: Report) -> str:
    """The log: a sample for each case and epoch, with what was expected, what was said and its counts."""
    scored, cases = report.scored, case_items(report)
    parts = (scored.suite, scored.dataset_sha256, scored.system, scored.scorer, str(scored.split))
    name = sha256(repr(parts).encode()).hexdigest()
    return json_text(
        {
            "version": 2,
            "status": "success",
            "eval": _spec(report, cases, name),
            "plan": _plan(scored.system),
            "results": _results(report, cases),
            "stats": {"started_at": "", "completed_at": ""},
            "samples": [_sample(case, scored.system) for case in cases],
        }
    )


def _plan(system: str) -> JsonValue:
    return {"name": "plan", "steps": [{"solver": system}]}


def _spec(report: Report, cases: tuple[CaseItems, ...], name: str) -> JsonValue:
    scored = report.scored
    ids: list[JsonValue] = list(dict.fromkeys(case.score.case for case in cases))
    return {
        "eval_id": name[:22],
        "run_id": name[22:44],
        "task_id": name[44:64],
        "created": _NO_CLOCK,
        "task": scored.suite,
        "task_version": scored.dataset_version,
        "task_attribs": {},
        "task_args": {},
        "dataset": {"name": scored.suite, "samples": len(ids), "sample_ids": ids, "shuffled": False},
        "model": scored.system,
        "model_args": {},
        "config": {"epochs": scored.epochs},
        "packages": {},
        "scorers": [{"name": _SCORER}],
        "metadata": dict(facts(report)),
    }


def _results(report: Report, cases: tuple[CaseItems, ...]) -> JsonValue:
    missing = report.scored.not_measured
    metrics: dict[str, JsonValue] = {
        name: {"name": name, "value": value, "params": {}} for name, value in numbers(report).items()
    }
    return {
        "total_samples": len(cases) + len(missing),
        "completed_samples": len(cases),
        "scores": [{"name": _SCORER, "scorer": _SCORER, "params": {}, "metrics": metrics}],
        "metadata": {"not_measured": list(missing)},
    }


def _sample(case: CaseItems, system: str) -> JsonValue:
    spec = case.case.spec
    files = [f"# {path}\n{text}" for path, text in case.case.texts.items()]
    said = [_told(item) for item in case.items if item.verdict is not None and item.variant == "input"]
    return {
        "id": case.score.case,
        "epoch": case.score.epoch,
        "input": f"{spec.title}\n\n" + "\n\n".join(files),
        "target": [_wanted(item) for item in case.items if item.result is not None],
        "files": list(case.case.texts),
        "messages": [],
        "output": _output(system, "\n".join(said)),
        "scores": {_SCORER: _score(case)},
        "metadata": {
            "split": case.score.split,
            "family": case.score.family,
            "domain": spec.domain,
            "tier": spec.tier,
            "kind": spec.kind,
            "origin": spec.origin.kind,
        },
        "store": {},
        "events": [],
        "model_usage": {},
        "attachments": {},
    }


def _output(model: str, text: str) -> JsonValue:
    message: JsonValue = {"role": "assistant", "content": text, "source": "generate"}
    return {"model": model, "choices": [{"message": message, "stop_reason": "stop"}], "completion": text}


def _score(case: CaseItems) -> JsonValue:
    counts = case.score.counts
    missed = [_wanted(item) for item in case.items if item.standing is Standing.MISSED]
    false = [_told(item) for item in case.items if item.standing is Standing.FALSE]
    parts = ["\n".join(["Missed:", *missed])] if missed else []
    parts += ["\n".join(["False:", *false])] if false else []
    return {
        "value": {name: getattr(counts, name) for name in _COUNTED},
        "answer": f"{counts.tp} of {counts.expected} found, {counts.fp} false",
        "explanation": "\n\n".join(parts),
        "metadata": {},
        "history": [],
    }


def _wanted(item: Item) -> str:
    named = f"{item.result.id} {item.result.kind}" if item.result is not None else ""
    return f"{item.file}:{item.lines[0]}: {named} ({item.severity})"


def _told(item: Item) -> str:
    said = item.said
    if said is None:
        return ""
    return f"{said.path}:{said.lines[0]}: {said.rule}: {said.message} [{item.standing}]"
