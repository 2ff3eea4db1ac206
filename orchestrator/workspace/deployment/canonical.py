"""Settings of a job or pipeline as lines in a fixed order: what a person compares, and what can be written back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

Settings = dict[str, JsonValue]
Lines = tuple[str, ...]
_KEYS: Mapping[str, str] = {
    "tasks": "task_key", "job_clusters": "job_cluster_key", "environments": "environment_key", "parameters": "name",
    "clusters": "label",
}  # fmt: skip
"""Lists whose elements have a name, by which they are compared whatever their order."""
_GIVEN: Mapping[str, JsonValue] = {
    "format": "MULTI_TASK", "max_concurrent_runs": 1, "run_if": "ALL_SUCCESS", "source": "WORKSPACE",
    "edit_mode": "EDITABLE", "channel": "CURRENT", "edition": "ADVANCED", "pipeline_type": "WORKSPACE",
    "queue": {"enabled": True}, "pause_status": "UNPAUSED",
}  # fmt: skip
"""What the platform fills in where nothing is said."""
_OWN = frozenset({
    "budget_policy_id", "deployment", "effective_budget_policy_id", "id", "performance_target", "storage",
    "usage_policy_id",
})  # fmt: skip
"""What the platform sets by its own rules and shows beside the settings that were given."""
_LINE = re.compile(r"(?P<name>[^\[\]:]+)(?:\[(?P<key>.*?)\])?: (?P<value>.*)", re.DOTALL)


def lines(settings: Mapping[str, JsonValue]) -> Lines:
    """The settings, a line each, a task or cluster a line of its own; what is empty is left out."""
    return tuple(line for name in sorted(settings) for line in _lines(name, settings[name]))


def _lines(name: str, value: JsonValue) -> Iterator[str]:
    if value in (None, {}, []):
        return
    key = _KEYS.get(name)
    named = _named(value, key) if key else None
    if named is None:
        yield f"{name}: {_json(value)}"
        return
    for each in sorted(named):
        yield f"{name}[{each}]: {_json(named[each])}"


def settings_of(state: Lines) -> Settings:
    """The settings that the lines state."""
    found: Settings = {}
    for line in state:
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        value: JsonValue = json.loads(match["value"])
        if match["key"] is None:
            found[match["name"]] = value
            continue
        elements = found.setdefault(match["name"], [])
        if isinstance(elements, list):
            elements.append(value)
    return found


def covers(live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]) -> bool:
    """Whether the live settings are the wanted ones, but for what the platform fills in by itself."""
    return _has(live, wanted, strict=True)


def _has(live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue], *, strict: bool) -> bool:
    """Whether every wanted value is there; `strict`, and nothing besides that somebody must have set."""
    kept = {name: value for name, value in wanted.items() if value not in (None, {}, [])}
    if strict and not all(_is_given(name, value) for name, value in live.items() if name not in kept):
        return False
    return all(
        _same(name, live[name], value) if name in live else _is_given(name, value) for name, value in kept.items()
    )


def _same(name: str, live: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(wanted, dict):
        return isinstance(live, dict) and _has(live, wanted, strict=False)
    if not isinstance(wanted, list):
        return live == wanted or (not isinstance(live, dict | list) and _word(live) == _word(wanted))
    if not isinstance(live, list) or len(live) != len(wanted):
        return False
    key = _KEYS.get(name)
    ours, theirs = (_named(wanted, key), _named(live, key)) if key else (None, None)
    if ours is None or theirs is None:
        return all(_same("", one, other) for one, other in zip(live, wanted, strict=True))
    return ours.keys() == theirs.keys() and all(_element(theirs[each], ours[each]) for each in ours)


def _element(live: JsonValue, wanted: JsonValue) -> bool:
    """Whether a task or cluster is as wanted, with nothing besides that somebody must have set."""
    return isinstance(live, dict) and isinstance(wanted, dict) and _has(live, wanted, strict=True)


def _is_given(name: str, value: JsonValue) -> bool:
    """Whether the platform may have filled this in by itself."""
    if name in _OWN or not value or _GIVEN.get(name) == value:
        return True
    return isinstance(value, dict) and all(_is_given(key, inner) for key, inner in value.items())


def _named(value: JsonValue, key: str) -> dict[str, JsonValue] | None:
    """The elements of a list by name; None where one has none or two have the same."""
    if not isinstance(value, list):
        return None
    names = [str(each.get(key, "default" if key == "label" else "")) for each in value if isinstance(each, dict)]
    unique = len(set(names)) == len(value) and all(names) and not any("]" in name for name in names)
    return dict(zip(names, value, strict=True)) if unique else None


def _word(value: JsonValue) -> str:
    """A scalar as it is compared: files write `"3"` where the interface answers 3."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
