"""`--fix`: applies the safe fixes, proves that each file still parses and its rules fall silent, then writes."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.diff import changed_lines
from orchestrator.code.jupyter import jupyter_outputs, jupyter_source
from orchestrator.code.reading import Files, read_project
from orchestrator.code.source import SourceFile
from orchestrator.types import Finding, Fix, Review, Standing
from orchestrator.workflows.edits import apply_fixes, encoded, is_rewritable, still_parses
from orchestrator.workflows.notebook_edits import text_on_disk
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

    def review(of: Files) -> Review:
        return review_files(request, of, pages, change=change, started=time.perf_counter(), progress=silent).review

    before = review(files)
    fixed, left = _fixed(files, before.reported, request.limits.max_notebook_bytes)
    after = review(_with_contents(files, {path: each.content for path, each in fixed.items()}))
    for path in list(fixed):
        if not _is_better(path, before.findings, after.findings, fixed[path].applied):
            left[path] = "a rule still reports after its fix"
            del fixed[path]
    for path in list(fixed):
        problem = _write(files.root / path, fixed[path].content)
        if problem is not None:
            left[path] = f"it cannot be written ({problem})"
            del fixed[path]
    return Fixed(changed={path: each.applied.total() for path, each in fixed.items()}, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The new bytes of a file, and how many fixes of each rule they hold."""

    content: bytes
    applied: Counter[str]


def _fixed(
    files: Files, findings: Iterable[Finding], max_notebook_bytes: int
) -> tuple[dict[str, _Content], dict[str, str]]:
    """The new content by path, and the paths that cannot be fixed with the reason."""
    wanted: dict[str, list[tuple[str, Fix]]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.fix.safe:
            wanted[finding.location.path].append((finding.rule, finding.fix))
    fixed: dict[str, _Content] = {}
    left: dict[str, str] = {}
    for source in files.sources:
        fixes = wanted.get(source.path)
        if not fixes:
            continue
        stored = text_on_disk(source, files.root, max_notebook_bytes) if source.is_jupyter else source
        content = "it changed while it was reviewed" if stored is None else _content(stored, fixes)
        if isinstance(content, str):
            left[source.path] = content
        else:
            fixed[source.path] = content
    return fixed, left


def _content(source: SourceFile, fixes: list[tuple[str, Fix]]) -> _Content | str:
    """What the fixes make of a file's text as it is on disk, or why it is left alone."""
    if not is_rewritable(source):
        return "it mixes newline styles or is not UTF-8"
    text, places = apply_fixes(source, [fix for _, fix in fixes])
    if not still_parses(source, text):
        return "more than outputs would change" if source.is_jupyter else "it would no longer parse"
    return _Content(content=encoded(source, text), applied=Counter(fixes[place][0] for place in places))


def _with_contents(files: Files, contents: Mapping[str, bytes]) -> Files:
    outputs = {path: jupyter_outputs(raw) for path, raw in contents.items() if path.endswith(".ipynb")}
    sources = tuple(_changed(source, contents.get(source.path)) for source in files.sources)
    return replace(files, sources=sources, outputs={**files.outputs, **outputs})


def _changed(source: SourceFile, raw: bytes | None) -> SourceFile:
    """The file as it reads with other bytes."""
    if raw is None:
        return source
    digest = sha256(raw).hexdigest()
    read = jupyter_source(source.path, raw, digest) if source.is_jupyter else decode(raw)
    if isinstance(read, Unreadable):
        return source
    if isinstance(read, SourceFile):
        return read
    return SourceFile(path=source.path, text=read.text, digest=digest, newline=read.newline, bom=read.bom)


def _is_better(path: str, before: Iterable[Finding], after: Iterable[Finding], applied: Counter[str]) -> bool:
    """Whether each rule reports less by what was fixed, and no other rule reports more, in the diff or outside it."""
    then, now = _counted(path, before), _counted(path, after)
    return all(now[rule] <= then[rule] - applied[rule] for rule in set(then) | set(now))


def _counted(path: str, findings: Iterable[Finding]) -> Counter[str]:
    """How often each rule reports in a file; whether a line is in the diff does not count: a fix moves lines."""
    reported = (each for each in findings if each.standing is Standing.VERIFIED and each.suppressed_by is None)
    return Counter(each.rule for each in reported if each.location.path == path)


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
