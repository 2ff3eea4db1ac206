"""The coverage ledger, added up: how many files were reviewed, and which were not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.types import Coverage, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEPTH = {Status.SKIPPED: 0, Status.PARTIAL: 1, Status.FULL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The coverage by how much was done; what should have been reviewed and was not stands first in each part."""

    total: int
    full: tuple[Coverage, ...]
    partial: tuple[Coverage, ...]
    skipped: tuple[Coverage, ...]

    @property
    def reviewed(self) -> int:
        """How many files were looked at, wholly or in part."""
        return self.total - len(_files(self.skipped))

    @property
    def gaps(self) -> tuple[Coverage, ...]:
        """All entries that are not full, the worst first."""
        return tuple(sorted((*self.skipped, *self.partial), key=lambda entry: not entry.incomplete))


def ledger(coverage: Iterable[Coverage]) -> Ledger:
    """The coverage sorted into full, partial and skipped; a path with several entries is counted once.

    What is said of the project as a whole, under the path `.`, is no file.
    """
    ordered = sorted(coverage, key=lambda entry: (not entry.incomplete, _DEPTH[entry.status], entry.path))
    parts = {status: tuple(entry for entry in ordered if entry.status is status) for status in Status}
    return Ledger(
        total=len(_files(ordered)),
        full=parts[Status.FULL],
        partial=parts[Status.PARTIAL],
        skipped=parts[Status.SKIPPED],
    )


def _files(entries: Iterable[Coverage]) -> set[str]:
    return {entry.path for entry in entries} - {"."}
