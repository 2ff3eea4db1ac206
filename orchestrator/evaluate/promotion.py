"""Making a run the new baseline: upward without a question, downward only when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import EvalError
from orchestrator.evaluate.baseline import (
    FOLDER,
    Baseline,
    Promotion,
    baseline_of,
    baseline_path,
    dump_baseline,
    read_baseline,
)
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.gate.changes import Change, changes

LEAST_WHY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What was written, and what it changed in the cases that the old baseline knew too."""

    path: Path
    baseline: Baseline
    changes: tuple[Change, ...]


def promote(scored: Scored, folder: Path, *, why: str, lower: bool = False) -> Promoted:
    """Write the baseline of the run's system; `lower` allows it to give up what the old one had.

    Raises:
        EvalError: the run cannot be a baseline, gives something up, or the old baseline is damaged.
    """
    if len(why.strip()) < LEAST_WHY:
        raise EvalError(f"--why {why!r} says too little; say what changed, in {LEAST_WHY} letters or more")
    old = read_baseline(folder, scored.system)
    found = changes(old.cases, scored) if old is not None else ()
    losses = [change for change in found if change.is_loss]
    if losses and not lower:
        raise EvalError(
            f"{FOLDER}/{scored.system}.json would be lowered: {losses[0]}"
            + (f" and {len(losses) - 1} more" if len(losses) > 1 else "")
            + "; mend it, or promote with --lower and say why"
        )
    entry = Promotion(why=why.strip(), dataset_version=scored.dataset_version, changes=len(found), lowered=bool(losses))
    baseline = baseline_of(scored, (*(old.promotions if old is not None else ()), entry))
    path = baseline_path(folder, scored.system)
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(dump_baseline(baseline), encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{FOLDER}/{path.name} cannot be written: {error.strerror}") from error
    return Promoted(path=path, baseline=baseline, changes=found)
