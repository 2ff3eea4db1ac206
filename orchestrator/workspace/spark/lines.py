"""The lines of a log, one at a time: a line past the limit is skipped, never held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.codecs import CutShortError, chunks
from orchestrator.workspace.spark.limits import MEBIBYTE, Limits
from orchestrator.workspace.spark.log_files import file_states

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[int], None]
"""Told the unpacked bytes read so far, after each piece of about 1 MiB."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was read so far, in bytes and lines, and what could not be."""

    packed_bytes: int = 0
    unpacked_bytes: int = 0
    lines: int = 0
    too_long: int = 0
    cut_short: bool = False
    """Whether the last file ended inside a packed block."""


class LogLines:
    """The lines of the files of a log, in order; what was counted stands in `tally`."""

    def __init__(self, files: tuple[Path, ...], limits: Limits, progress: Progress | None = None) -> None:
        self.tally = Tally()
        self._files = files
        self._limits = limits
        self._progress = progress

    def __iter__(self) -> Iterator[bytes]:
        """Every line without its end.

        Raises:
            UsageError: a file cannot be read or unpacked, or unpacks to more than the limits allow.
        """
        for file, state in zip(self._files, file_states(self._files), strict=True):
            self.tally.packed_bytes += state.size
            yield from self._of_file(file)

    def _of_file(self, file: Path) -> Iterator[bytes]:
        pending = b""
        skipping = False
        for piece in self._checked(file):
            first, *rest = piece.split(b"\n")
            pending = b"" if skipping else pending + first
            for line in rest:
                if not skipping:
                    yield from self._counted(pending)
                skipping, pending = False, line
            if len(pending) > self._limits.line_bytes:
                self.tally.too_long += 1
                skipping, pending = True, b""
        if not skipping:
            yield from self._counted(pending)

    def _counted(self, line: bytes) -> Iterator[bytes]:
        if not line:
            return
        self.tally.lines += 1
        if len(line) > self._limits.line_bytes:
            self.tally.too_long += 1
            return
        yield line

    def _checked(self, file: Path) -> Iterator[bytes]:
        try:
            for piece in chunks(file):
                self._count(len(piece))
                yield piece
        except CutShortError:
            self.tally.cut_short = True

    def _count(self, more: int) -> None:
        self.tally.unpacked_bytes += more
        self._refuse_bomb(self.tally.unpacked_bytes)
        if self._progress is not None:
            self._progress(self.tally.unpacked_bytes)

    def _refuse_bomb(self, size: int) -> None:
        limits = self._limits
        if size > limits.unpacked_bytes:
            raise UsageError(
                f"the event log unpacks to more than {limits.unpacked_bytes // MEBIBYTE} MiB; "
                "read a part of it: one file of a rolling folder can be named"
            )
        if size > max(limits.ratio_floor, limits.unpacked_ratio * self.tally.packed_bytes):
            raise UsageError(
                f"the event log unpacks to more than {limits.unpacked_ratio} times its size, which no event log does; "
                "it was not read to its end"
            )
