"""From a path that a bundle writes to the file of the project that it means."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.code.bundle.include import anchored, beneath, has_wildcard, matching
from orchestrator.code.bundle.model import CodePath

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from orchestrator.code.yaml import YamlMap, YamlScalar

NOTEBOOK_SUFFIXES: Final = (".py", ".sql", ".ipynb", ".r", ".scala")
_SYNCED_ROOT = "${workspace.file_path}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files of the project, also in order, and where the bundle's root is ("" for the project's own root)."""

    known: AbstractSet[str]
    ordered: tuple[str, ...]
    root_dir: str

    def code(self, node: YamlScalar | None, owner: YamlMap, *, from_git: bool = False) -> CodePath | None:
        """What the path means, read from the file that writes it, else from the file that declares its owner.

        A path into a git source is looked for from the project's root and never called missing.
        """
        if node is None:
            return None
        text = node.text
        if from_git:
            return self._found(node, [anchored("", text)], missing=False)
        if text.startswith(_SYNCED_ROOT):
            return self._found(node, [anchored(self.root_dir, text.removeprefix(_SYNCED_ROOT))], missing=False)
        if not is_local(text) or node.has_hole:
            return CodePath(raw=text, path=None, missing=False, node=node)
        places = [anchored(posixpath.dirname(source.path), text) for source in (node.source, owner.source)]
        return self._found(node, places, missing=None not in places)

    def files(self, code: CodePath) -> tuple[str, ...]:
        """The files that a pipeline's path means: one file, a folder's files or what a pattern matches."""
        if code.path is not None:
            return (code.path,)
        if code.node.has_hole or not is_local(code.raw):
            return ()
        place = anchored(posixpath.dirname(code.node.source.path), code.raw)
        if place is None:
            return ()
        folder, _, last = place.rpartition("/")
        if last == "**":
            return self._in_folder(folder)
        if "**" in place:
            folder = place[: place.index("**")].rstrip("/")
            return tuple(path for path in self._in_folder(folder) if path.endswith(last.lstrip("*")))
        return matching(place, self.ordered) if has_wildcard(place) else beneath(place, self.ordered)

    def _in_folder(self, folder: str) -> tuple[str, ...]:
        if has_wildcard(folder):
            return ()
        return beneath(folder, self.ordered)

    def _found(self, node: YamlScalar, places: list[str | None], *, missing: bool) -> CodePath:
        for place in places:
            candidates = (place, *(f"{place}{suffix}" for suffix in NOTEBOOK_SUFFIXES)) if place else ()
            found = next((candidate for candidate in candidates if candidate in self.known), None)
            if found is not None:
                return CodePath(raw=node.text, path=found, missing=False, node=node)
        absent = missing and not has_wildcard(node.text) and not any(self._is_folder(place) for place in places)
        return CodePath(raw=node.text, path=None, missing=absent, node=node)

    def _is_folder(self, place: str | None) -> bool:
        return place is not None and bool(beneath(place, self.ordered))


def is_local(text: str) -> bool:
    """Whether the text is a relative path rather than one of the workspace, a volume or a store."""
    return bool(text) and not text.startswith(("/", "dbfs:", "~", "${")) and "://" not in text
