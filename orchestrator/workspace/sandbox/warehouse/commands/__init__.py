"""Statements that the sandbox runs itself: every file of this folder that declares a `COMMAND`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.warehouse.reading import Reader
from orchestrator.workspace.sandbox.warehouse.session import Outcome

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.warehouse.engine import Engine
    from orchestrator.workspace.sandbox.warehouse.session import Session


@dataclass(frozen=True, kw_only=True)
class Order:
    """A statement to carry out: its words after the head, who gave it, and the engine."""

    reader: Reader
    session: Session
    engine: Engine
    head: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """Statements that begin with one of these heads, such as `CREATE FUNCTION`, and what carries them out."""

    heads: tuple[str, ...]
    run: Callable[[Order], Outcome]


@cache
def commands() -> tuple[Command, ...]:
    """The commands found in this folder, by file name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    found = [getattr(import_module(f"{__name__}.{name}"), "COMMAND", None) for name in names]
    return tuple(command for command in found if isinstance(command, Command))


@cache
def _by_head() -> tuple[tuple[str, Command], ...]:
    """Every head with its command, the longest first."""
    found = ((head, command) for command in commands() for head in command.heads)
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


def command_for(text: str, session: Session, engine: Engine) -> Callable[[], Outcome] | None:
    """What carries out a statement of this folder; None for any other.

    Raises:
        StatementFailedError: the text cannot be read.
    """
    reader = Reader(text, session)
    for head, command in _by_head():
        if reader.accept(*head.split()):
            order = Order(reader=reader, session=session, engine=engine, head=head)
            return partial(command.run, order)
    return None
