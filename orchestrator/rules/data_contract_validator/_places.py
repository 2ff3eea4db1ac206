"""Where a report points when something is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlMap
    from orchestrator.types import Change, Location


def changed_place(change: Change, source: SourceFile, node: YamlMap, key: str) -> Location:
    """The place of the key if the change touches it, else the first line of the map that it touches."""
    place = node.key_location(key)
    changed = change.lines.get(source.path, frozenset())
    if place.start_line in changed and key in node:
        return place
    inside = [line for line in sorted(changed) if node.start_line <= line <= max(node.end_line, node.start_line)]
    return source.location(min(inside[0], len(source.lines))) if inside else place
