"""Where in the recordings a call belongs: case, agent, epoch and turn; it is never sent over the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import CassetteError

if TYPE_CHECKING:
    from orchestrator.models.calls import Caller

SLOT_HEADER = "x-eval-slot"
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_OTHER = re.compile(r"[^a-z0-9_-]+")
_CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One turn of one agent on one case; `turn` and `epoch` count from 1."""

    case: str
    agent: str
    epoch: int
    turn: int

    def __str__(self) -> str:
        return f"{self.case}/{self.agent}/{self.epoch}/{self.turn}"


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """While it lasts, calls to a model are this caller's."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)


def slot_now(case: str, epoch: int) -> Slot:
    """The slot of the call that is being made.

    Raises:
        CassetteError: nobody said who calls.
    """
    caller = _CALLER.get()
    if caller is None:
        raise CassetteError(f"a call for the case {case!r} names no caller; make it inside `calling(Caller(...))`")
    is_told = caller.part == "specialist" or caller.who.startswith(caller.part)
    who = caller.who if is_told else f"{caller.part}-{caller.who}"
    return Slot(case=folder_name(case), agent=folder_name(who), epoch=epoch, turn=caller.turn)


def folder_name(name: str) -> str:
    """The name itself where it is plain, else what is plain of it and eight digits that tell it from its like."""
    if _PLAIN.fullmatch(name):
        return name
    digits = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_OTHER.sub('-', name.lower()).strip('-')[:60] or 'x'}-{digits}"


def cassette_path(folder: Path, case: str, agent: str, epoch: int) -> Path:
    """The file of the recordings of one agent on one case in one epoch."""
    return folder / folder_name(case) / folder_name(agent) / f"e{epoch}.yaml"


def meta_path(cassette: Path) -> Path:
    """The file that says how a cassette came to be."""
    return cassette.with_suffix(".meta.yaml")
