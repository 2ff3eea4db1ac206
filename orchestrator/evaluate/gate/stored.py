"""Lane 2 between two stored runs."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.errors import EvalError
from orchestrator.evaluate.compare import check_comparable, watched
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.gate.live import Sides, live_lane
from orchestrator.evaluate.gate.verdicts import Lane
from orchestrator.evaluate.runlog import MEASURED
from orchestrator.evaluate.statistics.tables import pair


def live_lane_of(old: Scored, new: Scored, *, looks: int = 1) -> Lane:
    """The lane's word on two runs over the same cases; cases that one of them alone measured are left out, and told.

    Raises:
        EvalError: the runs are of different cases, or one was made from recordings that measure nobody.
    """
    check_comparable((old, new))
    for run in (old, new):
        if run.how not in MEASURED:
            raise EvalError(
                f"the run of {run.system} was made from {run.how} recordings, which measure nobody; "
                "the live lane takes runs that were recorded live or by hand-off"
            )
    both = pair(old.cases, new.cases)
    sides = Sides(
        old=both.old,
        new=both.new,
        old_epochs=both.old_epochs,
        new_epochs=both.new_epochs,
        watched=tuple(watched(old.cases, new.cases)),
    )
    lane = live_lane(sides, looks=looks)
    if not both.only:
        return lane
    note = f"{len(both.only)} cases were measured by one run alone and are left out, such as {both.only[0]}"
    return replace(lane, notes=(*lane.notes, note))
