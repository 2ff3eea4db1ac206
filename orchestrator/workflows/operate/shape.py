"""What an operate command declares: its parameters, and the function that says what should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.changes import Goal

P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What should be: goals in the order in which they are to be reached.

    `result` holds what was read and the preflight: an observation at or above the gate stops `--apply`. `title` names
    command and subject, and no time, so that the same changes have the same hash tomorrow. `where` is the address of
    what is changed where that is not the workspace. `takes_back` is the hash of the set whose way back this is.
    """

    title: str
    goals: tuple[Goal, ...]
    result: Result = field(default_factory=Result)
    where: str | None = None
    takes_back: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operate(Generic[P]):
    """A command of the shape: `desired` reads and decides; it changes nothing. `epilog` shows examples in `--help`."""

    parameters: type[P]
    desired: Callable[[P, Site], Desired]
    epilog: str = ""
