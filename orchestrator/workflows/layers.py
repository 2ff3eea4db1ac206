"""The medallion layer of a file: by its path, or by the tables it writes."""

from __future__ import annotations

import re

from orchestrator.code.facts import Facts
from orchestrator.code.tables import TableUse, Use

LAYERS = ("bronze", "silver", "gold")
_ALIASES = {"bronze": ("bronze", "raw"), "silver": ("silver",), "gold": ("gold", "mart", "marts")}


def files_in_layer(facts: Facts, layer: str) -> frozenset[str]:
    """The paths whose name, or one of whose written tables, mentions the layer."""
    by_name = {source.path for source in facts.project.sources if _mentions(source.path, layer)}
    by_table = {use.location.path for use in facts.tables.uses if _writes_layer(use, layer)}
    return frozenset(by_name | by_table)


def _writes_layer(use: TableUse, layer: str) -> bool:
    return (use.use.writes or use.use is Use.DECLARE) and _mentions(use.name, layer)


def _mentions(text: str, layer: str) -> bool:
    words = set(re.split(r"[^a-z0-9]+", text.lower()))
    return not words.isdisjoint(_ALIASES[layer])
