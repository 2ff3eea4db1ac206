"""A scored run and its measures as JSON: the same run gives the same bytes on every machine."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

from pydantic import JsonValue

from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.metrics.of_run import RunMetrics

DIGITS = 6


def result_json(scored: Scored, metrics: RunMetrics) -> str:
    """The result, ending with a newline; undefined is null, and floating-point numbers have six digits."""
    head = {field.name: plain(getattr(scored, field.name)) for field in fields(scored) if field.name != "cases"}
    whole: JsonValue = {**head, "metrics": plain(metrics), "cases": plain(scored.cases)}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def plain(value: object) -> JsonValue:
    """A value of ours as JSON."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if value is None or isinstance(value, str | int):
        return value
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} is no part of a result")
