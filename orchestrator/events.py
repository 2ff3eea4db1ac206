"""The run log: one JSON line an event, appended as it happens; resume, evals and `orchestrate runs` read it."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

MAX_LINE = 8 * 1024 * 1024


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    at: dt.datetime = Field(default_factory=lambda: dt.datetime.now(dt.UTC))


class RunStarted(_Event):
    """A run begins, or goes on; `digest` is that of the project, the settings and the prompts."""

    kind: Literal["run-started"] = "run-started"
    run: str
    project: str
    model: str
    version: str
    digest: str
    resumed: bool = False


class StepStarted(_Event):
    """A step of the graph begins."""

    kind: Literal["step-started"] = "step-started"
    step: str
    detail: str = ""


class StepEnded(_Event):
    """A step of the graph is done."""

    kind: Literal["step-ended"] = "step-ended"
    step: str
    seconds: float
    detail: str = ""


class CallEnded(_Event):
    """A call to a model ended: answered, kept from an earlier call, or failed for good (`problem`).

    `part` tells specialists from the refuter.
    """

    kind: Literal["call-ended"] = "call-ended"
    who: str
    part: str = "specialist"
    turn: int
    digest: str
    kept: bool = False
    stop: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float | None = None
    seconds: float = 0.0
    attempts: int = 1
    problem: str = ""


class ToolCalled(_Event):
    """A tool was called for a specialist; sizes in characters, never the content."""

    kind: Literal["tool-called"] = "tool-called"
    who: str
    turn: int
    tool: str
    seconds: float
    characters: int
    problem: str = ""


class SpecialistStarted(_Event):
    """A specialist is asked, about so many files."""

    kind: Literal["specialist-started"] = "specialist-started"
    who: str
    files: int


class SpecialistEnded(_Event):
    """A specialist gave its answer (`text`, as it stands), or none (`problem`); `reused` from an earlier run."""

    kind: Literal["specialist-ended"] = "specialist-ended"
    who: str
    turns: int
    text: str = ""
    problem: str = ""
    reused: bool = False


class Judged(_Event):
    """The refuter's word on one finding: kept, refuted, or none that counts."""

    kind: Literal["judged"] = "judged"
    finding: str
    verdict: Literal["kept", "refuted", "undecided"]
    reason: str = ""


class Warned(_Event):
    """Something that a person should know of the run."""

    kind: Literal["warned"] = "warned"
    text: str


class RunEnded(_Event):
    """The run ended with a report."""

    kind: Literal["run-ended"] = "run-ended"
    outcome: str
    findings: int
    calls: int
    usd: float | None = None
    seconds: float = 0.0


Event = (
    RunStarted
    | StepStarted
    | StepEnded
    | SpecialistStarted
    | CallEnded
    | ToolCalled
    | SpecialistEnded
    | Judged
    | Warned
    | RunEnded
)
Tell = Callable[[Event], None]
"""Takes an event: the log, the progress on a terminal, or both."""
_LINE: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


class EventLog:
    """The log of one run, opened for appending; each event is one write, so that a killed run leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._handle).st_size
        if size and os.pread(self._handle, 1, size - 1) != b"\n":
            # The last process was killed in the middle of a line; the next one begins a line of its own.
            os.write(self._handle, b"\n")

    def tell(self, event: Event) -> None:
        """Append an event; half a character, as a name or a model's JSON may hold one, is written as `?`."""
        try:
            line = event.model_dump_json().encode()
        except PydanticSerializationError:
            line = json.dumps(event.model_dump(), default=str, ensure_ascii=False).encode("utf-8", "replace")
        os.write(self._handle, line + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def read_events(path: Path) -> tuple[Event, ...]:
    """The events of a log in their order; lines that are no event, such as one that was torn off, are left out."""
    events: list[Event] = []
    with path.open("rb") as stream:
        while line := stream.readline(MAX_LINE):
            try:
                events.append(_LINE.validate_json(line))
            except ValidationError:
                continue
    return tuple(events)
