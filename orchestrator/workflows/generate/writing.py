"""Puts generated files on disk: compared first, shown as a diff, and never over what is there without being told to."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.result import NewFile

Standing = Literal["new", "unchanged", "changed"]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A generated file against what stands at its place."""

    file: NewFile
    target: Path
    standing: Standing
    old: str = ""


def compared(into: Path, files: Iterable[NewFile]) -> tuple[Compared, ...]:
    """Each file against the disk, by path.

    Raises:
        UsageError: a path leaves the folder, goes through a link, or holds what is no text file.
    """
    return tuple(_compared(into, file) for file in sorted(files, key=lambda file: file.path))


def diff(files: Iterable[Compared]) -> str:
    """The unified diff of everything that would change."""
    return "".join(line for file in files for line in _diff(file))


def write(files: Iterable[Compared]) -> None:
    """Write what is new or changed.

    Raises:
        UsageError: a file cannot be written; those before it stand.
    """
    for each in files:
        if each.standing != "unchanged":
            _write(each)


def _compared(into: Path, file: NewFile) -> Compared:
    relative = PurePosixPath(file.path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise UsageError(f"the file {file.path!r} would stand outside of {str(into)!r}")
    target = into.joinpath(*relative.parts)
    links = [part for part in (target, *target.parents) if part.is_relative_to(into) and part.is_symlink()]
    if links:
        raise UsageError(f"{str(links[-1])!r} is a link, and nothing is written through links; take it away first")
    if not target.exists():
        return Compared(file=file, target=target, standing="new")
    try:
        old = target.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{str(target)!r} is in the way and is no text file; name another folder") from None
    return Compared(file=file, target=target, standing="unchanged" if old == file.text else "changed", old=old)


def _diff(each: Compared) -> Iterator[str]:
    before = "/dev/null" if each.standing == "new" else f"a/{each.file.path}"
    lines = difflib.unified_diff(
        each.old.splitlines(keepends=True),
        each.file.text.splitlines(keepends=True),
        fromfile=before,
        tofile=f"b/{each.file.path}",
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _write(each: Compared) -> None:
    beside = each.target.with_name(f".{each.target.name}.{os.getpid()}")
    try:
        each.target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(each.file.text.encode())
        beside.chmod(0o755 if each.file.executable else 0o644)
        beside.replace(each.target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{str(each.target)!r} cannot be written ({error.strerror}); files before it stand") from error
