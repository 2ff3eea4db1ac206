"""The cache of results: an unchanged project, rule set and request is read, hashed, and answered without parsing."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from orchestrator import __version__
from orchestrator.code.diff import changed_lines
from orchestrator.code.reading import Files, read_project
from orchestrator.types import Change, Review
from orchestrator.workflows.request import Progress, Request, Reviewed, silent
from orchestrator.workflows.selection import selected_pages
from orchestrator.workflows.stored import dump_review, load_review

KEPT = 64
"""Results kept on disk; the oldest go first."""
_PACKAGE = Path(__file__).parent.parent


def cached_review(
    request: Request, *, use_cache: bool = True, progress: Progress = silent, files: Files | None = None
) -> Reviewed:
    """The review of a request, from the cache where nothing has changed; `files` if they have been read already.

    Raises:
        UsageError: the path, a rule, a specialist or the revision is not usable.
    """
    started = time.perf_counter()
    if files is None:
        files = read_project(request.path, limits=request.limits, exclude=request.exclude)
    change = changed_lines(files.root, request.base) if request.base else None
    folder = cache_folder() if use_cache else None
    entry = folder / f"{_key(request, files, change)}.json" if folder is not None else None
    known = _load(entry) if entry is not None else None
    if known is not None:
        sources = {source.path: source for source in files.sources}
        review = replace(known, seconds=time.perf_counter() - started)
        return Reviewed(review=review, root=files.root, sources=sources, kept=True)
    # Loaded only now: what was kept needs neither the rules nor the code model.
    from orchestrator.workflows.review import review_files

    pages = selected_pages(request.selection)
    reviewed = review_files(request, files, pages, change=change, started=started, progress=progress)
    if entry is not None:
        _store(entry, reviewed.review)
    return reviewed


def cache_folder() -> Path | None:
    """Where results are kept; None for a user who has no home."""
    chosen = os.environ.get("ORCHESTRATE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "orchestrate"
    except RuntimeError:
        return None


@cache
def _code_digest() -> str:
    """A digest of this package's files by size and time, so that an edited rule is never answered from the cache."""
    digest = sha256(__version__.encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in {".py", ".json"}:
            status = path.stat()
            digest.update(f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _key(request: Request, files: Files, change: Change | None) -> str:
    digest = sha256(_code_digest().encode())
    parts: list[object] = [
        request.today,
        request.selection,
        sorted(request.severities.items()),
        request.layer,
        request.base,
        sorted(request.baseline),
        request.accepted,
        str(files.root.name),
        sorted(files.others),
        sorted(files.context_only),
        files.ledger,
    ]
    if change is not None:
        parts += [change.start, [(path, sorted(lines)) for path, lines in sorted(change.lines.items())]]
    for part in parts:
        digest.update(repr(part).encode(errors="replace") + b"\n")
    for source in files.sources:
        digest.update(f"{source.path}\0{source.digest}\n".encode(errors="replace"))
    return digest.hexdigest()


def _load(entry: Path) -> Review | None:
    """The stored review; None where there is none, or none that can be read."""
    try:
        stored = entry.read_bytes()
    except OSError:
        return None
    return load_review(stored)


def _store(entry: Path, review: Review) -> None:
    """Keep a review; a folder that cannot be written only means that nothing is kept."""
    beside = entry.with_suffix(f".{os.getpid()}")
    try:
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_bytes(dump_review(review))
        beside.replace(entry)
        _prune(entry.parent)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    entries = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in entries[KEPT:]:
        old.unlink(missing_ok=True)
