"""What happens, told on stderr: a status line on a terminal, JSON lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.types import Review

if TYPE_CHECKING:
    from rich.status import Status
    from structlog.typing import WrappedLogger


class Story:
    """Tells nobody: what `--quiet` gives."""

    @staticmethod
    @contextmanager
    def of(*, quiet: bool) -> Iterator[Story]:
        """The story that suits stderr, for the time of a run."""
        if quiet:
            yield Story()
        elif sys.stderr.isatty():
            from rich.console import Console

            with Console(stderr=True).status("reading files") as status:
                yield _Terminal(status)
        else:
            yield _Lines()

    def step(self, name: str) -> None:
        """A step begins."""

    def tell(self, line: str) -> None:
        """A sentence that stays on the screen."""

    def done(self, review: Review) -> None:
        """The review is made."""


class _Terminal(Story):
    def __init__(self, status: Status) -> None:
        self._status = status

    def step(self, name: str) -> None:
        self._status.update(name)

    def tell(self, line: str) -> None:
        self._status.console.print(line, markup=False, highlight=False)


class _Lines(Story):
    """JSON lines through structlog, one for each event; structlog, 0.15 s to import, waits for the first of them."""

    @cached_property
    def _log(self) -> WrappedLogger:
        import structlog

        return structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
        )

    def step(self, name: str) -> None:
        self._log.info("step", name=name)

    def tell(self, line: str) -> None:
        self._log.info("note", text=line)

    def done(self, review: Review) -> None:
        self._log.info(
            "reviewed",
            files=review.files,
            lines=review.lines,
            rules=review.rules,
            findings=len(review.reported),
            incomplete=len(review.incomplete),
            seconds=round(review.seconds, 3),
        )
