"""What a project puts into shares: by ALTER SHARE, and through the SDK."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.code.personal import personal_kind
from orchestrator.code.python import as_call
from orchestrator.code.sql import CreateTable, Share
from orchestrator.code.tables import Use, name_parts, normalised

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

_RAW: Final = re.compile(r"(?:^|_)(?:raw|bronze|landing|staging|stg|ingest)(?:_|$)")
_SDK: Final = "SharedDataObject"


class Shared(NamedTuple):
    """One object that is added to a share: its name, its kind in upper case, and where."""

    name: str
    kind: str
    location: Location
    partitioned: bool = False


def shared_by_sql(unit: SqlUnit) -> Iterator[Shared]:
    """The objects that the ALTER SHARE statements of a unit add."""
    if "share" not in unit.template.text.lower():
        return
    for statement in unit.statements:
        details = statement.details if statement.kind == "ALTER SHARE" else None
        if isinstance(details, Share) and details.action == "add" and details.object is not None:
            name = normalised(unit.template.source_of(details.object.start, details.object.end))
            place = unit.location(details.object.start, details.object.end)
            yield Shared(name, details.object_type, place, partitioned=details.partitioned)


def shared_by_sdk(facts: Facts) -> Iterator[Shared]:
    """The objects that Python hands to a share."""
    for file in facts.project.python:
        if _SDK not in file.source.text:
            continue
        for call in file.calls_named(_SDK):
            name = file.pattern(call.argument(0, "name"))
            kind = file.text(given) if (given := call.argument(-1, "data_object_type")) is not None else "TABLE"
            if name and not _is_removed(file, call):
                filtered = call.argument(-1, "partitions") is not None
                place = file.call_location(call)
                yield Shared(
                    normalised(name), kind.rpartition(".")[2].strip("'\"").upper(), place, partitioned=filtered
                )


def _is_removed(file: PythonFile, call: Call) -> bool:
    """Whether the object stands in an update that takes it out of the share."""
    parent = file.parent(call.node)
    update = as_call(file.parent(parent)) if isinstance(parent, ast.keyword) else as_call(parent)
    action = update.argument(0, "action") if update is not None else None
    return action is not None and "REMOVE" in file.text(action)


def raw_part(shared: Shared) -> str | None:
    """The part of the name that says raw data: the schema or the start of the table; no catalog."""
    parts = [part for part in name_parts(shared.name) if "{" not in part]
    own = parts[-1:] if shared.kind == "SCHEMA" else parts[-2:]
    return next((part for part in own if _RAW.search(part)), None)


def declared_tables(facts: Facts) -> dict[tuple[str, ...], list[CreateTable]]:
    """The tables that the project declares, by the last two parts of their names."""
    found: dict[tuple[str, ...], list[CreateTable]] = defaultdict(list)
    for use in facts.tables.uses:
        details = use.statement.details if use.use is Use.DECLARE and use.statement is not None else None
        if isinstance(details, CreateTable):
            found[name_parts(use.name)[-2:]].append(details)
    return found


def personal_columns(declared: dict[tuple[str, ...], list[CreateTable]], shared: Shared) -> tuple[str, ...]:
    """The columns of a shared table that hold personal data in the clear, by its one declaration in the project."""
    found = declared.get(name_parts(shared.name)[-2:], []) if shared.kind == "TABLE" else []
    if len(found) != 1 or found[0].form != "table" or found[0].row_filter is not None:
        return ()
    return tuple(each.name for each in found[0].columns if each.mask is None and personal_kind(each.name))
