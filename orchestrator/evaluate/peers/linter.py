"""A linter that others make: how it is called on a folder, and what its output says that it found."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import IncompleteError
from orchestrator.evaluate.peers.environment import program, variables

_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Remark:
    """One message of a linter; `path` is as it was printed, `cell` counts those of a Jupyter notebook from 1.

    `severity` is the linter's own word, or nothing where it has none. With a cell the lines count inside it.
    """

    path: str
    line: int
    end_line: int
    rule: str
    message: str
    severity: str = ""
    cell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linter:
    """A linter: `command` without the folder, `read` for what it prints, `codes` with which it ends in order."""

    name: str
    distribution: str
    settings: str
    """Its settings in words, and where its makers recommend them."""
    command: tuple[str, ...]
    read: Callable[[str], Iterator[Remark]]
    codes: tuple[int, ...] = (0, 1)
    speaks_on_stderr: bool = False
    target: str = "."
    suffixes: tuple[str, ...] = (".py",)
    """The files that it reads at all."""
    settings_file: tuple[str, str] | None = None
    """A file that is laid into the reviewed copy first: its name and its text."""


def remarks(linter: Linter, root: Path, *, seconds: int = _SECONDS) -> tuple[Remark, ...]:
    """All that the linter says of the folder, its paths relative to it, in order and each once.

    Raises:
        UsageError: it is not installed.
        IncompleteError: it broke, took too long, or printed what nobody can read.
    """
    command = [str(program(linter.command[0])), *linter.command[1:], linter.target]
    try:
        done = subprocess.run(
            command, cwd=root, env=variables(), capture_output=True, encoding="utf-8", timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise IncompleteError(f"{linter.name} took more than {seconds} s on {root.name!r}") from error
    if done.returncode not in linter.codes:
        told = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["nothing was said"]
        raise IncompleteError(f"{linter.name} ended with {done.returncode} on {root.name!r}: {told[0][:300]}")
    try:
        said = list(linter.read(done.stderr if linter.speaks_on_stderr else done.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise IncompleteError(f"{linter.name} printed what cannot be read of {root.name!r} ({error!r})") from error
    return tuple(sorted({_below(one, root) for one in said}, key=_order))


def _order(one: Remark) -> tuple[str, int, int, int, str, str]:
    return (one.path, one.cell or 0, one.line, one.end_line, one.rule, one.message)


def _below(one: Remark, root: Path) -> Remark:
    """The remark with its path relative to the root, and no absolute path left in its message."""
    whole = (root / one.path).resolve()
    base = root.resolve()
    path = whole.relative_to(base).as_posix() if whole.is_relative_to(base) else one.path
    message = one.message.replace(f"{base}/", "").replace(f"{root}/", "")
    return Remark(
        path=path,
        line=one.line,
        end_line=max(one.line, one.end_line),
        rule=one.rule,
        message=message,
        severity=one.severity,
        cell=one.cell,
    )
