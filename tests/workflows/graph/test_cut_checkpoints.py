"""A run goes on from every state in which a `kill -9` can leave its checkpoints."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator.workflows.runs.folder import known_run
from tests.models.messages_api import serving
from tests.workflows.graph.scene import Told, content, finds, review, wanted

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

WRITES_KEPT, WRITES_LOST = True, False


def cut(store: Path, last: str, *, writes: bool) -> None:
    """Leave the checkpoints up to this one, with or without what its own tasks had written."""
    with closing(sqlite3.connect(store)) as opened, opened:
        opened.execute("delete from checkpoints where checkpoint_id > ?", (last,))
        opened.execute("delete from writes where checkpoint_id > ?", (last,))
        if not writes:
            opened.execute("delete from writes where checkpoint_id = ?", (last,))


def checkpoints(store: Path) -> list[str]:
    """The ids of the checkpoints, in the order in which they were made."""
    with closing(sqlite3.connect(store)) as opened:
        return [name for (name,) in opened.execute("select checkpoint_id from checkpoints order by checkpoint_id")]


@pytest.mark.parametrize("writes", [WRITES_KEPT, WRITES_LOST], ids=["its writes kept", "its writes lost"])
async def test_a_run_goes_on_from_every_checkpoint_to_the_same_report(root: Path, *, writes: bool) -> None:
    told = Told()
    with serving(finds) as api:
        whole = await review(wanted(root), api.address, told)
        paid = len(api.paid)
        store = known_run(told.run).checkpoints
        made = checkpoints(store)
        assert len(made) > 8
        for last in reversed(made):
            cut(store, last, writes=writes)
            again = await review(wanted(root, resume=told.run), api.address, Told())
            assert again.review.unfinished == (), last
            assert content(again.review) == content(whole.review)
    assert len(api.paid) == paid
