"""Conversations with a scripted model: what is said in each turn, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from orchestrator.events import Event, ToolCalled
from orchestrator.models.calls import Calls
from orchestrator.models.conversation import Ask, SystemText, Text, ToolResult, ToolUse
from orchestrator.models.scripted import Said, ScriptedModel
from orchestrator.toolbox.offered import OfferedTool, ToolAnswer
from orchestrator.workflows.specialist.conversation import Brief, Cohort, Conversation, converse

ANSWER = json.dumps({"findings": [], "not_reviewed": []})
Turn = Said | str | Exception


@dataclass(kw_only=True)
class Talk:
    """A conversation that was held: how it ended, what was asked, what was told."""

    ended: Conversation
    asked: Sequence[Ask]
    told: list[Event] = field(default_factory=list)

    @property
    def results(self) -> list[ToolResult]:
        """All tool results that the last request holds."""
        return [
            block for message in self.asked[-1].messages for block in message.blocks if isinstance(block, ToolResult)
        ]

    @property
    def last_words(self) -> str:
        """The texts of the last message of the last request."""
        return "\n".join(block.text for block in self.asked[-1].messages[-1].blocks if isinstance(block, Text))

    @property
    def calls(self) -> list[ToolCalled]:
        """The calls of tools that were told of."""
        return [event for event in self.told if isinstance(event, ToolCalled)]


def turns(*said: Turn) -> Callable[[Ask], Said | str]:
    """A script: one answer a turn, the last one again and again."""

    def answer(ask: Ask) -> Said | str:
        turn = sum(message.role == "assistant" for message in ask.messages)
        now = said[min(turn, len(said) - 1)]
        if isinstance(now, Exception):
            raise now
        return now

    return answer


def uses(*names: str, **arguments: JsonValue) -> Said:
    """An answer that wants these tools called, each with the arguments."""
    return Said(blocks=[ToolUse(id=f"use-{at}", name=name, arguments=arguments) for at, name in enumerate(names)])


def tool(name: str, answer: Callable[[dict[str, JsonValue]], ToolAnswer] | str, *, live: bool = False) -> OfferedTool:
    """A tool that answers so."""

    async def call(arguments: dict[str, JsonValue]) -> ToolAnswer:
        return ToolAnswer(text=answer) if isinstance(answer, str) else answer(arguments)

    return OfferedTool(name=name, description=name, schema={"type": "object"}, call=call, live=live)


async def talk(
    *said: Turn, tools: Sequence[OfferedTool] = (), cohort: Cohort | None = None, persona: str = "You review."
) -> Talk:
    """The conversation with a model that says this, turn by turn."""
    model = ScriptedModel(turns(*said))
    told: list[Event] = []
    brief = Brief(name="a", persona=persona, message="begin", tools={each.name: each for each in tools})
    ended = await converse(cohort or cohort_of(), brief, calls=Calls(model), tell=told.append)
    return Talk(ended=ended, asked=model.asked, told=told)


def cohort_of(*, max_turns: int = 4) -> Cohort:
    """A cohort of a scripted model."""
    return Cohort(
        model="scripted",
        effort="low",
        shared=SystemText(text="the project", shared=True),
        cards=(),
        max_turns=max_turns,
    )
