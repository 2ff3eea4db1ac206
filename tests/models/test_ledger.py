"""The ledger: what was paid once is kept whole, in a private and bounded file, and damage never stops a run."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from orchestrator.errors import ModelError
from orchestrator.models.conversation import Opaque, Reply, Text, ToolUse, Usage
from orchestrator.models.ledger import FILE, Flights, Ledger
from orchestrator.models.shelf import Shelf
from orchestrator.models.wire import digest
from tests.models.simulated import answered, ask

REPLY = Reply(
    id="msg_1",
    model="claude-sonnet-5-5",
    blocks=(
        Opaque(content={"type": "thinking", "thinking": "", "signature": "c2ln"}),
        Text(text="grüße \u202e \ud800 end"),
        ToolUse(id="toolu_1", name="read_file", arguments={"path": "a.py", "lines": [1, 2]}),
    ),
    stop="tool_use",
    usage=Usage(input_tokens=3, output_tokens=5, cache_read_tokens=7, cache_write_tokens=11, cache_write_1h_tokens=13),
    seconds=1.5,
    attempts=2,
)


def opened(folder: Path, notes: list[str] | None = None) -> Ledger:
    """A ledger whose notes are collected."""
    return Ledger(folder, note=(notes if notes is not None else []).append)


def kept(folder: Path, key: str) -> Reply | None:
    """What a ledger that is opened anew finds."""
    ledger = opened(folder)
    try:
        return ledger.find(key)
    finally:
        ledger.close()


def store(folder: Path, key: str, reply: Reply, notes: list[str] | None = None) -> None:
    """Keep one reply and close."""
    ledger = opened(folder, notes)
    ledger.keep(key, reply)
    ledger.close()


def test_reply_comes_back_whole_and_marked_as_kept(tmp_path: Path) -> None:
    store(tmp_path, "k", REPLY)
    found = kept(tmp_path, "k")
    assert found is not None
    assert found.kept
    assert (found.blocks, found.usage, found.stop) == (REPLY.blocks, REPLY.usage, "tool_use")
    assert (found.id, found.model, found.seconds, found.attempts) == ("msg_1", "claude-sonnet-5-5", 1.5, 2)
    assert kept(tmp_path, "other") is None


@pytest.mark.parametrize("stop", ["refusal", "max_tokens", "pause_turn", "model_context_window_exceeded", ""])
def test_answer_that_is_not_whole_is_not_kept(tmp_path: Path, stop: str) -> None:
    store(tmp_path, "k", answered(ask(), stop=stop))
    assert kept(tmp_path, "k") is None


def test_file_and_folder_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    ledger = opened(folder)
    ledger.keep("k", REPLY)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    ledger.close()
    assert modes.pop("kept") == 0o700
    assert FILE in modes
    assert set(modes.values()) == {0o600}


def test_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    (tmp_path / FILE).touch(0o666)
    (tmp_path / FILE).chmod(0o666)
    store(tmp_path, "k", REPLY)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_requests_are_not_kept_only_their_digest(tmp_path: Path) -> None:
    request = ask("a secret question")
    store(tmp_path, digest(request), REPLY)
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert digest(request).encode() in whole
    assert b"secret" not in whole


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read" * 20, b"\0" * 8192])
def test_damaged_file_is_set_aside_with_a_note(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    notes: list[str] = []
    store(tmp_path, "k", REPLY, notes)
    assert kept(tmp_path, "k") is not None
    aside = [path for path in tmp_path.iterdir() if "aside" in path.name]
    assert [path.read_bytes() for path in aside] == [content]
    assert len(notes) == 1
    assert aside[0].name in notes[0]


def test_file_that_is_damaged_in_the_middle_is_set_aside_when_it_is_met(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    for number in range(200):
        ledger.keep(f"k{number}", REPLY)
    ledger.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (tmp_path / FILE).write_bytes(content)
    notes: list[str] = []
    store(tmp_path, "k", REPLY, notes)
    assert kept(tmp_path, "k") is not None
    assert len(notes) == 1


def test_file_of_another_program_is_set_aside_untouched(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("CREATE TABLE theirs (id INTEGER)")
    other.close()
    content = (tmp_path / FILE).read_bytes()
    notes: list[str] = []
    store(tmp_path, "k", REPLY, notes)
    assert kept(tmp_path, "k") is not None
    assert [path.read_bytes() for path in tmp_path.iterdir() if "aside" in path.name] == [content]
    assert "not ours" in notes[0]


def test_text_that_changed_on_disk_is_a_miss(tmp_path: Path) -> None:
    store(tmp_path, "k", REPLY)
    raw = sqlite3.connect(tmp_path / FILE)
    raw.execute("UPDATE kept SET text = replace(text, 'read_file', 'read_fils')")
    raw.commit()
    raw.close()
    assert kept(tmp_path, "k") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", '{"id": "m", "usage": []}'])
def test_text_that_is_no_reply_is_a_miss(tmp_path: Path, text: str) -> None:
    shelf = Shelf(tmp_path / FILE)
    shelf.put("k", text)
    shelf.close()
    assert kept(tmp_path, "k") is None


def test_place_that_cannot_be_written_costs_a_note_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    notes: list[str] = []
    ledger = opened(tmp_path / "file" / "folder", notes)
    ledger.keep("k", REPLY)
    assert ledger.find("k") is None
    assert len(notes) == 1


def test_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    (tmp_path / FILE).symlink_to(target)
    notes: list[str] = []
    store(tmp_path, "k", REPLY, notes)
    assert target.read_bytes() == b""
    assert len(notes) == 1


def test_file_that_another_process_locks_is_neither_set_aside_nor_a_reason_to_fail(tmp_path: Path) -> None:
    notes: list[str] = []
    shelf = Shelf(tmp_path / FILE, note=notes.append, patience=0.01)
    shelf.put("before", "text")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    shelf.put("meanwhile", "text")
    other.execute("ROLLBACK")
    other.close()
    shelf.put("after", "text")
    found = [key for key in ("before", "meanwhile", "after") if shelf.get(key) is not None]
    shelf.close()
    assert found == ["before", "after"]
    assert [path.name for path in tmp_path.iterdir() if "aside" in path.name] == []
    assert notes == []


def test_oldest_go_first_when_the_bound_is_reached(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "s.sqlite", most=100_000)
    for number in range(400):
        shelf.put(f"k{number}", "x" * 1_000)
    shelf.put("large", "x" * 50_000)
    found = [number for number in range(400) if shelf.get(f"k{number}") is not None]
    assert shelf.get("large") is None
    shelf.close()
    assert found == list(range(400 - len(found), 400))
    assert 100 <= len(found) <= 164
    assert (tmp_path / "s.sqlite").stat().st_size < 500_000


WRITER = """
import sys
from pathlib import Path
from orchestrator.models.shelf import Shelf
shelf = Shelf(Path(sys.argv[1]), note=lambda note: sys.exit(note))
for number in range(150):
    shelf.put(f"{sys.argv[2]}-{number}", "x" * 2000)
    assert shelf.get(f"{sys.argv[2]}-{number}") is not None
