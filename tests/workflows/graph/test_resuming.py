"""A run that stopped goes on: nothing that ended is paid again, and what changed in between is told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

import anyio
import anyio.to_thread
import pytest

from orchestrator.errors import RunError
from orchestrator.types import Source, Standing
from orchestrator.workflows.request import Request
from orchestrator.workflows.runs.folder import all_runs, known_run
from orchestrator.workflows.runs.summary import summary
from tests.models.answers import Asked, Said, failing, hanging, structured
from tests.models.messages_api import Served, serving
from tests.workflows.graph.scene import (
    AGENTS,
    KEEP,
    TODAY,
    Told,
    callers,
    content,
    finds,
    review,
    wanted,
    who,
    with_trouble,
)

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]
LONG = 30


async def stopped(root: Path, api: Served, *, before: Flag, told: Told) -> None:
    """A review that is cancelled, as Ctrl-C does, once the flag is set."""
    async with anyio.create_task_group() as group:
        group.start_soon(review, wanted(root), api.address, told)
        assert await anyio.to_thread.run_sync(before.wait, LONG)
        await anyio.sleep(0.2)
        group.cancel_scope.cancel()


@pytest.mark.parametrize("name", [*AGENTS, "refuter"])
async def test_a_run_that_was_stopped_says_how_to_go_on_and_pays_nothing_twice(name: str, root: Path) -> None:
    reached, told = Flag(), Told()

    def hangs(asked: Asked) -> Said:
        if reached.is_set() or (name != "refuter" and asked.turn == 0):
            return finds(asked)
        reached.set()
        return hanging(0)

    with serving(with_trouble(name, hangs)) as api:
        await stopped(root, api, before=reached, told=told)
        assert told.warnings == [f"stopped; go on with: orchestrate review-pipeline --resume {told.run}"]
        assert summary(known_run(told.run)).outcome == "stopped"
        ended = {event.digest for event in told.events if event.kind == "call-ended" and not event.problem}
        again = Told()
        resumed = await review(wanted(root, resume=told.run), api.address, again)
    assert not ended & {event.digest for event in again.events if event.kind == "call-ended" and not event.kept}
    assert len(all_runs()) == 1
    assert summary(known_run(told.run)).outcome == "complete"
    with serving(finds) as api:
        undisturbed = await review(wanted(root, use_cache=False), api.address, Told())
    assert content(resumed.review) == content(undisturbed.review)


async def test_who_failed_is_asked_again_and_nobody_else(root: Path) -> None:
    told, down = Told(), Flag()
    down.set()

    def trouble(asked: Asked) -> Said:
        return failing(400, "invalid_request_error", "no") if down.is_set() else finds(asked)

    with serving(with_trouble("streaming-specialist", trouble)) as api:
        found = await review(wanted(root), api.address, told)
        assert found.review.unfinished == ("streaming-specialist",)
        down.clear()
        before = len(api.asked)
        again = await review(wanted(root, resume=told.run), api.address, Told())
    assert again.review.unfinished == ()
    assert callers(api.asked[before:]) == {"streaming-specialist": 2}


async def test_a_run_that_is_complete_gives_its_report_again_without_a_call(root: Path) -> None:
    told, again = Told(), Told()
    with serving(finds) as api:
        first = await review(wanted(root), api.address, told)
        paid = len(api.paid)
        second = await review(wanted(root, resume=told.run), api.address, again)
        assert len(api.paid) == paid
    assert content(second.review) == content(first.review)
    assert again.steps == []
    assert first.review.asked is not None
    assert second.review.asked is not None
    assert second.review.asked.spending == first.review.asked.spending


async def test_what_changed_since_the_run_began_is_told_and_only_that_is_paid(root: Path) -> None:
    told, again = Told(), Told()
    stream = root / "stream.py"
    stream.write_text('spark.readStream.table("a.b.c").writeStream.toTable("d.e.f")\n', encoding="utf-8")
    with serving(finds) as api:
        await review(wanted(root), api.address, told)
        before = len(api.asked)
        stream.write_text('spark.readStream.table("a.b.x").writeStream.toTable("d.e.f")\n', encoding="utf-8")
        await review(wanted(root, resume=told.run), api.address, again)
    assert again.warnings == [
        "since the run began this changed: 1 file (stream.py); what it does not concern is not paid again"
    ]
    assert "delta-lake-expert" in again.reused
    assert {who(asked) for asked in api.asked[before:]} == {"pyspark-optimizer", "streaming-specialist"}


async def test_a_run_can_be_gone_on_with_by_the_end_of_its_id(root: Path) -> None:
    told, again = Told(), Told()
    with serving(finds) as api:
        await review(wanted(root), api.address, told)
        await review(wanted(root, resume=told.run[-4:]), api.address, again)
    assert again.run == told.run


@pytest.fixture
def odd(root: Path) -> Path:
    """The project in a folder whose name is no UTF-8."""
    return root.rename(root.with_name(os.fsdecode(b"o\xffdd")))


async def test_a_project_in_a_folder_whose_name_is_no_text_is_reviewed_and_gone_on_with(odd: Path) -> None:
    told, again = Told(), Told()
    with serving(finds) as api:
        first = await review(wanted(odd), api.address, told)
        second = await review(wanted(odd, resume=told.run), api.address, again)
    assert content(first.review) == content(second.review)
    assert again.warnings == []
    assert summary(known_run(told.run)).outcome == "complete"


async def test_a_run_of_another_project_is_refused_by_its_path(root: Path, tmp_path: Path) -> None:
    told = Told()
    other = tmp_path / "other"
    other.mkdir()
    with serving(finds) as api:
        await review(wanted(root), api.address, told)
        with pytest.raises(RunError, match=f"run {told.run} is of .*project' and not of .*other'; leave the path out"):
            await review(wanted(other, resume=told.run), api.address, Told())


def three_commits(root: Path) -> Callable[..., None]:
    """A repository of the project whose branches `early` and `base` stand one and two steps before HEAD; its git."""

    def git(*arguments: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *author, "-c", "commit.gpgsign=false", *arguments], cwd=root, check=True)

    lines = (root / "load.py").read_text(encoding="utf-8").splitlines(keepends=True)
    git("init", "-q")
    for count, branch in ((3, "early"), (4, "base"), (len(lines), "head")):
        (root / "load.py").write_text("".join(lines[:count]), encoding="utf-8")
        git("add", ".")
        git("commit", "-q", "-m", branch)
        git("branch", branch)
    return git


async def test_a_base_that_moved_is_a_change_and_the_new_lines_are_reviewed(root: Path) -> None:
    git = three_commits(root)
    told, again = Told(), Told()
    request = Request(path=root, today=TODAY, base="base")

    def keeps(asked: Asked) -> Said:
        return structured({**KEEP, "new": "yes"}) if who(asked) == "refuter" else finds(asked)

    with serving(keeps) as api:
        first = await review(replace(wanted(root), request=request), api.address, told)
        git("branch", "-f", "base", "early")
        second = await review(replace(wanted(root, resume=told.run), request=request), api.address, again)
    assert [each.in_diff for each in first.review.findings if each.source is Source.MODEL] == [False]
    found = [each for each in second.review.findings if each.source is Source.MODEL]
    assert [(each.in_diff, each.standing) for each in found] == [(True, Standing.VERIFIED)]
    assert again.warnings == [
        "since the run began this changed: the settings; what it does not concern is not paid again"
    ]
