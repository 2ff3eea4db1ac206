"""`--fix`: applies the safe fixes, proves that each file still parses and its rules fall silent, then writes."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from orchestrator.code.diff import changed_lines
from orchestrator.code.reading import Files, read_project
from orchestrator.code.source import SourceFile
from orchestrator.types import Finding, Fix
from orchestrator.workflows.edits import apply_fixes, encoded, is_rewritable, still_parses
from orchestrator.workflows.request import Request, silent
from orchestrator.workflows.review import review_files
from orchestrator.workflows.selection import selected_pages


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """What was done: the changed paths with the number of fixes in each, and the paths left alone with the reason."""

    changed: dict[str, int]
    left: dict[str, str]

    @property
    def lines(self) -> tuple[str, ...]:
        """One sentence for each path, and one when there was nothing to do."""
        done = [f"fixed {count} in {path}" for path, count in sorted(self.changed.items())]
        kept = [f"left {path} alone: {reason}" for path, reason in sorted(self.left.items())]
        return tuple(done + kept) or ("no safe fix applies",)


def fix_project(request: Request) -> Fixed:
    """Apply the safe fixes of the findings that count, and write the files that can be written.

    Raises:
        UsageError: the request is not usable.
    """
    files = read_project(request.path, limits=request.limits, exclude=request.exclude)
    pages = selected_pages(request.selection)
    change = changed_lines(files.root, request.base) if request.base else None

    def findings(of: Files) -> tuple[Finding, ...]:
        reviewed = review_files(request, of, pages, change=change, started=time.perf_counter(), progress=silent)
        return reviewed.review.reported

    before = findings(files)
    texts, applied, left = _fixed_texts(files, before)
    after = findings(_with_texts(files, texts))
    for path in list(texts):
        if not _is_better(path, before, after, applied[path]):
            left[path] = "a rule still reports after its fix"
            del texts[path]
    by_path = {source.path: source for source in files.sources}
    for path in list(texts):
        problem = _write(files.root / path, encoded(by_path[path], texts[path]))
        if problem is not None:
            left[path] = f"it cannot be written ({problem})"
            del texts[path]
    return Fixed(changed={path: applied[path].total() for path in texts}, left=left)


def _fixed_texts(
    files: Files, findings: Iterable[Finding]
) -> tuple[dict[str, str], dict[str, Counter[str]], dict[str, str]]:
    """New texts by path, how many fixes of each rule they hold, and the paths that cannot be fixed with the reason."""
    wanted: dict[str, list[tuple[str, Fix]]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.fix.safe:
            wanted[finding.location.path].append((finding.rule, finding.fix))
    texts: dict[str, str] = {}
    applied: dict[str, Counter[str]] = {}
    left: dict[str, str] = {}
    for source in files.sources:
        fixes = wanted.get(source.path)
        if not fixes:
            continue
        if not is_rewritable(source):
            left[source.path] = "it mixes newline styles or is not UTF-8"
            continue
        text, places = apply_fixes(source, [fix for _, fix in fixes])
        if not still_parses(source, text):
            left[source.path] = "it would no longer parse"
            continue
        texts[source.path] = text
        applied[source.path] = Counter(fixes[place][0] for place in places)
    return texts, applied, left


def _with_texts(files: Files, texts: dict[str, str]) -> Files:
    sources = (_changed(source, texts) for source in files.sources)
    return replace(files, sources=tuple(sources))


def _changed(source: SourceFile, texts: dict[str, str]) -> SourceFile:
    text = texts.get(source.path)
    if text is None:
        return source
    digest = sha256(encoded(source, text)).hexdigest()
    return SourceFile(path=source.path, text=text, digest=digest, newline=source.newline, bom=source.bom)


def _is_better(path: str, before: Iterable[Finding], after: Iterable[Finding], applied: Counter[str]) -> bool:
    """Whether each rule reports less by what was fixed, and no other rule reports more."""
    then = Counter(finding.rule for finding in before if finding.location.path == path)
    now = Counter(finding.rule for finding in after if finding.location.path == path)
    return all(now[rule] <= then[rule] - applied[rule] for rule in set(then) | set(now))


def _write(path: Path, content: bytes) -> str | None:
    """Replace a file in one step, its permissions kept, and say what was in the way, if anything.

    An interruption leaves the old file or the new one. The new one grows under a name that nobody can have foreseen: a
    link that waits there would lead the writing out of the project.
    """
    if not os.access(path, os.W_OK):
        return "it is read-only"
    try:
        beside = _beside(path, content)
        beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except OSError as error:
        return error.strerror
    return None


def _beside(path: Path, content: bytes) -> Path:
    """A new file in the same folder with this content; none is left where it cannot be written whole."""
    with NamedTemporaryFile(dir=path.parent, prefix=".orchestrate-", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(content)
            file.flush()
        except OSError:
            beside.unlink()
            raise
    return beside
