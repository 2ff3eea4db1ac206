"""Which declarations of a bundle are lost or refused: keys written twice, resources that share one, includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.yaml import YamlList, YamlMap
from orchestrator.rules.bundle_validator._references import Broken

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.yaml import YamlNode, YamlScalar


def written_twice(bundle: Bundle) -> Iterator[Broken]:
    """Keys that one map of a file holds twice, so that the earlier value is lost."""
    for file in bundle.files:
        waiting: list[YamlNode] = [file.root]
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if id(node) in seen or not isinstance(node, YamlMap | YamlList):
                continue
            seen.add(id(node))
            if isinstance(node, YamlList):
                waiting.extend(node.elements)
                continue
            waiting.extend(entry.value for entry in node.entries.values())
            for key in node.duplicates:
                yield Broken(
                    key.location, f"`{key.text}` is written twice in one map; the earlier value is lost", key.text
                )


def declared_twice(bundle: Bundle) -> Iterator[Broken]:
    """Resources that share a key; the CLI wants keys that differ across files and across kinds."""
    for twin in bundle.duplicates:
        first = f"{twin.first.path}:{twin.first.start_line}"
        lost = "only this one counts" if twin.first.path == twin.second.path else "the CLI refuses to deploy"
        yield Broken(twin.second, f"`{twin.kind}.{twin.key}` is declared at {first} already; {lost}", twin.key)
    first_of: dict[str, tuple[str, YamlScalar]] = {}
    for kind, key in _keys(bundle):
        before, other = first_of.setdefault(key.text, (kind, key))
        if before != kind:
            place = f"{other.source.path}:{other.start_line}"
            message = f"`{kind}.{key.text}` has the key of `{before}.{key.text}` ({place}); the CLI refuses to deploy"
            yield Broken(key.location, message, key.text)


def _keys(bundle: Bundle) -> Iterator[tuple[str, YamlScalar]]:
    for file in bundle.files:
        resources = file.root.map("resources")
        for kind, section in resources.items() if resources else ():
            if isinstance(section, YamlMap):
                yield from ((kind, entry.key) for entry in section.entries.values())


def included(bundle: Bundle, *, has_submodules: bool) -> Iterator[Broken]:
    """Includes that name no file, or that stand where the CLI does not look."""
    for missing in bundle.missing_includes if not has_submodules else ():
        yield Broken(missing.location, f"`include` names `{missing.pattern}`, and there is no such file", "include")
    section = bundle.root.map("bundle")
    if section is not None and isinstance(section.get("include"), YamlList) and "include" not in bundle.root:
        message = (
            "`include` stands under `bundle`, where the CLI ignores it: none of these files is deployed; outdent it"
        )
        yield Broken(section.key_location("include"), message, "include")
