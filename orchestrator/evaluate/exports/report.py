"""All that an export may read: a stored run, the suite it was run over, and the score and measures made of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import EvalError
from orchestrator.evaluate.runlog import MEASURED

if TYPE_CHECKING:
    from orchestrator.evaluate.case import Case
    from orchestrator.evaluate.counts import Scored
    from orchestrator.evaluate.metrics.of_run import RunMetrics
    from orchestrator.evaluate.runlog import RunLog
    from orchestrator.evaluate.suite import Suite


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run with what was made of it; equal runs over equal suites are equal reports."""

    log: RunLog
    suite: Suite
    scored: Scored
    metrics: RunMetrics

    @property
    def is_quality(self) -> bool:
        """Whether its numbers say how good a reviewer is: not those of a synthetic or a hand-edited recording."""
        return self.scored.how in MEASURED and bool(self.scored.cases)


def report_of(log: RunLog, suite: Suite) -> Report:
    """The report of a stored run over the cases of it.

    Raises:
        EvalError: the suite has other cases now.
    """
    from orchestrator.evaluate.metrics.of_run import run_metrics
    from orchestrator.evaluate.score import score

    cases = of_these_cases(log, suite)
    scored = score(log, cases)
    return Report(log=log, suite=suite, scored=scored, metrics=run_metrics(log, cases, scored))


def of_these_cases(log: RunLog, suite: Suite) -> tuple[Case, ...]:
    """The cases of the run, which must be as they were: a report shows their code.

    Raises:
        EvalError: one was changed or is gone.
    """
    from orchestrator.evaluate.lock import case_digest

    held = {case.id: case for case in suite.cases}
    for name, digest in sorted(log.spec.case_sha256.items()):
        case = held.get(name)
        if case is None or case_digest(case) != digest:
            changed = "is gone" if case is None else "was changed"
            raise EvalError(
                f"the case {name!r} {changed} since the run, so its code cannot be shown; make the run anew, "
                "or score it alone with `orchestrate eval score`"
            )
    return tuple(held[name] for name in sorted(log.spec.case_sha256))
