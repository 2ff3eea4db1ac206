"""Calls the tools that a model asked for in one turn: side by side, bounded in time and text, each one answered."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from orchestrator.code.scrubbing import scrubbed
from orchestrator.code.visible import visible
from orchestrator.errors import OrchestratorError
from orchestrator.events import Tell, ToolCalled
from orchestrator.models.conversation import ToolResult, ToolUse
from orchestrator.toolbox.offered import MAX_ANSWER, OfferedTool, ShownPart, ToolAnswer
from orchestrator.workflows.addressed import speaks

MAX_TOGETHER = 16
"""Tools that one turn may call; the rest are answered with a word to ask again."""
MAX_TEXT = 400_000
"""Characters of tool answers that one conversation may hold; without a bound a loop of reads fills any context."""
TOOL_SECONDS = 120.0
MAX_NAME = 80
_FAULTS = (OrchestratorError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


@dataclass(slots=True, kw_only=True)
class Calling:
    """The tools of one conversation, and what they have shown so far."""

    who: str
    tools: Mapping[str, OfferedTool]
    tell: Tell
    room: int = MAX_TEXT
    read: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    """The files of which every line was shown: a hit of a search is no reading."""
    live: bool = False
    addressed: bool = False
    """Whether something that a tool answered speaks to a reviewer."""
    _numbers: dict[str, set[int]] = field(default_factory=dict)

    async def results(self, uses: Sequence[ToolUse], turn: int) -> tuple[ToolResult, ...]:
        """One result a use, in the order of the uses."""
        answers: dict[int, ToolAnswer] = {}
        async with anyio.create_task_group() as group:
            for place, use in enumerate(uses):
                group.start_soon(self._call, answers, place, use, turn)
        return tuple(self._result(use, answers[place]) for place, use in enumerate(uses))

    async def _call(self, answers: dict[int, ToolAnswer], place: int, use: ToolUse, turn: int) -> None:
        started = time.perf_counter()
        answer = await self._answer(place, use)
        answers[place] = answer
        self.tell(
            ToolCalled(
                who=self.who,
                turn=turn,
                tool=visible(use.name)[:MAX_NAME],
                seconds=time.perf_counter() - started,
                characters=len(answer.text),
                problem=_shown(answer.text)[:200] if answer.is_error else "",
            )
        )

    async def _answer(self, place: int, use: ToolUse) -> ToolAnswer:
        tool = self.tools.get(use.name)
        if place >= MAX_TOGETHER:
            return _error(f"at most {MAX_TOGETHER} tools can be called in one turn: ask again for this one")
        if tool is None:
            return _error(f"you have no tool of this name; you have {', '.join(sorted(self.tools)) or 'none'}")
        self.live = self.live or tool.live
        try:
            with anyio.fail_after(TOOL_SECONDS):
                return await tool.call(use.arguments)
        except TimeoutError:
            return _error(f"the tool gave no answer in {TOOL_SECONDS:g} seconds")
        except _FAULTS as fault:
            return _error(f"the tool failed ({type(fault).__name__}: {fault})")

    def _result(self, use: ToolUse, answer: ToolAnswer) -> ToolResult:
        """What the model is shown of an answer; the order of the uses decides who gets the last of the room."""
        text = _shown(answer.text)
        most = min(MAX_ANSWER, self.room)
        if len(text) <= most:
            self._see(answer.part)
        else:
            text = f"{text[:most]}\n(cut: {len(text) - most} more characters; {self._advice()})"
        self.room = max(self.room - len(text), 0)
        self.read.update(answer.read)
        self.addressed = self.addressed or speaks(text)
        return ToolResult(use=use.id, text=text or "(nothing)", is_error=answer.is_error)

    def _see(self, part: ShownPart | None) -> None:
        if part is not None:
            seen = self._numbers.setdefault(part.path, set())
            seen.update(part.numbers)
            if len(seen) == part.count:
                self.whole.add(part.path)

    def _advice(self) -> str:
        return "ask for a smaller part" if self.room > MAX_ANSWER else "the room for tools is used up, so answer now"


def _shown(text: str) -> str:
    return visible(scrubbed(text))


def _error(text: str) -> ToolAnswer:
    return ToolAnswer(text=text, is_error=True)
