"""What can be measured: a reviewer of whole projects, found by its file in `systems/`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

from orchestrator.errors import OrchestratorError, UsageError
from orchestrator.evaluate.case import Case
from orchestrator.evaluate.prediction import Variant
from orchestrator.evaluate.runlog import Entry, How

TODAY = dt.date(2026, 11, 23)
"""The day of every review of a suite, so that what expires in a case is the same for ever."""
_REVIEWED = (".py", ".sql", ".ipynb", ".yml", ".yaml", ".toml", ".sh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One variant of one case to review; epochs count from 1."""

    case: Case
    variant: Variant
    epoch: int = 1

    @property
    def lines(self) -> int:
        """The non-blank lines of its code; of a notebook those of its cells."""
        return code_lines(self.case, self.variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A reviewer: `review` gives the entry of the log for a job, `versions` what it is made of.

    `extra` names the extra of the package that it needs, beside those of the scorer.
    """

    name: str
    help: str
    how: How
    review: Callable[[Job], Entry]
    versions: Callable[[], dict[str, str]]
    extra: str | None = None


@cache
def systems() -> tuple[System, ...]:
    """Every system, by name: the `SYSTEMS` of the files in `systems/`, which import what is heavy inside `review`.

    Raises:
        OrchestratorError: a file there holds none.
    """
    found: list[System] = []
    for path in sorted((Path(__file__).parent / "systems").glob("*.py")):
        if path.name.startswith("_"):
            continue
        declared = getattr(import_module(f"orchestrator.evaluate.systems.{path.stem}"), "SYSTEMS", None)
        if not isinstance(declared, tuple) or not all(isinstance(each, System) for each in declared):
            raise OrchestratorError(f"the file {path.name!r} of systems needs a `SYSTEMS = (System(...), ...)`")
        found.extend(declared)
    return tuple(sorted(found, key=lambda each: each.name))


def system(name: str) -> System:
    """The system of that name.

    Raises:
        UsageError: there is none.
    """
    known = {each.name: each for each in systems()}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise UsageError(f"no system is called {name!r}{meant}; there are {', '.join(known)}")
    return known[name]


def code_lines(case: Case, variant: Variant) -> int:
    """The non-blank lines of a variant's code."""
    sources = (case.source(path, variant) for path in case.variant_texts(variant) if path.endswith(_REVIEWED))
    return sum(bool(line.strip()) for source in sources if source is not None for line in source.lines)
