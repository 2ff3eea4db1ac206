"""Suggestions that a person may commit with one click: each was applied, parsed and seen to silence its rule before.

A suggestion replaces whole lines, so it also has to lie within one hunk, and must not show what a report masks.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from orchestrator.code.reading import Files
from orchestrator.code.shown import shown_lines
from orchestrator.code.source import SourceFile
from orchestrator.code.visible import ACTING
from orchestrator.github.diff.files import Place, PullDiff
from orchestrator.github.placing import Inline, Tree
from orchestrator.rules.catalog import RulePage
from orchestrator.types import Edit, Fix
from orchestrator.workflows.edits import apply_fixes, encoded, is_rewritable, still_parses
from orchestrator.workflows.request import Request, Reviewed, silent
from orchestrator.workflows.review import review_files
from orchestrator.workflows.selection import selected_pages

MAX_LINES = 30
"""Lines that a suggestion replaces, or puts in their place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """A comment, at the lines that its suggestion replaces; an empty suggestion deletes them."""

    inline: Inline
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """Proves the fixes of a review, one by one, each against the file that it changes and the YAML around it."""

    request: Request
    reviewed: Reviewed
    diff: PullDiff
    tree: Tree

    def suggested(self, inline: Inline) -> Suggested | None:
        """The comment with its suggestion, or None where no fix of it is proven."""
        finding = inline.finding
        source = self.reviewed.sources.get(finding.location.path)
        if finding.fix is None or source is None or source.newline != "\n" or not is_rewritable(source):
            return None
        lines = _touched(finding.fix, finding.location.path, inline.place)
        if lines is None or len(lines) > MAX_LINES:
            return None
        place = self.diff.place(inline.path, lines[0], lines[-1], source.lines)
        if not isinstance(place, Place) or place.said or not _is_plain(source, lines):
            return None
        text, _ = apply_fixes(source, [finding.fix])
        suggestion = _replacement(source, text, lines)
        if suggestion is None or not still_parses(source, text) or not self._silences(source, text, finding.rule):
            return None
        return Suggested(inline=replace(inline, place=place), suggestion=suggestion)

    def _silences(self, source: SourceFile, text: str, rule: str) -> bool:
        """Whether the rule reports less in the changed file, and no rule more."""
        digest = sha256(encoded(source, text)).hexdigest()
        changed = SourceFile(path=source.path, text=text, digest=digest, bom=source.bom)
        before, after = self._before(source), self._reported(changed)
        return before[rule] > after[rule] and all(after[each] <= before[each] for each in after)

    def _before(self, source: SourceFile) -> Counter[str]:
        """What is reported of a file as it is, asked once for all its fixes."""
        if source.path not in self._known:
            self._known[source.path] = self._reported(source)
        return self._known[source.path]

    @cached_property
    def _known(self) -> dict[str, Counter[str]]:
        return {}

    def _reported(self, source: SourceFile) -> Counter[str]:
        sources = {**self._context, source.path: source}
        files = Files(
            root=self.reviewed.root,
            sources=tuple(sources[path] for path in sorted(sources)),
            ledger=(),
            others=frozenset(self.reviewed.sources) - frozenset(sources),
            context_only=frozenset(sources) - {source.path},
        )
        request = replace(self.request, jobs=1, base=None)
        again = review_files(request, files, self._pages, change=None, started=time.perf_counter(), progress=silent)
        return Counter(each.rule for each in again.review.reported if each.location.path == source.path)

    @cached_property
    def _pages(self) -> tuple[RulePage, ...]:
        return selected_pages(self.request.selection)

    @cached_property
    def _context(self) -> Mapping[str, SourceFile]:
        found = self.reviewed.sources.items()
        return {path: source for path, source in found if path.endswith((".yml", ".yaml"))}


def _touched(fix: Fix, path: str, place: Place) -> range | None:
    """The lines of the comment and of all edits, without a gap; None where an edit is of another file."""
    if not fix.edits or any(edit.path != path for edit in fix.edits):
        return None
    first = min(place.start_line or place.line, *(edit.start_line for edit in fix.edits))
    return range(first, max(place.line, *(_last(edit) for edit in fix.edits)) + 1)


def _last(edit: Edit) -> int:
    """The last line that an edit changes: one that ends before the first column of a line leaves that line alone."""
    ends_before = edit.end_column == 1 and edit.end_line > edit.start_line
    return edit.end_line - 1 if ends_before else edit.end_line


def _is_plain(source: SourceFile, lines: range) -> bool:
    """Whether the lines hold nothing that reports mask or spell out."""
    return all(line.raw == line.masked for line in shown_lines(source) if line.number in lines)


def _replacement(source: SourceFile, text: str, lines: range) -> str | None:
    """What the lines become; None where the text differs elsewhere too, or the lines are not to be shown."""
    after = text.split("\n")
    behind = len(source.lines) - lines[-1]
    new = after[lines[0] - 1 : len(after) - behind]
    whole = (*source.lines[: lines[0] - 1], *new, *source.lines[lines[-1] :])
    # A single empty line and no line at all would be written alike.
    if whole != tuple(after) or new == [""] or len(new) > MAX_LINES or ACTING.search("\n".join(new)):
        return None
    return "\n".join(new)
