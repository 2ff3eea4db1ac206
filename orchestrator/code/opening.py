"""Opening a file of a hostile tree: only regular files, never through a link, never more bytes than asked for."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bounded(file: Path, limit: int) -> bytes | OSError:
    """At most `limit + 1` bytes of a regular file, or the error that the system gives instead of them."""
    try:
        handle = os.open(file, _FLAGS)
        with os.fdopen(handle, "rb", buffering=0) as stream:
            return _content(stream.fileno(), limit)
    except OSError as error:
        return error


def _content(handle: int, limit: int) -> bytes | OSError:
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        return OSError(0, "not a regular file")
    parts: list[bytes] = []
    wanted = limit + 1
    # A file may grow or shrink while it is read, and one call may give less than asked for.
    while wanted > 0 and (part := os.read(handle, min(wanted, max(state.st_size, 4096) + 1))):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)
