"""The story on a terminal: one moving line for the step, and one for each specialist that is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestrator.cli.story import Story
from orchestrator.code.visible import visible
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from rich.progress import TaskID

    from orchestrator.events import CallEnded, Event, SpecialistEnded, ToolCalled


@contextmanager
def on_terminal() -> Iterator[Story]:
    """The story on stderr, which clears its moving lines at the end."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Terminal(progress)


@dataclass(slots=True)
class _AtWork:
    """One specialist on the screen."""

    task: TaskID
    turns: int = 0
    tools: int = 0
    usd: float = 0.0

    def line(self, who: str) -> str:
        return f"  {who}: {counted(self.turns, 'turn')}, {counted(self.tools, 'tool call')}, ${self.usd:.4f}"


class Terminal(Story):
    """Tells by lines that rich moves; what stays is printed above them."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._step = progress.add_task("reading files", total=None)
        self._at_work: dict[str, _AtWork] = {}
        self._answered = 0
        self._refuter = _AtWork(self._step)

    def step(self, name: str) -> None:
        """The line of the step."""
        self._progress.update(self._step, description=name)

    def tell(self, line: str) -> None:
        """A line that stays."""
        self._progress.console.print(line, markup=False, highlight=False)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The moving lines are gone meanwhile."""
        self._progress.stop()
        yield
        self._progress.start()

    def event(self, event: Event) -> None:
        """What it changes on the screen; most events change one line."""
        match event.kind:
            case "run-started":
                self.tell(f"run {event.run}")
            case "step-started":
                self.step(event.step)
            case "specialist-started":
                self._at_work[event.who] = _AtWork(self._progress.add_task(f"  {event.who}", total=None))
                self._count()
            case "call-ended" | "tool-called":
                self._moved(event)
            case "specialist-ended":
                self._ended(event)
            case "warned":
                self.tell(visible(event.text))
            case _:
                return

    def _count(self) -> None:
        """The step in which specialists work side by side, which the graph has no name for."""
        self.step(f"asking specialists: {self._answered} done, {len(self._at_work)} at work")

    def _moved(self, event: CallEnded | ToolCalled) -> None:
        if event.kind == "call-ended" and event.part == "refuter":
            self._refuted(event)
        at_work = self._at_work.get(event.who)
        if at_work is None:
            return
        if event.kind == "call-ended":
            at_work.turns = event.turn
            at_work.usd += event.usd or 0.0
        else:
            at_work.tools += 1
        self._progress.update(at_work.task, description=at_work.line(event.who))

    def _refuted(self, event: CallEnded) -> None:
        self._refuter.turns += 1
        self._refuter.usd += event.usd or 0.0
        self.step(f"refute: {counted(self._refuter.turns, 'call')}, ${self._refuter.usd:.4f}")

    def _ended(self, event: SpecialistEnded) -> None:
        at_work = self._at_work.pop(event.who, None)
        if at_work is not None:
            self._progress.remove_task(at_work.task)
            self._answered += 1
            self._count()
        if event.problem:
            self.tell(f"  {event.who} gave no answer: {visible(event.problem)}")
        else:
            how = (
                "as before, nothing of its subject changed"
                if event.reused
                else f"done in {counted(event.turns, 'turn')}"
            )
            self.tell(f"  {event.who}: {how}")
