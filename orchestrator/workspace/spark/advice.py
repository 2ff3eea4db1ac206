"""The tips for one run: every file in `tips/` that holds a `KIND` is asked."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from orchestrator.errors import OrchestratorError
from orchestrator.workspace.spark.plan import Plan
from orchestrator.workspace.spark.profile import Application, Execution, Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Kind, Tip

_FOLDER = Path(__file__).parent / "tips"
_MOST_OF_A_KIND = 20


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of tip, by its place.

    Raises:
        OrchestratorError: a file of the folder declares no kind.
    """
    found = []
    for path in sorted(_FOLDER.glob("*.py")):
        if path.name.startswith("_"):
            continue
        kind = getattr(importlib.import_module(f"orchestrator.workspace.spark.tips.{path.stem}"), "KIND", None)
        if not isinstance(kind, Kind):
            raise OrchestratorError(f"the tip file {path.name!r} needs a `KIND = Kind(...)`")
        found.append(kind)
    return tuple(found)


def tips(profile: Profile, thresholds: Thresholds | None = None) -> tuple[Tip, ...]:
    """What could be better in a run, worst first; of one kind at most 20, the worst ones."""
    chosen: list[Tip] = []
    for kind in kinds():
        of_kind = sorted(kind.tips(profile, thresholds or Thresholds()), key=_rank)
        chosen += of_kind[:_MOST_OF_A_KIND]
    return tuple(sorted(chosen, key=_rank))


def plan_tips(plan: Plan) -> tuple[Tip, ...]:
    """What the text of a plan alone shows; without a run there are no numbers, and the tips say so."""
    execution = Execution(
        id=0, description="", call_site="", started=None, ended=None, error="", plan=plan, settings=()
    )
    unmeasured = Profile(
        application=Application(),
        jobs=(),
        stages=(),
        executions=(execution,),
        executors=(),
        caches=(),
        lines=0,
        unpacked_bytes=0,
        notes=(),
    )
    return tips(unmeasured)


def _rank(tip: Tip) -> tuple[int, float]:
    return tip.severity.rank, -(tip.measures[0].value if tip.measures else 0.0)
