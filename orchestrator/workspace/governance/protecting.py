"""Tags and masks for personal data that has none, in the words and with the functions that the catalog uses already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.personal import PersonalColumn
from orchestrator.workspace.governance.protection import masking
from orchestrator.workspace.governance.tables import Table
from orchestrator.workspace.governance.tags import proposing

DEFAULT_KEY = "pii"
_POLICY, _BY_NAME = "policy ", "name: "
_NO_MASKS = frozenset({"VIEW", "METRIC_VIEW", "FOREIGN"})
"""Kinds of tables that take no mask."""
_JOBS = "jobs that read a masked column see what the function shows them: check their identity first"
_SHARED = 2
"""A function that masks this many kinds of a type is made for any kind of that type."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """The goals, and why some columns get none."""

    goals: tuple[Goal, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How the catalog tags and masks personal data now."""

    key: str
    values: Mapping[str, str]
    """from a kind to the value of its tag"""
    masks: Mapping[tuple[str, str], str]
    """from type and kind of a column to the function that masks most of them"""
    shared: Mapping[str, str]
    """from a type to the function that masks several kinds of it"""


def usage_of(found: Iterable[PersonalColumn]) -> Usage:
    """What the columns with tags and masks show."""
    columns = tuple(found)
    keys: Counter[str] = Counter()
    for item in columns:
        keys.update({tag.partition("=")[0] for tag in item.tags})
    key = keys.most_common(1)[0][0] if keys else DEFAULT_KEY
    values: dict[str, Counter[str]] = {}
    masks: dict[tuple[str, str], Counter[str]] = {}
    for item in columns:
        value = next((tag.partition("=")[2] for tag in item.tags if tag.partition("=")[0] == key), "")
        # A value is learned only where the name speaks of the kind too: a tag for health on a text with phone numbers
        # does not say how phones are tagged.
        if value and any(signal.startswith(_BY_NAME) for signal in item.signals):
            values.setdefault(item.kind, Counter())[value] += 1
        if item.mask and not item.mask.startswith(_POLICY):
            masks.setdefault((item.type, item.kind), Counter())[item.mask] += 1
    best = {pair: counted.most_common(1)[0][0] for pair, counted in masks.items()}
    return Usage(
        key=key,
        values={kind: counted.most_common(1)[0][0] for kind, counted in values.items()},
        masks=best,
        shared=_shared(best),
    )


def _shared(masks: Mapping[tuple[str, str], str]) -> dict[str, str]:
    kinds = Counter((type_, function) for (type_, _kind), function in masks.items())
    found: dict[str, str] = {}
    for (type_, function), count in kinds.most_common():
        if count >= _SHARED:
            found.setdefault(type_, function)
    return found


def protecting(
    bare: Sequence[PersonalColumn],
    now: Usage,
    tables: Mapping[str, Table],
    *,
    allowed: Collection[str] = (),
    shared: Collection[str] = (),
) -> Proposed:
    """Goals for the columns without protection: first the tags, then the masks.

    A mask is proposed only where a function of the catalog masks that kind, or several kinds, of the same type: what a
    new function should show is a decision. Tables in `shared` get none: a table with a mask cannot be shared. `allowed`
    are the values of the tag where it is governed; none allows any.

    Raises:
        WorkspaceError: a name cannot be one.
    """
    wanted = {item.column: now.values.get(item.kind, item.kind) for item in bare if not item.tags}
    refused = sorted(column for column, value in wanted.items() if allowed and value not in allowed)
    tags = [proposing("column", name, now.key, value) for name, value in wanted.items() if name not in refused]
    masks: list[Goal] = []
    without: list[str] = []
    outside: list[str] = []
    for item in bare:
        table, _, column = item.column.rpartition(".")
        function = now.masks.get((item.type, item.kind)) or now.shared.get(item.type)
        if item.mask is not None:
            continue
        if table in shared:
            outside.append(item.column)
        elif function is None or (table in tables and tables[table].kind in _NO_MASKS):
            without.append(item.column)
        else:
            masks.append(masking(table, column, function))
    notes = (*_refused(now.key, refused), *_outside(outside), *_without(without), *([_JOBS] if masks else []))
    return Proposed(goals=(*tags, *masks), notes=notes)


def _refused(key: str, columns: Sequence[str]) -> list[str]:
    why = f"no tag is proposed where the governed tag {key} allows no value for the kind"
    return [f"{why}: {_some(columns)}"] if columns else []


def _outside(columns: Sequence[str]) -> list[str]:
    why = "no mask is proposed for tables in a share, because a table with a mask cannot be shared; share a view of it"
    return [f"{why}: {_some(columns)}"] if columns else []


def _without(columns: Sequence[str]) -> list[str]:
    why = "no mask is proposed for what stands in a view, or of whose kind no function of the catalog masks a column"
    return [f"{why}: {_some(columns)}; setup-data-masking makes one"] if columns else []


def _some(columns: Sequence[str]) -> str:
    return ", ".join(columns[:5]) + (f" and {len(columns) - 5} more" if len(columns) > 5 else "")
