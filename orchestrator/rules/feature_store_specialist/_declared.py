"""The feature tables that a project declares, and which of them are time series."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.tables import Use, normalised

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

_TIME_ARGUMENTS = ("timeseries_columns", "timeseries_column", "timestamp_keys")
_TIME_IN_SQL = re.compile(r"\bTIMESERIES\b", re.IGNORECASE)
_KEY_IN_SQL = re.compile(r"\bPRIMARY\s+KEY\b", re.IGNORECASE)


def declared_with_time(facts: Facts) -> dict[str, bool]:
    """Whether each declared feature table has a time series column; a table that is declared both ways is left out."""
    found: dict[str, set[bool]] = defaultdict(set)
    for name, with_time in (*_in_python(facts), *_in_sql(facts)):
        found[name].add(with_time)
    return {name: ways.pop() for name, ways in found.items() if len(ways) == 1}


def _in_python(facts: Facts) -> Iterator[tuple[str, bool]]:
    for file in facts.project.python:
        if "primary_keys" not in file.source.text:
            continue
        for call in file.calls_named("create_table"):
            name = file.pattern(call.argument(0, "name"))
            keys = {keyword.arg for keyword in call.node.keywords}
            if name and "primary_keys" in keys and not call.unpacks:
                yield normalised(name), any(key in keys for key in _TIME_ARGUMENTS)


def _in_sql(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Tables with a primary key in their CREATE; a key that is added later may make any of them a time series."""
    later = {normalised(name) for name in _added_keys(facts)}
    for use in facts.tables.uses:
        if use.use is not Use.DECLARE or use.statement is None:
            continue
        text = use.statement.text
        if _KEY_IN_SQL.search(text) and use.name not in later:
            yield use.name, _TIME_IN_SQL.search(text) is not None


def _added_keys(facts: Facts) -> Iterator[str]:
    added = re.compile(r"ALTER\s+TABLE\s+([\w.`{}]+)\s+ADD\s+CONSTRAINT", re.IGNORECASE)
    for source in facts.project.sources:
        if "PRIMARY KEY" in source.text:
            yield from added.findall(source.text)
