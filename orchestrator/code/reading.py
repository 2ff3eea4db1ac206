"""Reading a project: every file that is reviewed, decoded once and bounded, and a ledger entry for every other one."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.code.decoding import Unreadable, decode, long_line
from orchestrator.code.jupyter import CellOutput, jupyter_outputs, jupyter_source
from orchestrator.code.limits import Limits
from orchestrator.code.listing import Kind, Listed, Listing, kind_of, list_project
from orchestrator.code.opening import read_bounded
from orchestrator.code.source import SourceFile
from orchestrator.errors import UsageError
from orchestrator.types import Coverage, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CellOutput", "Files", "Limits", "read_project"]

_GENERATED_MARKS = ("DO NOT EDIT", "@generated")
_HEAD = 2_000
_ROOT_MARKS = (".git", "databricks.yml", "databricks.yaml", "pyproject.toml")


@dataclass(frozen=True, kw_only=True)
class Files:
    """What was read of a project; paths are POSIX and relative to `root`.

    `sources` stand in order of their paths; `ledger` names what was not read, and why. `others` exist and are not
    read. Of the sources, those in `context_only` serve the facts and are not to be reviewed. `outputs` holds what
    Jupyter notebooks showed when they were saved, for the notebooks that have any.
    """

    root: Path
    sources: tuple[SourceFile, ...]
    ledger: tuple[Coverage, ...]
    others: frozenset[str] = frozenset()
    context_only: frozenset[str] = frozenset()
    outputs: Mapping[str, tuple[CellOutput, ...]] = field(default_factory=dict)


def read_project(
    root: Path, *, limits: Limits | None = None, only: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> Files:
    """Read a folder, or one file with the bundle files of the project around it as context.

    `only` names files or folders to review, relative to the root: of the rest, YAML alone is read, as context.
    `exclude` holds gitignore patterns. A file's project is its nearest folder upwards with .git, databricks.yml or
    pyproject.toml, else the folder it is in.

    Raises:
        UsageError: the root is missing, cannot be read, or is not of a kind that is reviewed.
    """
    bounds = limits or Limits()
    top = _resolved(root)
    if top.is_dir():
        wanted = tuple(_normal(path) for path in only)
        return _read(top, _listing(top, bounds, exclude), bounds, wanted)
    if not top.is_file():
        raise UsageError(f"{str(root)!r} is neither a file nor a folder; name one that can be read")
    if kind_of(top.name) in {None, "foreign"}:
        raise UsageError(f"{str(root)!r} is not a kind of file that is reviewed: .py, .sql, .ipynb, .yml, .toml, .sh")
    return _read_one(root, top, bounds)


def project_root(path: Path) -> Path:
    """The root of the project that a review of this path is about: the folder itself, or the project of the file.

    Raises:
        UsageError: there is no such path.
    """
    top = _resolved(path)
    return top if top.is_dir() else _project_of(top) or top.parent


def _read_one(given: Path, file: Path, limits: Limits) -> Files:
    """One file, whatever ignore files say of it, with its project's YAML as context."""
    home = _project_of(file)
    path = file.relative_to(home or file.parent).as_posix()
    here = Listed(path=path, kind=kind_of(path) or "text", size=file.stat().st_size)
    listing = _listing(home, limits, ()) if home else Listing(files=(), others=frozenset(), ledger=())
    others = [listed for listed in listing.files if listed.path != path]
    listing = replace(listing, files=tuple(sorted([here, *others])), others=listing.others - {path})
    files = _read(home or file.parent, listing, limits, (path,))
    if any(entry.path == path and entry.reason.startswith("binary") for entry in files.ledger):
        raise UsageError(f"{str(given)!r} holds binary content, not text: there is nothing to review")
    return files


def _resolved(root: Path) -> Path:
    try:
        return Path(os.path.realpath(root, strict=True))
    except FileNotFoundError:
        raise UsageError(f"there is no file or folder {str(root)!r}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{str(root)!r} cannot be read: {reason}") from None


def _listing(root: Path, limits: Limits, exclude: tuple[str, ...]) -> Listing:
    try:
        return list_project(root, limits=limits, exclude=exclude)
    except OSError as error:
        raise UsageError(f"the folder {str(root)!r} cannot be read: {error.strerror}") from None


def _project_of(file: Path) -> Path | None:
    """The nearest folder upwards that looks like a project's root, or None."""
    return next((folder for folder in file.parents if any((folder / mark).exists() for mark in _ROOT_MARKS)), None)


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")


