"""Stored runs, scored against the suite as it stands: refused where the cases are no longer those that were run."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import EvalError, UsageError
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.lock import dataset
from orchestrator.evaluate.runlog import RunLog
from orchestrator.evaluate.score import score
from orchestrator.evaluate.store import read_run
from orchestrator.evaluate.suite import Suite


def scored_run(run: Path, suite: Suite) -> Scored:
    """The run, scored.

    Raises:
        EvalError: there is no such run, it is damaged, or of other cases than the suite holds.
    """
    try:
        log = read_run(run)
    except UsageError as error:
        raise EvalError(str(error)) from error
    check_same_cases(log, suite, str(run))
    return score(log, suite.cases)


def check_same_cases(log: RunLog, suite: Suite, name: str) -> None:
    """Go on only if the run is of the suite's cases as they are.

    Raises:
        EvalError: it is not.
    """
    now = dataset(suite)
    if log.spec.suite != suite.name:
        raise EvalError(f"the run {name!r} is of the suite {log.spec.suite!r} and not of {suite.name!r}; name that one")
    if log.spec.dataset_sha256 != now.sha256:
        raise EvalError(
            f"the run {name!r} is of the dataset {log.spec.dataset_version} ({log.spec.dataset_sha256[:12]}) and the "
            f"suite is {now.version} ({now.sha256[:12]}); run it anew over the cases as they are"
        )
