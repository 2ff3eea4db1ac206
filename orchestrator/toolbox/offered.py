"""A tool that the runtime offers to a model: what the model sees of it, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import JsonValue

MAX_ANSWER = 24_000
"""Characters of a tool's answer that a model is shown; more is cut, and the cut is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """Lines of a file that a tool showed, by their numbers, and how many it has.

    One that was cut was not shown, and a blank one does not count.
    """

    path: str
    numbers: frozenset[int]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswer:
    """What a tool answered; `read` are the paths of the project of whose text it showed something."""

    text: str
    is_error: bool = False
    read: tuple[str, ...] = ()
    part: ShownPart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTool:
    """One tool; `live` ones ask something outside the project, so that tomorrow's answer may differ.

    `call` takes the arguments as the model gave them and never raises for what is wrong with them: that is an answer
    with `is_error`.
    """

    name: str
    description: str
    schema: dict[str, JsonValue]
    call: Callable[[dict[str, JsonValue]], Awaitable[ToolAnswer]]
    live: bool = False
    strict: bool = False
