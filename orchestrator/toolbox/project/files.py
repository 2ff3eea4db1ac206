"""The project's files as its tools see them: by name, as shown lines; nothing here opens a file."""

from __future__ import annotations

import difflib
import fnmatch
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from orchestrator.code.secrets import masked
from orchestrator.code.shown import ShownLine, shown_lines
from orchestrator.code.source import SourceFile
from orchestrator.code.visible import visible

_SHOWN_NAME = 300
_NEAR = 3
_COMPARED = 2_000


class NotFoundError(ValueError):
    """What a tool was asked for is not there, or is not asked for in this way; one sentence for the model."""


def shown_name(path: str) -> str:
    """A path on one line, with nothing in it that acts or is secret; a name is text of the project as well."""
    return visible(masked(path)).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


@dataclass(frozen=True, kw_only=True)
class ProjectFiles:
    """The files that were read, and the paths of those that were not."""

    sources: tuple[SourceFile, ...]
    others: frozenset[str] = frozenset()
    _lines: dict[str, tuple[ShownLine, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _by_name(self) -> dict[str, SourceFile]:
        """The files by their names as shown, by those on disk, and with letters and accents joined, as models do."""
        shown = {shown_name(source.path): source for source in self.sources}
        composed = {unicodedata.normalize("NFC", name): source for name, source in shown.items()}
        return composed | {source.path: source for source in self.sources} | shown

    def lines(self, source: SourceFile) -> tuple[ShownLine, ...]:
        """The file's lines as a model is shown them, made once."""
        found = self._lines.get(source.path)
        if found is None:
            found = self._lines[source.path] = shown_lines(source)
        return found

    def file(self, path: str) -> SourceFile:
        """The file of that path.

        Raises:
            NotFoundError: there is none, it was not read, or the path leads elsewhere.
        """
        plain = path.removeprefix("./")
        found = self._by_name.get(plain)
        if found is not None:
            return found
        raise NotFoundError(f"{shown_name(path)[:_SHOWN_NAME]!r} {self._reason(plain)}")

    def matching(self, glob: str | None) -> tuple[SourceFile, ...]:
        """The files whose path a glob matches, in order of their paths; all without one.

        Raises:
            NotFoundError: none does.
        """
        names = frozenset(_matching((source.path for source in self.sources), glob))
        found = tuple(source for source in self.sources if source.path in names)
        if not found:
            raise NotFoundError(
                f"no file that was read matches {shown_name(glob or '')[:_SHOWN_NAME]!r}; list_files without a glob "
                "lists them all"
            )
        return tuple(sorted(found, key=lambda source: source.path))

    def unread(self, glob: str | None) -> tuple[str, ...]:
        """The paths that a glob matches and that were not read, in order."""
        return tuple(sorted(_matching(self.others, glob)))

    def _reason(self, path: str) -> str:
        if path in self.others:
            return "is in the project but was not read (binary, too large, or no kind that is reviewed)"
        if path.startswith(("/", "~", "\\")) or path[1:3] in {":\\", ":/"}:
            return "is outside the project; give a path as list_files gives it, relative to the project's root"
        if ".." in path.replace("\\", "/").split("/"):
            return "has '..' in it; give a path as list_files gives it, from the project's root"
        meant = " or ".join(repr(shown_name(name)) for name in self._near(path))
        return f"is no file of the project; did you mean {meant}?" if meant else "is no file of the project"

    def _near(self, path: str) -> tuple[str, ...]:
        """Paths that may have been meant: the same name in another folder, else what is written nearly alike."""
        name = path.rpartition("/")[2]
        paths = [source.path for source in self.sources]
        same = [each for each in paths if name and each.rpartition("/")[2] == name]
        return tuple(
            same[:_NEAR] or difflib.get_close_matches(path[:_SHOWN_NAME], paths[:_COMPARED], n=_NEAR, cutoff=0.7)
        )


def _matching(paths: Iterable[str], glob: str | None) -> Iterator[str]:
    """The paths that a glob matches: `*` also crosses folders, `**/` may be nothing, a folder means all below it."""
    if glob is None or not glob.strip("./"):
        yield from paths
        return
    plain = glob.removeprefix("./").rstrip("/")
    patterns = {plain, plain.replace("**/", ""), f"{plain}/*"}
    for path in paths:
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
            yield path
