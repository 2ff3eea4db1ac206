"""A recording: one case in one epoch, kept in memory until it is whole, checked, and swapped in at once."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self, TextIO
from urllib.parse import urlsplit

from pydantic import JsonValue
from vcr.cassette import Cassette
from vcr.request import Request

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.meta import Meta, Provenance, Turn, content_sum, dump
from orchestrator.models.cassettes.pages import Page, Response, pretty, read_pages, write_pages
from orchestrator.models.cassettes.results import How
from orchestrator.models.cassettes.scrub import MASKED, Scrubber, leaks
from orchestrator.models.cassettes.slots import Slot, cassette_path, folder_name, meta_path
from orchestrator.models.cassettes.tape import HOW_HEADER, Patched, Place, blank_tape
from orchestrator.models.cassettes.verdict import components_of
from orchestrator.models.conversation import Ask, Reply
from orchestrator.models.fingerprint import Body, fingerprint
from orchestrator.models.wire import block_json, request_body

SCRIPTED = "http://scripted.invalid/v1/messages"
"""The address in a recording of a model that uses no network."""
LIBRARIES = ("anthropic", "vcrpy", "databricks-platform-marketplace")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Price = Callable[[str, Body], float | None]
"""The US dollars of a usage, as the API reports it, of a model; None where no price is known."""


@dataclass(slots=True, kw_only=True)
class _Agent:
    cassette: Cassette
    replies: dict[int, Reply] = field(default_factory=dict)
    failure: str = ""


class Recording:
    """Records one case and epoch into `folder` while its `with` lasts; nothing is written before `keep`.

    `credentials` are values that must not occur in a recording, beside those that the requests carry in their headers.
    """

    def __init__(
        self,
        folder: Path,
        *,
        case: str,
        provenance: Provenance,
        epoch: int = 1,
        scrubber: Scrubber | None = None,
        credentials: frozenset[str] = frozenset(),
        price: Price | None = None,
    ) -> None:
        self._folder = folder
        self.case = folder_name(case)
        self.epoch = epoch
        self._provenance = provenance
        self._scrubber = scrubber or Scrubber()
        self._credentials = set(credentials)
        self._price = price
        self._agents: dict[str, _Agent] = {}

    def __enter__(self) -> Self:
        Patched.begin()
        return self

    def __exit__(self, *_: object) -> None:
        Patched.end()

    def place(self, slot: Slot) -> Place:
        """Where the call of a slot is recorded."""
        if slot.agent not in self._agents:
            self._agents[slot.agent] = _Agent(cassette=blank_tape(self._scrubber))
        return Place(slot=slot, cassette=self._agents[slot.agent].cassette, is_replay=False)

    def recorded(self, place: Place, ask: Ask, reply: Reply) -> None:
        """Book a call that was answered; one that used no network is written down as synthetic."""
        self._credentials |= place.credentials
        agent = self._agents[place.slot.agent]
        agent.replies[place.slot.turn] = reply
        if place.problem:
            agent.failure = f"turn {place.slot.turn} has an answer of a new form: {place.problem}"
        elif not place.is_used:
            agent.cassette.append(*_synthetic(place.slot, ask, reply))

    def failed(self, place: Place, reason: str) -> None:
        """Note a call that got no answer: the recording of its agent is not whole."""
        self._credentials |= place.credentials
        self._agents[place.slot.agent].failure = f"turn {place.slot.turn} got no answer ({reason})"

    def keep(self) -> tuple[Path, ...]:
        """Check and write the cassettes of all agents; returns their files.

        Raises:
            CassetteError: some were refused, and their old files stay; the others are written, for they were paid.
        """
        stamp = dt.datetime.now(tz=dt.UTC).replace(microsecond=0)
        written, refused = [], []
        for name, agent in sorted(self._agents.items()):
            try:
                path, text, meta = self._ready(name, agent, stamp)
            except CassetteError as error:
                refused.append(str(error))
                continue
            swap(path, text)
            swap(meta_path(path), dump(meta))
            written.append(path)
        if refused:
            raise CassetteError("; ".join(refused))
        return tuple(written)

    def _ready(self, name: str, agent: _Agent, stamp: dt.datetime) -> tuple[Path, str, Meta]:
        path = cassette_path(self._folder, self.case, name, self.epoch)
        title = f"{self.case}/{name}/e{self.epoch}"
        if agent.failure:
            raise CassetteError(f"the recording of {title} is not written, for {agent.failure}; record it anew")
        interactions = list(zip(agent.cassette.requests, agent.cassette.responses, strict=True))
        text = write_pages(sorted(interactions, key=lambda pair: _turn(str(pair[0].headers.get("x-eval-slot")))))
        pages = read_pages(text, title)
        turns = sorted({_turn(page.slot) for page in pages})
        if turns != list(range(1, len(turns) + 1)) or not turns or set(agent.replies) - set(turns):
            raise CassetteError(f"the recording of {title} has whole answers for turns {turns} only; record it anew")
        meta = self._meta(name, agent, pages, stamp, text)
        noted = json.loads(meta.model_dump_json())
        bodies: list[JsonValue] = [noted, text]
        bodies += [body for page in pages for body in (page.asked, page.answered)]
        leak = next(leaks(bodies, self._credentials), None)
        if leak is not None:
            raise CassetteError(f"the recording of {title} is not written, for {leak}; remove it from what is sent")
        return path, text, meta

    def _meta(self, name: str, agent: _Agent, pages: tuple[Page, ...], stamp: dt.datetime, text: str) -> Meta:
        given = self._provenance
        turns = [self._turn(number, agent, pages) for number in sorted({_turn(page.slot) for page in pages})]
        costs = [turn.cost_usd for turn in turns]
        seconds = [turn.seconds for turn in turns]
        return Meta(
            case=self.case,
            agent=name,
            epoch=self.epoch,
            recorded_at=stamp,
            recorder=given.recorder,
            how=how_of(pages),
            endpoint=urlsplit(str(pages[0].request.uri)).hostname or "",
            models_requested=sorted({str(page.asked.get("model")) for page in pages}),
            models_returned=sorted({str(page.answered.get("model")) for page in pages}),
            versions={**_versions(), **given.versions},
            git_sha=given.git_sha,
            git_dirty=given.git_dirty,
            case_sha=given.case_sha,
            prompts=dict(given.prompts),
            tools_sha=sorted({fingerprint(page.asked).tools for page in pages}),
            licence=given.licence,
            turns=turns,
            input_tokens=sum(_count(page, "input_tokens") for page in pages),
            output_tokens=sum(_count(page, "output_tokens") for page in pages),
            cost_usd=None if None in costs else round(sum(cost or 0.0 for cost in costs), 8),
            seconds=None if None in seconds else round(sum(each or 0.0 for each in seconds), 3),
            redactions=text.count(MASKED),
            content_sha256=content_sum(text),
        )

    def _turn(self, number: int, agent: _Agent, pages: tuple[Page, ...]) -> Turn:
        answers = [page for page in pages if _turn(page.slot) == number]
        last, reply = answers[-1], agent.replies.get(number)
        usage = last.answered.get("usage")
        counted = usage if isinstance(usage, dict) else {}
        return Turn(
            turn=number,
            fingerprint=components_of(fingerprint(last.asked)),
            usage=counted,
            seconds=None if reply is None else round(reply.seconds, 3),
            cost_usd=None if self._price is None else self._price(str(last.answered.get("model")), counted),
            finish=str(last.answered.get("stop_reason")),
            attempts=len(answers),
        )


def how_of(pages: tuple[Page, ...]) -> How:
    """How all of it was made: the least that is true of every page.

    An endpoint may say `synthetic` or `handoff` of itself; one on loopback that says nothing is taken for a stand-in.
    """
    found = {_how(page) for page in pages}
    return next(how for how in (How.SYNTHETIC, How.HANDOFF, How.LIVE) if how in found)


def swap(path: Path, text: str) -> None:
    """Put a file in its place at once: readers see the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".yaml")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            _write_through(file, text)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_through(file: TextIO, text: str) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _how(page: Page) -> How:
    headers = page.response.get("headers")
    said = headers.get(HOW_HEADER) if isinstance(headers, dict) else None
    value = said[0] if isinstance(said, list) and said else said
    if value in {How.SYNTHETIC, How.HANDOFF}:
        return How(str(value))
    host = urlsplit(str(page.request.uri)).hostname or ""
    return How.SYNTHETIC if host in _LOOPBACK or host.endswith(".invalid") else How.LIVE


def _synthetic(slot: Slot, ask: Ask, reply: Reply) -> tuple[Request, Response]:
    usage = reply.usage
    message: Body = {
        "id": reply.id,
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [block_json(block) for block in reply.blocks],
        "stop_reason": reply.stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_input_tokens": usage.cache_read_tokens,
            "cache_creation_input_tokens": usage.cache_write_tokens + usage.cache_write_1h_tokens,
        },
    }
    headers = {"content-type": "application/json", "x-eval-slot": str(slot)}
    answered: Response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"content-type": ["application/json"], HOW_HEADER: [How.SYNTHETIC.value]},
        "body": {"string": pretty(message)},
    }
    return Request("POST", SCRIPTED, pretty(request_body(ask)), headers), answered


def _turn(slot: str) -> int:
    number = slot.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0


def _count(page: Page, name: str) -> int:
    usage = page.answered.get("usage")
    count = usage.get(name) if isinstance(usage, dict) else 0
    return count if isinstance(count, int) else 0


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
