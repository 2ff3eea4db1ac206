"""What an audit command declares: its parameters, and the function that reads facts and judges them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import NewFile, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.shape import Desired

P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What an audit found; `files` are proposals for `--into`, `proposal` the changes that `--apply` would make."""

    result: Result
    files: tuple[NewFile, ...] = ()
    proposal: Desired | None = None


@dataclass(frozen=True, kw_only=True)
class Audit(Generic[P]):
    """A command of the shape: `audit` reads, judges and changes nothing.

    `files` tells that it proposes files (its driver takes `--into` and `--force`), `changes` that it proposes changes
    of the workspace (`--apply`, `--approve`). `epilog` shows examples in `--help`.
    """

    parameters: type[P]
    audit: Callable[[P, Site], Audited]
    files: bool = False
    changes: bool = False
    epilog: str = ""
