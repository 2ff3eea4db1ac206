"""What a generate command declares: its parameters, and the function that makes the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Gap, NewFile
from orchestrator.workflows.commands.site import Site

P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Generated:
    """The files that a command would write below `into`, and what a reader should know of them.

    `questions` are what nobody has told and the files assume; `following` is the next command to run. `run_in` is the
    folder, relative to `into`, in which the tests of the result run; None where it has none.
    """

    into: Path
    files: tuple[NewFile, ...]
    tables: tuple[Table, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    following: str = ""
    run_in: str | None = None


@dataclass(frozen=True, kw_only=True)
class Generate(Generic[P]):
    """A command of the shape: `generate` makes texts and writes nothing. `epilog` shows examples in `--help`."""

    parameters: type[P]
    generate: Callable[[P, Site], Generated]
    epilog: str = ""
