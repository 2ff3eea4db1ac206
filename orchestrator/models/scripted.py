"""A model that says what a script says: for tests and for trying the graph without a network; nothing is paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from orchestrator.errors import ModelSetupError
from orchestrator.models.conversation import (
    Again,
    Ask,
    Began,
    Block,
    Reply,
    Text,
    ToolUse,
    UnansweredError,
    Usage,
    freely,
)
from orchestrator.models.wire import canonical, digest

NAME = "scripted"
"""What every reply says of its model, so that no report takes it for a model's word."""
MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer; without `stop` it is `tool_use` where a tool is used, else `end_turn`."""

    blocks: Sequence[Block]
    stop: str = ""
    usage: Usage = field(default_factory=Usage)


Answer = Callable[[Ask], Said | str]
"""What to say to a request; a string is an answer of one text. It raises what the model shall raise."""


class ScriptedModel:
    """Answers from a function; `asked` holds every request in the order of arrival."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[Ask] = []

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer of the script; equal requests get replies of one id.

        Raises:
            UnansweredError: the script has no answer.
        """
        del again  # a script never breaks off
        self.asked.append(ask)
        said = self._answer(ask)
        said = Said(blocks=(Text(text=said),)) if isinstance(said, str) else said
        began()
        uses = any(isinstance(block, ToolUse) for block in said.blocks)
        return Reply(
            id=f"{NAME}_{digest(ask)[:24]}",
            model=NAME,
            blocks=tuple(said.blocks),
            stop=said.stop or ("tool_use" if uses else "end_turn"),
            usage=said.usage,
        )

    async def close(self) -> None:
        """Nothing to close."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Use(_Strict):
    tool: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class _Turn(_Strict):
    text: str | None = None
    data: JsonValue = Field(default=None, alias="json")
    uses: tuple[_Use, ...] = ()
    stop: str = ""

    def said(self, turn: int) -> Said:
        words = self.text if self.text is not None or self.data is None else canonical(self.data)
        blocks: list[Block] = [] if words is None else [Text(text=words)]
        blocks += [
            ToolUse(id=f"toolu_{turn}_{number}", name=use.tool, arguments=use.arguments)
            for number, use in enumerate(self.uses)
        ]
        return Said(blocks=blocks, stop=self.stop)


class _Part(_Strict):
    when: str = ""
    turns: tuple[_Turn, ...] = Field(min_length=1)


class Script(_Strict):
    """A script as a file holds it: the first part whose words stand in the system prompt answers, turn by turn."""

    answers: tuple[_Part, ...]

    def __call__(self, ask: Ask) -> Said:
        """The answer of the turn that the request is in.

        Raises:
            UnansweredError: no part is meant, or its turns are over.
        """
        persona = "\n".join(block.text for block in ask.system)
        turn = sum(message.role == "assistant" for message in ask.messages)
        part = next((part for part in self.answers if part.when in persona), None)
        if part is None:
            raise UnansweredError("the script has no answer for this system prompt; add one with `when: ''`")
        if turn >= len(part.turns):
            raise UnansweredError(f"the script has {len(part.turns)} turns for {part.when!r}; add turn {turn + 1}")
        return part.turns[turn].said(turn)


def read_script(path: Path) -> Script:
    """The script in a YAML or JSON file.

    Raises:
        ModelSetupError: there is no such file, or it is no script.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
        content: Any = yaml.safe_load(text) if len(text) <= MAX_BYTES else None
        return Script.model_validate(content)
    except OSError as error:
        raise ModelSetupError(f"the script {str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ModelSetupError(f"{str(path)!r} is no script: {where}: {first['msg']}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ModelSetupError(f"{str(path)!r} is no script: it is not YAML") from error
