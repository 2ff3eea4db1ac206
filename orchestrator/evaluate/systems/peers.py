"""Linters that others make, as systems: each gets the files of a variant and nothing else."""

from __future__ import annotations

import sys
from functools import partial

from orchestrator.errors import IncompleteError
from orchestrator.evaluate.peers.environment import VERSIONS
from orchestrator.evaluate.peers.known import linters
from orchestrator.evaluate.peers.linter import Linter
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import AgentRun, Entry, Invalid
from orchestrator.evaluate.system import Job, System


def _review(job: Job, *, linter: Linter) -> Entry:
    """What the linter says; where it breaks, it said nothing that can be used, and the entry says why."""
    from orchestrator.evaluate.peers.reviewing import predictions

    said: tuple[Prediction, ...] = ()
    broken: tuple[Invalid, ...] = ()
    try:
        said = predictions(linter, job.case.variant_texts(job.variant))
    except IncompleteError as error:
        broken = (Invalid(agent=linter.name, reason=str(error)),)
    return Entry(
        case=job.case.id,
        variant=job.variant,
        epoch=job.epoch,
        predictions=said,
        lines=job.lines,
        invalid=broken,
        agents=(AgentRun(agent=linter.name, status="skipped" if broken else "full"),),
    )


def _versions(*, linter: Linter) -> dict[str, str]:
    from orchestrator.evaluate.peers.mapping import mapping

    return {
        linter.distribution: VERSIONS[linter.distribution],
        "mapping of its rules": str(mapping().version),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


SYSTEMS = tuple(
    System(
        name=linter.name,
        help=f"{linter.name} {VERSIONS[linter.distribution]}: {linter.settings}",
        how="peer",
        review=partial(_review, linter=linter),
        versions=partial(_versions, linter=linter),
    )
    for linter in linters().values()
)
