"""Whatever goes wrong at the model: never green without a review, and the ledger says who is missing and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from orchestrator.cli.gate import exit_code
from orchestrator.models.anthropic_model import Limits
from orchestrator.models.providers import open_model
from orchestrator.models.retries import Patience
from orchestrator.types import Finding, Review, Severity, Source, Status
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.graph.running import review_with_model
from orchestrator.workflows.runs.folder import known_run
from orchestrator.workflows.runs.summary import summary
from tests.models.asking import KEY
from tests.models.messages_api import serving
from tests.workflows.graph.faults import CLEAN, FAULTS, INCOMPLETE, Fault
from tests.workflows.graph.scene import Told, finds, wanted

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

SHORT = Patience(attempts=2, first=0.01, longest=0.02)
GATE = Severity.CRITICAL
"""Above whatever rules and model find in the project, so that a review that misses nothing is green."""


async def reviewed(fault: Fault, root: Path, told: Told, *, resume: str | None = None) -> Review:
    """The review with the real SDK, graph and stores, and little patience."""
    with serving(fault.script) as api:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": fault.address or api.address}
        limits = Limits(connect=1, idle=fault.idle, attempt=20)
        model = open_model(fault.settings.model, environment, patience=SHORT, limits=limits)
        try:
            asked = wanted(root, settings=fault.settings, resume=resume)
            found = await review_with_model(asked, model=model, tell=told)
        finally:
            await model.close()
    return found.review


def by(source: Source, review: Review) -> list[Finding]:
    """The findings of one source."""
    return [finding for finding in review.findings if finding.source is source]


def left(folder: Path) -> Iterator[bytes]:
    """All bytes that runs have left on disk."""
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_never_green_and_the_ledger_says_who_is_missing_and_why(
    name: str, root: Path, tmp_path: Path
) -> None:
    fault, told = FAULTS[name], Told()
    review = await reviewed(fault, root, told)
    assert exit_code(review, GATE) == fault.exit_code
    assert review.unfinished == fault.lost
    for line in review.specialists:
        if line.name in fault.lost:
            assert re.search(fault.says, line.reason), line.reason
            assert line.status is not Status.FULL
            assert "\n" not in line.reason
    assert {each.standing for each in by(Source.MODEL, review)} == ({fault.standing} if fault.standing else set())
    assert by(Source.RULE, review) == by(Source.RULE, cached_review(wanted(root).request, use_cache=False).review)
    assert summary(known_run(told.run)).outcome == ("incomplete" if fault.lost else "complete")
    said = json.dumps(asdict(review)) + "".join(event.model_dump_json() for event in told.events)
    assert KEY not in said
    assert not any(KEY.encode() in data for data in left(tmp_path))
    assert "Traceback" not in said
    assert "a fault of ours" not in said


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.lost])
async def test_who_was_lost_is_asked_again_once_the_fault_is_over(name: str, root: Path) -> None:
    told = Told()
    await reviewed(FAULTS[name], root, told)
    review = await reviewed(Fault(script=finds), root, Told(), resume=told.run)
    assert exit_code(review, GATE) == CLEAN


def test_the_table_holds_at_least_25_faults_that_are_not_green() -> None:
    assert sum(fault.exit_code == INCOMPLETE for fault in FAULTS.values()) >= 25
