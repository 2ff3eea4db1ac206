"""Asks a workspace about many tables, several at once, under one deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue, SimpleQueue

from orchestrator.workflows.measured.tables import Question, TableFacts, ask_table
from orchestrator.workflows.request import Progress
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import TableName
from orchestrator.workspace.waiting import waited_for

WORKERS = 8
"""Questions in flight: a review is one client among many of a workspace."""
_TOLD = 10
"""Answers from one line of progress to the next."""
FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What only a fault of ours raises in a worker; it is raised again where the answers are awaited."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What came back in time: facts by table, and the tables that nothing came back for.

    `stopped` tells that the first question reached nobody, so that the silent ones were not asked.
    """

    facts: dict[TableName, TableFacts]
    silent: tuple[TableName, ...]
    stopped: bool = False

    @property
    def answered(self) -> bool:
        """Whether the workspace told of any table that it is there, or that it is not."""
        return any(not facts.problem for facts in self.facts.values())


def ask_tables(workspace: Workspace, questions: Sequence[Question], seconds: float, progress: Progress) -> Answers:
    """The answers that come in time; after a first question that reaches nobody the others are not asked."""
    asking = _Asking(workspace=workspace, until=time.monotonic() + seconds)
    facts: dict[TableName, TableFacts] = {}
    for batch in (questions[:1], questions[1:]):
        asking.begin(batch)
        for _ in batch:
            found = asking.next()
            if found is None:
                break
            facts[found.name] = found
            if len(facts) % _TOLD == 0:
                progress(f"asked the workspace about {len(facts)} of {len(questions)} tables")
        if not any(each.reached for each in facts.values()):
            break
    asking.until = 0.0
    asking.given_up.set()
    silent = tuple(each.name for each in questions if each.name not in facts)
    return Answers(
        facts=facts, silent=silent, stopped=len(facts) == 1 and not any(each.reached for each in facts.values())
    )


@dataclass(kw_only=True)
class _Asking:
    """The questions that wait and the answers that came.

    The threads are daemons, because a thread of an executor would keep the process until its last request has ended.
    """

    workspace: Workspace
    until: float
    given_up: threading.Event = field(default_factory=threading.Event)
    todo: SimpleQueue[Question] = field(default_factory=SimpleQueue)
    done: Queue[TableFacts | Exception] = field(default_factory=Queue)

    def begin(self, questions: Sequence[Question]) -> None:
        """Set workers to these questions."""
        for question in questions:
            self.todo.put(question)
        for _ in range(min(len(questions), WORKERS)):
            threading.Thread(target=self._work, name="asking-the-workspace", daemon=True).start()

    def next(self) -> TableFacts | None:
        """The next answer; None at the deadline."""
        try:
            found = self.done.get(timeout=max(self.until - time.monotonic(), 0.001))
        except Empty:
            return None
        if isinstance(found, Exception):
            raise found
        return found

    def _work(self) -> None:
        while time.monotonic() < self.until:
            try:
                question = self.todo.get_nowait()
            except Empty:
                return
            self.done.put(self._answer(question))

    def _answer(self, question: Question) -> TableFacts | Exception:
        try:
            # A worker that nobody waits for any more sends nothing more.
            with waited_for(self.given_up):
                return ask_table(self.workspace, question, self.until)
        except FAULTS as error:
            return error
