"""What is held against generated files; a validator is a file of this folder with a `validate` function.

It gets a `Target` and gives a `Validated`. What cannot run here says so: it never passes unseen. Files are run in the
order of their names, so that a name begins with a letter that tells how dear the validator is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, cast

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.request import Progress

Standing = Literal["passed", "failed", "not run"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is validated: the generated files below a folder; `full` lets validators run the project's own code.

    `python` is the interpreter that runs tests and dry runs.
    """

    into: Path
    files: tuple[NewFile, ...]
    full: bool
    python: str
    run_in: Path | None
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Validated:
    """What one validator says: for a failure `detail` has the first lines of why, for `not run` the reason."""

    name: str
    standing: Standing
    detail: str


def validators() -> Iterator[tuple[str, Callable[[Target], Validated | None]]]:
    """Each validator by its name; one gives None where the files hold nothing of its subject."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem != "__init__":
            module = import_module(f"{__name__}.{path.stem}")
            yield path.stem, cast("Callable[[Target], Validated | None]", module.validate)
