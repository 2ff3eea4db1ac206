"""Unpacks archives that strangers made: nothing leaves the target, nothing is linked, and the size is bounded."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from packages import CorpusError

MAX_FILES = 50_000
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_DEPTH = 40
_CHUNK_BYTES = 1024 * 1024

KEPT_SUFFIXES = frozenset(
    {".py", ".sql", ".ipynb", ".yml", ".yaml", ".json", ".toml", ".cfg", ".ini", ".txt", ".md", ".rst", ".r", ".scala"}
    | {".jinja", ".jinja2", ".j2", ".tmpl", ".sh", ".csv", ".html"}
)
_KEPT_NAMES = ("license", "licence", "notice", "copying", "pkg-info", "metadata", "authors")
_MAX_DATA_BYTES = 256 * 1024
_DATA_SUFFIXES = frozenset({".csv", ".json", ".txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What an archive gave: files written, and members left out because they are binary, data, links or too large."""

    files: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    size: int
    regular: bool


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[tuple[_Member, IO[bytes] | None]]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _zip_members(opened)
        return
    with tarfile.open(archive) as opened_tar:
        yield _tar_members(opened_tar)


def _zip_members(opened: zipfile.ZipFile) -> Iterator[tuple[_Member, IO[bytes] | None]]:
    for info in opened.infolist():
        mode = info.external_attr >> 16
        regular = not info.is_dir() and not (stat.S_IFMT(mode) and not stat.S_ISREG(mode))
        member = _Member(name=info.filename, size=info.file_size, regular=regular)
        if not regular or not is_kept(member.name, member.size):
            yield member, None
            continue
        with opened.open(info) as stream:
            yield member, stream


def _tar_members(opened: tarfile.TarFile) -> Iterator[tuple[_Member, IO[bytes] | None]]:
    for info in opened:
        member = _Member(name=info.name, size=info.size, regular=info.isreg())
        if not info.isreg() or not is_kept(member.name, member.size):
            yield member, None
            continue
        yield member, opened.extractfile(tarfile.data_filter(info, "."))


def is_kept(name: str, size: int) -> bool:
    """Whether a member is source that a review could read, or the licence that it comes under."""
    path = PurePosixPath(name)
    if path.name.lower().startswith(_KEPT_NAMES):
        return size <= MAX_FILE_BYTES
    suffix = path.suffix.lower()
    return suffix in KEPT_SUFFIXES and size <= (_MAX_DATA_BYTES if suffix in _DATA_SUFFIXES else MAX_FILE_BYTES)


def inner_path(name: str) -> PurePosixPath:
    """The member's path, relative and free of `..`.

    Raises:
        CorpusError: the path is absolute, climbs, is too deep, or holds a backslash, a drive or a control character.
    """
    path = PurePosixPath(name)
    climbs = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0]
    if climbs or len(path.parts) > MAX_DEPTH or not name.isprintable():
        raise CorpusError(f"refused: the archive holds the path {name!r}")
    return path


def unpack(archive: Path, target: Path) -> Unpacked:
    """Writes the readable members of a zip or tar archive below `target`, which appears whole or not at all.

    Raises:
        CorpusError: the archive is broken, escapes its target, or is larger than the bounds of this module.
    """
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        result = _write_all(archive, partial)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise CorpusError(f"cannot unpack {archive.name!r}: {error}") from error
    except CorpusError:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return result


def _write_all(archive: Path, target: Path) -> Unpacked:
    files = skipped = total = 0
    with _members(archive) as members:
        for member, stream in members:
            if stream is None:
                skipped += member.regular
                continue
            files += 1
            total += _write(stream, target / inner_path(member.name))
            if files > MAX_FILES or total > MAX_TOTAL_BYTES:
                raise CorpusError(f"refused: {archive.name!r} unpacks to more than the bounds allow")
    return Unpacked(files=files, skipped=skipped)


def _write(stream: IO[bytes], path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o644)
    with os.fdopen(descriptor, "wb") as out:
        while chunk := stream.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > MAX_FILE_BYTES:
                raise CorpusError(
                    f"refused: {path.name!r} is larger than its archive declares or than the bound allows"
                )
            out.write(chunk)
    return written
