"""What goes wrong in a review with a model, as a table: the fault, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.workflows.graph.settings import ModelSettings
from tests.models.answers import (
    Answer,
    Asked,
    Raw,
    Said,
    Script,
    cut,
    erring,
    failing,
    garbled,
    hanging,
    limited,
    overloaded,
    reset,
    structured,
    text,
    use,
)
from tests.models.asking import KEY
from tests.workflows.graph.scene import AGENTS, CLAIM, KEEP, PLAIN, finds, who, with_trouble

CLEAN, INCOMPLETE = 0, 3
QUOTED = {name: CLAIM[name] for name in ("path", "start_line", "end_line", "quote")}
NOWHERE = "http://127.0.0.1:9"
ONE = "streaming-specialist"
EVERYBODY = tuple(sorted(AGENTS))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the model says, and what comes of it.

    `lost` are those who gave no answer, and `says` is a pattern of the reason that the ledger gives for each of them.
    `standing` is that of the model's findings, None where it has none.
    """

    script: Script
    lost: tuple[str, ...] = EVERYBODY
    says: str = ""
    standing: str | None = None
    settings: ModelSettings = PLAIN
    address: str | None = None
    idle: float = 0.3
    """Seconds without a byte that the client bears."""

    @property
    def exit_code(self) -> int:
        """That of the command: only who has heard everybody may be green."""
        return INCOMPLETE if self.lost else CLEAN


def quiet(asked: Asked) -> Said:
    """A model that reads the file and finds nothing."""
    if asked.turn == 0:
        return [use("read_file", "toolu_1", path="load.py")]
    return structured({"findings": [], "not_reviewed": []})


def always(said: Said) -> Script:
    """A model that says one thing to everybody."""
    return lambda _: said


def at_first(said: Said) -> Script:
    """A model to which one thing happens in its first turn with each caller, and nothing afterwards."""
    return lambda asked: said if asked.turn == 0 else structured({"findings": [], "not_reviewed": []})


def once(said: Said) -> Script:
    """A model to which one thing happens the first time that it is asked."""
    return lambda asked: said if asked.number == 0 else quiet(asked)


def later(said: Said) -> Script:
    """A model to which one thing happens in each second turn."""
    return lambda asked: said if asked.turn else quiet(asked)


def claiming(**changed: object) -> Said:
    """An answer with the claim, changed."""
    return structured({"findings": [{**CLAIM, **changed}], "not_reviewed": []})


def endless(asked: Asked) -> Said:
    """Asks for a file in every turn."""
    return [use("read_file", f"toolu_{asked.turn}", path="load.py")]


def refuting(said: Said) -> Script:
    """A model that claims one defect, and whose refuter says this."""
    return with_trouble("refuter", always(said))


def only(name: str, trouble: Callable[[Asked], Said]) -> Script:
    """A model that finds nothing and gives one caller trouble."""
    return lambda asked: trouble(asked) if who(asked) == name else quiet(asked)


def refused(status: int, kind: str) -> Raw:
    """An error of the API whose words repeat the credential, as careless proxies do."""
    return failing(status, kind, f"not with {KEY}")


