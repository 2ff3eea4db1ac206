"""The loopback Messages API for the real client, which sends more than the public API documents: nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.models.answers import Asked, Block, Script, text, use
from tests.models.messages_api import Served, serving


@contextmanager
def messages(script: Script) -> Iterator[Served]:
    """A server on a free port of the loopback interface."""
    with serving(script, checked=False) as served:
        yield served


__all__ = ["Asked", "Block", "Served", "messages", "text", "use"]
