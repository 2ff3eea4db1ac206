"""Where a report points when something is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlMap
    from orchestrator.types import Change, Location


def changed_place(change: Change, source: SourceFile, node: YamlMap, key: str, was: int) -> Location:
    """The place of the key if the change touches it, else the line of the map nearest to where it was."""
    place = node.key_location(key)
    changed = change.lines.get(source.path, frozenset())
    if place.start_line in changed and key in node:
        return place
    inside = [line for line in sorted(changed) if node.start_line <= line <= max(node.end_line, node.start_line)]
    nearest = min(inside, key=lambda line: abs(line - was), default=None)
    return source.location(min(nearest, len(source.lines))) if nearest is not None else place