FAULTS: dict[str, Fault] = {
    "401": Fault(script=always(refused(401, "authentication_error")), says=r"not accept ANTHROPIC_API_KEY \(401\)"),
    "403": Fault(script=always(refused(403, "permission_error")), says=r"may not use .* \(403\)"),
    "404": Fault(script=always(refused(404, "not_found_error")), says=r"no model 'claude-opus-5-5' \(404\)"),
    "400": Fault(script=always(refused(400, "invalid_request_error")), says=r"refused the request .*\(400\)"),
    "413": Fault(script=always(refused(413, "request_too_large")), says=r"\(413\).*; review fewer files at once"),
    "429 for good": Fault(script=always(limited("0")), says=r"\(429\).*\(tried 2 times"),
    "429 once": Fault(script=once(limited("0")), lost=()),
    "500": Fault(script=always(refused(500, "api_error")), says=r"\(500\)"),
    "503": Fault(script=always(refused(503, "api_error")), says=r"\(503\)"),
    "529": Fault(script=always(overloaded()), says=r"\(529\): Overloaded"),
    "hangs before the first byte": Fault(script=always(hanging()), says="did not answer in time"),
    "hangs in the stream": Fault(script=always(hanging(3)), says="did not answer in time"),
    "nobody listens": Fault(script=quiet, address=NOWHERE, says="nobody listens there; check .* ANTHROPIC_BASE_URL"),
    "reset before the first byte": Fault(script=always(reset()), says="broke off"),
    "reset in the stream": Fault(script=always(reset(3)), says="broke off"),
    "a truncated stream": Fault(script=always(cut(4)), says="broke off or could not be read"),
    "garbled JSON": Fault(script=always(garbled(3)), says="broke off or could not be read"),
    "an error in the stream": Fault(script=always(erring("overloaded_error")), says=r"\(overloaded_error\)"),
    "a break that passes": Fault(script=once(cut(4)), lost=()),
    "a page of a proxy": Fault(
        script=always(Raw(body=b"<html>log in</html>", content_type="text/html")), says="'text/html' instead of events"
    ),
    "an empty body": Fault(script=always(Raw()), says="instead of events"),
    "a refusal": Fault(script=always(Answer(stop="refusal")), says="the model refused to answer"),
    "cut off twice": Fault(
        script=always(Answer(blocks=[text('{"findings": [')], stop="max_tokens")),
        says="cut off because it was too long",
    ),
    "the context is full": Fault(
        script=always(Answer(blocks=[text("x")], stop="model_context_window_exceeded")), says="no longer fits"
    ),
    "an unknown stop reason": Fault(script=always(Answer(blocks=[text("x")], stop="tired")), says="'tired'"),
    "an empty text": Fault(script=always([text("")]), says="holds no findings as JSON"),
    "prose": Fault(script=always([text("Everything looks good to me!")]), says="holds no findings as JSON"),
    "JSON of another shape": Fault(script=always(structured({"verdict": "fine"})), says="holds no findings as JSON"),
    "claims with unknown keys": Fault(
        script=only(ONE, always(claiming(mood="calm"))), lost=(ONE,), says="1 of its findings could not be read"
    ),
    "an unknown severity": Fault(
        script=only(ONE, always(claiming(severity="doom"))), lost=(ONE,), says="1 of its findings could not be read"
    ),
    "endless tool calls": Fault(script=endless, says="it asks for tools, and tools are over"),
    "an unknown tool": Fault(script=at_first([use("run_shell", "toolu_1", command="ls")]), lost=()),
    "a tool used wrongly": Fault(script=at_first([use("read_file", "toolu_1", lines=[1])]), lost=()),
    "an invented quote": Fault(script=only(ONE, later(claiming(quote="rows.drop()"))), lost=(), standing="withheld"),
    "no money for the first call": Fault(
        script=quiet, settings=replace(PLAIN, max_usd=0.001), says=r"--max-usd 0\.001 leaves no room"
    ),
    "no tokens in the middle": Fault(
        script=endless, settings=replace(PLAIN, max_tokens=60_000), says="--max-tokens 60000 leaves no room"
    ),
    "a deadline at once": Fault(
        script=quiet, settings=replace(PLAIN, deadline=1e-6), says="--deadline 1e-06 was over before turn 1"
    ),
    "a deadline in the middle": Fault(
        script=later(Answer(blocks=[text("{}")], seconds=30)),
        idle=30,
        settings=replace(PLAIN, deadline=2.0),
        says="--deadline 2 was over before turn 2",
    ),
    "one specialist fails": Fault(
        script=with_trouble(ONE, always(refused(400, "invalid_request_error"))),
        lost=(ONE,),
        says=r"\(400\)",
        standing="verified",
    ),
    "the refuter fails": Fault(
        script=refuting(refused(400, "invalid_request_error")), lost=("refuter",), says=r"\(400\)", standing="withheld"
    ),
    "the refuter says nothing of use": Fault(
        script=refuting([text("Looks right.")]), lost=("refuter",), says="without a judgement", standing="withheld"
    ),
    "the refuter cites nothing": Fault(
        script=refuting(structured({**KEEP, "quotes": []})), lost=(), standing="withheld"
    ),
    "the refuter cites what is not there": Fault(
        script=refuting(structured({**KEEP, "quotes": [{**QUOTED, "quote": "rows.drop()"}]})),
        standing="withheld",
        lost=(),
    ),
    "nothing is wrong": Fault(script=quiet, lost=()),
    "a defect is found": Fault(script=finds, lost=(), standing="verified"),
}
