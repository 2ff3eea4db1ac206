"""What a format may ask of its caller besides the review itself: source lines, rule pages, and how to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.types import Location, Severity


class Snippet(Protocol):
    """Reads source lines around a place; empty when the file or its lines are not at hand."""

    def __call__(self, location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
        """The numbered lines of the location and that many more on either side, as they stand on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """The public page of a rule.

    `text` is the rule's docstring: paragraphs, and indented samples after a line that ends with `::`.
    """

    id: str
    name: str
    severity: Severity
    specialist: str
    summary: str
    text: str
    references: tuple[str, ...] = ()
    default: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How to print a review: `width` counts columns, `fail_on` is the gate, `show_all` adds what does not count.

    `page` gives None for what is not a rule of ours, such as a category that a model named.
    """

    snippet: Snippet
    page: Callable[[str], RulePage | None]
    colour: bool = False
    width: int = 100
    fail_on: Severity | None = None
    show_all: bool = False
