"""Where checkpoints are kept: a file of the run by default, Postgres where an address is given."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

import anyio
import anyio.to_thread
import pytest

from orchestrator.errors import RunError
from orchestrator.workflows.runs.folder import known_run
from tests.models.answers import Asked, Said, hanging
from tests.models.messages_api import serving
from tests.workflows.graph.scene import PLAIN, Told, content, finds, review, wanted, with_trouble

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]
LONG = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


async def test_a_server_that_does_not_answer_is_one_sentence_without_the_password(root: Path) -> None:
    settings = replace(PLAIN, store=f"postgresql://ann:hidden@127.0.0.1:{free_port()}/runs")
    with serving(finds) as api, pytest.raises(RunError) as refused:
        await review(wanted(root, settings=settings), api.address, Told())
    assert str(refused.value).startswith("the store of checkpoints at 127.0.0.1/runs cannot be used: ")
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)
    assert not api.asked


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:hid%zzden@127.0.0.1:1/runs",
        "postgresql://ann:hid den@127.0.0.1:1/runs",
        "postgresql://ann:hid/den@127.0.0.1:1/runs",
        "postgresql://ann:hid?den@127.0.0.1:1/runs",
        "postgresql://ann@127.0.0.1:1/runs?password=hid%20den&nothing=1",
        "postgresql://[ann:hidden",
    ],
)
async def test_an_address_that_cannot_be_read_is_one_sentence_without_the_password(address: str, root: Path) -> None:
    with serving(finds) as api, pytest.raises(RunError) as refused:
        await review(wanted(root, settings=replace(PLAIN, store=address)), api.address, Told())
    assert str(refused.value).startswith("the store of checkpoints ")
    assert "hid" not in str(refused.value)
    assert "den" not in str(refused.value)


async def test_an_address_of_something_else_is_one_sentence(root: Path) -> None:
    settings = replace(PLAIN, store="mysql://ann:hidden@127.0.0.1/runs")
    with serving(finds) as api, pytest.raises(RunError, match=r"no address of Postgres; give one like postgresql://"):
        await review(wanted(root, settings=settings), api.address, Told())


async def test_a_library_that_is_missing_is_named_with_the_extra_that_brings_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    settings = replace(PLAIN, store="postgresql://127.0.0.1/runs")
    with (
        serving(finds) as api,
        pytest.raises(RunError, match="'psycopg': install the package with its extra 'postgres'"),
    ):
        await review(wanted(root, settings=settings), api.address, Told())


@pytest.mark.real
async def test_a_run_whose_checkpoints_are_in_postgres_goes_on_where_it_stopped(root: Path, tmp_path: Path) -> None:
    reached, told = Flag(), Told()

    def hangs(asked: Asked) -> Said:
        if asked.turn == 0 or reached.is_set():
            return finds(asked)
        reached.set()
        return hanging(0)

    with postgres(tmp_path) as address, serving(with_trouble("pyspark-optimizer", hangs)) as api:
        settings = replace(PLAIN, store=address)
        async with anyio.create_task_group() as group:
            group.start_soon(review, wanted(root, settings=settings), api.address, told)
            assert await anyio.to_thread.run_sync(reached.wait, LONG)
            await anyio.sleep(0.5)
            group.cancel_scope.cancel()
        again = Told()
        resumed = await review(wanted(root, settings=settings, resume=told.run), api.address, again)
        whole = await review(wanted(root, use_cache=False), api.address, Told())
    # Who had ended is in the checkpoint, so that only the one that was stopped is started again.
    started = [event.who for event in again.events if event.kind == "specialist-started"]
    assert started == ["pyspark-optimizer"]
    assert content(resumed.review) == content(whole.review)
    assert not known_run(told.run).checkpoints.exists()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a database on a server of its own, which refuses to run as root."""
    home, port = folder / "postgres", free_port()
    home.mkdir()
    user = _unprivileged(home)
    data = home / "data"
    _ran(user, _program("initdb"), "--pgdata", str(data), "--username", "ann", "--auth", "trust", "--no-sync")
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
    server = (_program("pg_ctl"), "--pgdata", str(data), "--log", str(home / "log"), "--wait")
    _ran(user, *server, "--options", options, "start")
    try:
        yield f"postgresql://ann@127.0.0.1:{port}/postgres"
    finally:
        _ran(user, *server, "--mode", "immediate", "stop")


def _unprivileged(home: Path) -> str | None:
    """A user who may run the server and write its folder; None where we are no root."""
    if os.geteuid() != 0:
        return None
    user = next(name for name in ("postgres", "nobody") if _exists(name))
    shutil.chown(home, user)
    for parent in home.parents:
        if parent.stat().st_uid == 0 and parent.is_relative_to("/tmp") and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return user


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _program(name: str) -> str:
    """A program of Postgres, which distributions keep out of the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)]))
    assert found is not None, f"{name} is not installed: apt-get install postgresql"
    return found


def _ran(user: str | None, *command: str) -> None:
    subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")
