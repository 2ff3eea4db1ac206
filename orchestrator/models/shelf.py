"""Texts kept by key in one SQLite file: bounded, safe with several processes, and never the reason that a run fails."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

MEBIBYTE = 1024 * 1024
_KIND = 0x0DB14CA5
"""Our mark in the header of the file, by which one that is another program's is told."""
_LAYOUT = 1
_FAILURES = 3
"""Failures after which a file is left alone: each may have waited for another process."""
_EVERY = 64
_PAUSES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_TABLE = "CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, key TEXT UNIQUE, size INTEGER, sum BLOB, text TEXT)"
_STORE = "INSERT OR REPLACE INTO kept (key, size, sum, text) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM kept WHERE key = ?"
_FIND = "SELECT sum, text FROM kept WHERE key = ?"
_PRUNE = (
    "DELETE FROM kept WHERE id <= (SELECT MAX(id) FROM "
    "(SELECT id, SUM(size) OVER (ORDER BY id DESC) AS total FROM kept) WHERE total > ?)"
)
Note = Callable[[str], None]
"""Takes one sentence that a person should know."""


def unheard(_sentence: str) -> None:
    """Tells nobody."""


class Shelf:
    """Texts by key in a file of a folder; both are made when first used, and only their owner can read them.

    `most` bounds the bytes of all texts, the oldest go first; `patience` is how many seconds another process that
    writes is waited for. What is wrong with the file or the folder is told to
    `note` and costs what was kept, no more: a file that is damaged or not ours is set aside under another name.
    """

    def __init__(self, path: Path, *, most: int = 256 * MEBIBYTE, note: Note = unheard, patience: float = 5.0) -> None:
        self._path = path
        self._most = most
        self._patience = patience
        self._note = note
        self._connection: sqlite3.Connection | None = None
        self._failures = 0
        self._stored = 0
        self._inode = 0

    def get(self, key: str) -> str | None:
        """The text of a key; None where there is none, or none that is whole."""
        found = self._run(lambda connection: connection.execute(_FIND, (key,)).fetchone())
        if not isinstance(found, tuple):
            return None
        check, text = found
        return text if isinstance(text, str) and check == _sum(text) else None

    def put(self, key: str, text: str) -> None:
        """Keep a text; a larger one than a sixteenth of the bound is not kept."""
        size = len(text.encode("utf-8", "surrogatepass"))
        if size * 16 > self._most:
            return
        self._run(lambda connection: connection.execute(_STORE, (key, size, _sum(text), text)).close())
        self._stored += 1
        if self._stored % _EVERY == 1:
            self._run(lambda connection: connection.execute(_PRUNE, (self._most,)).close())

    def drop(self, key: str) -> None:
        """Keep the text of a key no more."""
        self._run(lambda connection: connection.execute(_DROP, (key,)).close())

    def close(self) -> None:
        """Close the file; it opens again when it is used."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _run(self, work: Callable[[sqlite3.Connection], object]) -> object:
        """What the work gives; None where the file cannot be used, after one more try with a new one."""
        for _ in range(2):
            try:
                connection = self._open()
                return None if connection is None else work(connection)
            except UnicodeError:
                return None
            except sqlite3.OperationalError as error:
                # Busy, full or read-only: this one text is not kept.
                self._failed(str(error))
                return None
            except sqlite3.DatabaseError as error:
                self._set_aside(str(error))
        return None

    def _open(self) -> sqlite3.Connection | None:
        if self._failures >= _FAILURES:
            return None
        if self._connection is not None:
            return self._connection
        try:
            self._inode = _make(self._path)
        except OSError as error:
            self._failures = _FAILURES - 1
            self._failed(error.strerror or "it cannot be opened")
            return None
        connection = sqlite3.connect(self._path, timeout=self._patience, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _failed(self, reason: str) -> None:
        self._failures += 1
        if self._failures >= _FAILURES:
            self._note(f"answers are kept no more, because {self._path.name} cannot be used: {reason}")
            self.close()

    def _set_aside(self, reason: str) -> None:
        """Move the file out of the way, if it still is the one that was opened."""
        self.close()
        aside = self._path.with_name(f"{self._path.name}.aside-{time.time_ns()}")
        with suppress(OSError):
            if self._path.stat().st_ino != self._inode:
                return
            self._path.replace(aside)
        for end in ("-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + end).unlink()
        self._note(f"{self._path.name} was damaged or not ours ({reason}); it was set aside as {aside.name}")


def _make(path: Path) -> int:
    """The inode of the file, which is made where there is none, for its owner alone.

    Raises:
        OSError: it cannot be made, or is a link.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(handle, 0o600)
        return os.fstat(handle).st_ino
    finally:
        os.close(handle)


def _prepare(connection: sqlite3.Connection) -> None:
    """Check that the file is ours or new, and make the table.

    Raises:
        sqlite3.DatabaseError: it is damaged or another program's.
    """
    # In one transaction, for another process may be making the file right now.
    connection.execute("BEGIN")
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    (kind,) = connection.execute("PRAGMA application_id").fetchone()
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("COMMIT")
    if (kind, layout) != (_KIND, _LAYOUT) and (kind, layout, tables) != (0, 0, 0):
        raise sqlite3.DatabaseError("it holds something else")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(_TABLE)
        cursor.execute(f"PRAGMA application_id = {_KIND}")
        cursor.execute(f"PRAGMA user_version = {_LAYOUT}")
        cursor.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the journal; SQLite waits for nobody who opens a new file at the same moment, so we do.

    Raises:
        sqlite3.OperationalError: it could not be switched.
    """
    for pause in _PAUSES:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            time.sleep(pause)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _sum(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