def _read(root: Path, listing: Listing, limits: Limits, only: tuple[str, ...]) -> Files:
    reader = _Reader(root=root, limits=limits)
    context: set[str] = set()
    passed: set[str] = set()
    for file in listing.files:
        if _is_wanted(file.path, only):
            reader.read(file)
        elif file.kind == "yaml":
            reader.read(file)
            context.add(file.path)
        else:
            passed.add(file.path)
    ledger = [entry for entry in (*listing.ledger, *reader.ledger) if _is_wanted(entry.path, only)]
    return Files(
        root=root,
        sources=tuple(reader.sources),
        ledger=tuple(sorted(ledger)),
        others=listing.others | reader.unread | passed,
        context_only=frozenset(context - reader.unread),
        outputs=reader.outputs,
    )


def _is_wanted(path: str, only: tuple[str, ...]) -> bool:
    """Whether a path is asked for: by its own name, by a folder above it, or because all are."""
    return not only or "." in only or any(path == wanted or path.startswith(f"{wanted}/") for wanted in only)


@dataclass(kw_only=True)
class _Reader:
    """Reads files one by one under one set of limits."""

    root: Path
    limits: Limits
    sources: list[SourceFile] = field(default_factory=list)
    ledger: list[Coverage] = field(default_factory=list)
    outputs: dict[str, tuple[CellOutput, ...]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    total_bytes: int = 0

    def read(self, file: Listed) -> None:
        """Add the file's source, or say in the ledger why there is none."""
        source = self._source(file)
        if isinstance(source, SourceFile):
            self.sources.append(source)
            return
        self.unread.add(file.path)
        self.ledger.append(
            Coverage(path=file.path, status=Status.SKIPPED, reason=source.reason, incomplete=source.incomplete)
        )

    def _source(self, file: Listed) -> SourceFile | Unreadable:
        raw = self._raw(file)
        if isinstance(raw, Unreadable):
            return raw
        digest = hashlib.sha256(raw).hexdigest()
        source = _jupyter(file.path, raw, digest) if file.kind == "notebook" else _text(file.path, raw, digest)
        if isinstance(source, Unreadable):
            return source
        line = long_line(source.text, self.limits.max_line_length)
        if line is not None:
            return self._too_long(source, line)
        outputs = jupyter_outputs(raw) if file.kind == "notebook" else ()
        if outputs:
            self.outputs[file.path] = outputs
        return source

    def _too_long(self, source: SourceFile, line: int) -> Unreadable:
        """What to say of a line that is too long: code that a program wrote is nobody's to review."""
        place = source.location(line).start_line
        is_generated = any(mark in source.text[:_HEAD] for mark in _GENERATED_MARKS)
        reason = f"line {place:,} is longer than {self.limits.max_line_length:,} characters"
        return Unreadable(reason=f"generated: {reason}" if is_generated else reason, incomplete=not is_generated)

    def _raw(self, file: Listed) -> bytes | Unreadable:
        """The file's bytes, within the limits for one file and for all."""
        limit = self._limit(file.kind)
        if self.total_bytes + file.size > self.limits.max_total_bytes:
            return Unreadable(reason=f"the project's files exceed {_size(self.limits.max_total_bytes)} together")
        too_large = Unreadable(reason=f"larger than {_size(limit)}")
        if file.size > limit:
            return too_large
        raw = read_bounded(self.root / file.path, limit)
        if isinstance(raw, OSError):
            return Unreadable(reason=f"cannot be read: {raw.strerror or raw}")
        if len(raw) > limit:
            return too_large
        self.total_bytes += len(raw)
        return raw

    def _limit(self, kind: Kind) -> int:
        if kind == "notebook":
            return self.limits.max_notebook_bytes
        return self.limits.max_yaml_bytes if kind == "yaml" else self.limits.max_file_bytes


def _text(path: str, raw: bytes, digest: str) -> SourceFile | Unreadable:
    decoded = decode(raw)
    if isinstance(decoded, Unreadable):
        return decoded
    return SourceFile(path=path, text=decoded.text, digest=digest, newline=decoded.newline, bom=decoded.bom)


def _jupyter(path: str, raw: bytes, digest: str) -> SourceFile | Unreadable:
    # A notebook saved by nobody yet is an empty file, not a broken one.
    return jupyter_source(path, raw, digest) if raw.strip() else Unreadable(reason="empty", incomplete=False)


def _size(count: int) -> str:
    """A number of bytes as people say it."""
    return f"{count // (1024 * 1024)} MiB" if count >= 1024 * 1024 else f"{count:,} bytes"