print("done", flush=True)
sys.stdin.read()
"""


def writer(file: Path, name: str) -> subprocess.Popen[bytes]:
    """A process that keeps texts under its name, says so, and waits."""
    command = [sys.executable, "-c", WRITER, str(file), name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_several_processes_keep_at_once_and_a_killed_one_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "s.sqlite"
    writers = [writer(file, name) for name in "abc"]
    for each in writers:
        assert each.stdout is not None
        assert each.stdout.readline() == b"done\n"
        os.kill(each.pid, signal.SIGKILL)
        each.communicate()
    shelf = Shelf(file)
    missing = [f"{name}-{number}" for name in "abc" for number in range(150) if shelf.get(f"{name}-{number}") is None]
    shelf.close()
    assert missing == []


@pytest.mark.anyio
async def test_equal_calls_at_once_are_made_once() -> None:
    flights, made = Flights(), []

    async def make() -> Reply:
        made.append(1)
        await anyio.lowlevel.checkpoint()
        return REPLY

    replies: list[Reply] = []

    async def one() -> None:
        replies.append(await flights.reply("k", make))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)
    assert len(made) == 1
    assert sorted(reply.kept for reply in replies) == [False, True, True, True, True]
    assert not (await flights.reply("k", make)).kept


@pytest.mark.anyio
async def test_call_that_failed_or_was_stopped_is_made_by_the_next_who_waits() -> None:
    flights, made = Flights(), []

    async def make() -> Reply:
        made.append(1)
        await anyio.lowlevel.checkpoint()
        if len(made) == 1:
            raise ModelError("overloaded")
        if len(made) == 2:
            await anyio.sleep_forever()
        return REPLY

    outcomes: list[str] = []

    async def one(scope: anyio.CancelScope) -> None:
        with scope:
            try:
                outcomes.append((await flights.reply("k", make)).id)
            except ModelError as error:
                outcomes.append(str(error))

    scopes = [anyio.CancelScope() for _ in range(3)]
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for scope in scopes:
                group.start_soon(one, scope)
            await anyio.wait_all_tasks_blocked()
            scopes[1].cancel()
    assert outcomes == ["overloaded", "msg_1"]
    assert len(made) == 3
