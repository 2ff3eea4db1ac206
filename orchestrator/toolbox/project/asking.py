"""How a tool of the runtime's own reads its arguments and answers: strictly, and never with an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio
import anyio.to_thread
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.toolbox.answers import problem
from orchestrator.toolbox.offered import OfferedTool, ToolAnswer
from orchestrator.toolbox.project.files import NotFoundError

if TYPE_CHECKING:
    from pydantic import JsonValue

Given = TypeVar("Given", bound=BaseModel)
TEXT: dict[str, JsonValue] = {"type": "string"}
NUMBER_OR_NULL: dict[str, JsonValue] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
TEXT_OR_NULL: dict[str, JsonValue] = {"anyOf": [TEXT, {"type": "null"}]}


class Arguments(BaseModel):
    """The base of a tool's arguments: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def described(kind: dict[str, JsonValue], description: str) -> JsonValue:
    """The schema of one argument."""
    return {**kind, "description": description}


class OwnTool(Generic[Given]):
    """One tool of the runtime: its arguments' model, and the function that answers; the schema says all are given.

    A `slow` function answers in a thread, so that other conversations go on meanwhile.
    """

    def __init__(
        self, name: str, arguments: type[Given], answer: Callable[[Given], ToolAnswer], *, slow: bool = False
    ) -> None:
        self._name = name
        self._arguments = arguments
        self._answer = answer
        self._slow = slow

    def offered(self, description: str, properties: dict[str, JsonValue]) -> OfferedTool:
        """The tool as a model is offered it."""
        schema: dict[str, JsonValue] = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        return OfferedTool(name=self._name, description=description, schema=schema, call=self.call, strict=True)

    async def call(self, given: dict[str, JsonValue]) -> ToolAnswer:
        """The answer, or in one sentence what is wrong with the arguments."""
        try:
            arguments = self._arguments.model_validate(given)
            return await anyio.to_thread.run_sync(self._answer, arguments) if self._slow else self._answer(arguments)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part)[:60] for part in first["loc"]) or "the arguments"
            return problem(f"{self._name}: {place}: {first['msg']}")
        except NotFoundError as error:
            return problem(f"{self._name}: {error}")
