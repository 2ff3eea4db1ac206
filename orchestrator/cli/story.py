"""What happens, told on stderr: lines that move on a terminal, JSON lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.report.log_commands import without_commands
from orchestrator.types import Review

if TYPE_CHECKING:
    from structlog.typing import WrappedLogger

    from orchestrator.events import Event


class Story:
    """Tells nobody: what `--quiet` gives."""

    @staticmethod
    @contextmanager
    def of(*, quiet: bool) -> Iterator[Story]:
        """The story that suits stderr, for the time of a run."""
        if quiet:
            yield Story()
        elif sys.stderr.isatty():
            from orchestrator.cli.progress import on_terminal

            with on_terminal() as story:
                yield story
        else:
            yield _Lines()

    def step(self, name: str) -> None:
        """A step begins."""

    def tell(self, line: str) -> None:
        """A sentence that stays on the screen."""

    def event(self, event: Event) -> None:
        """Something of a run with a model happened."""

    def done(self, review: Review) -> None:
        """The review is made."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is told meanwhile: somebody is asked a question."""
        yield


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
                lambda _logger, _method, line: without_commands("json", str(line)),
            ],
        )

    def step(self, name: str) -> None:
        self._log.info("step", name=name)

    def tell(self, line: str) -> None:
        self._log.info("note", text=line)

    def event(self, event: Event) -> None:
        """One line; the answer of a specialist is told by its length, because the run's log holds it."""
        told = event.model_dump(mode="json", exclude={"kind", "at"}, exclude_defaults=True)
        if event.kind == "specialist-ended":
            told["text"] = len(event.text)
        if "seconds" in told:
            told["seconds"] = round(told["seconds"], 3)
        self._log.info(event.kind, **told)

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
