"""The loop of one specialist: it asks, its tools answer, until it has said what it found or its turns are over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from orchestrator.errors import OrchestratorError
from orchestrator.events import Tell
from orchestrator.models.calls import Caller, Calls
from orchestrator.models.conversation import (
    Ask,
    Block,
    Effort,
    Message,
    Opaque,
    Reply,
    SystemText,
    Text,
    ToolCard,
    ToolResult,
)
from orchestrator.toolbox.offered import OfferedTool
from orchestrator.workflows.claims import read_answer
from orchestrator.workflows.specialist.calling import Calling
from orchestrator.workflows.specialist.schema import answer_schema

MAX_TURNS = 8
LAST_TURN = "Tools are over: answer now with what you know, and say in the answer what you could not look at."
MEND = "Your answer cannot be used: {problem}. Answer once more, with the JSON of the schema and nothing else."
CUT = "it was cut off because it was too long; keep the gravest points and write them shorter"
_ANSWERED = frozenset({"end_turn", "stop_sequence", "tool_use"})
_ENDED = {
    "refusal": "the model refused to answer; another model may not",
    "model_context_window_exceeded": "the conversation no longer fits into the model; review fewer files at once",
}


def unread(text: str) -> str | None:
    """Why a specialist's answer cannot be used; None where it can."""
    return read_answer("", text).refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What all specialists of a run share to the byte: model, effort, tools in a fixed order, the project's text.

    `part` is told to those who count the calls, `unusable` says why an answer's text cannot be used.
    """

    model: str
    effort: Effort
    shared: SystemText
    cards: tuple[ToolCard, ...]
    max_tokens: int = 16_000
    max_turns: int = MAX_TURNS
    schema: dict[str, JsonValue] = field(default_factory=answer_schema)
    part: str = "specialist"
    unusable: Callable[[str], str | None] = unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One specialist's part: its persona, its first message, and the tools that it may really call."""

    name: str
    persona: str
    message: str
    tools: Mapping[str, OfferedTool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """How it ended: the answer's text, or the problem that left none.

    `read` are the project's paths of which tools showed it something, `whole` those of which all; `live` says whether a
    tool asked something outside the project, `addressed` whether something that a tool answered speaks to a reviewer,
    `lost` counts findings of the answer that nobody can read.
    """

    who: str
    text: str
    turns: int
    problem: str | None = None
    read: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    live: bool = False
    addressed: bool = False
    lost: int = 0


async def converse(cohort: Cohort, brief: Brief, *, calls: Calls, tell: Tell) -> Conversation:
    """The conversation, whole; what goes wrong in it is its `problem`, never an exception, except a cancellation.

    There is at most one turn more than the cohort allows: an answer that cannot be used may be mended once.
    """
    calling = Calling(who=brief.name, tools=brief.tools, tell=tell)
    talk = _Talk(cohort=cohort, brief=brief, calling=calling)
    turn = 0
    while talk.text is None and talk.problem is None:
        turn += 1
        try:
            ask = talk.ask()
            reply = await calls.reply(ask, Caller(who=brief.name, turn=turn, part=cohort.part))
        except OrchestratorError as error:
            talk.problem = str(error)
            break
        await talk.take(reply, turn)
    lost = read_answer(brief.name, talk.text).unreadable if talk.text is not None else 0
    # Kept, these answers would spoil every later run too.
    for spoilt in talk.spoilt if talk.problem is not None else talk.asked[-1:] if lost else ():
        calls.forget(spoilt)
    return Conversation(
        who=brief.name,
        text=talk.text or "",
        turns=turn,
        problem=talk.problem,
        read=tuple(sorted(calling.read)),
        whole=tuple(sorted(calling.whole)),
        live=calling.live,
        addressed=calling.addressed,
        lost=lost,
    )


@dataclass(slots=True, kw_only=True)
class _Talk:
    """A conversation as it goes on: its messages, and its end once it has one."""

    cohort: Cohort
    brief: Brief
    calling: Calling
    messages: list[Message] = field(default_factory=list)
    text: str | None = None
    problem: str | None = None
    mended: bool = False
    asked: list[Ask] = field(default_factory=list)
    spoilt: list[Ask] = field(default_factory=list)
    """Of what was asked, the requests whose answers could not be used."""

    def __post_init__(self) -> None:
        self.messages.append(_said("user", Text(text=self.brief.message)))

    def ask(self) -> Ask:
        """The next request: everything so far."""
        persona = (SystemText(text=self.brief.persona),) if self.brief.persona else ()
        ask = Ask(
            model=self.cohort.model,
            system=(self.cohort.shared, *persona),
            messages=tuple(self.messages),
            tools=self.cohort.cards,
            schema=self.cohort.schema,
            max_tokens=self.cohort.max_tokens,
            effort=self.cohort.effort,
        )
        self.asked.append(ask)
        return ask

    async def take(self, reply: Reply, turn: int) -> None:
        """Go on from a reply, by the reason for which the model stopped."""
        if reply.stop in _ENDED:
            self.problem = _ENDED[reply.stop]
        elif reply.stop == "max_tokens":
            # A block that was cut has no valid end, so nothing of such a reply may be sent back.
            self._mend(CUT, _said("assistant", Text(text="(cut off)")))
        elif reply.stop == "pause_turn" and turn < self.cohort.max_turns:
            self.messages.append(_back(reply))
        elif reply.stop not in _ANSWERED:
            self.problem = f"the model stopped for a reason that is not known: {reply.stop[:60]!r}"
        elif reply.uses:
            await self._use_tools(reply, turn)
        else:
            self._finish(reply)

    async def _use_tools(self, reply: Reply, turn: int) -> None:
        if turn >= self.cohort.max_turns:
            refused = (ToolResult(use=use.id, text="not called: tools are over", is_error=True) for use in reply.uses)
            self._mend("it asks for tools, and tools are over", _back(reply), *refused)
            return
        results: tuple[Block, ...] = await self.calling.results(reply.uses, turn)
        is_last = turn == self.cohort.max_turns - 1
        last = (Text(text=LAST_TURN),) if is_last else ()
        self.messages += [_back(reply), _said("user", *results, *last)]

    def _finish(self, reply: Reply) -> None:
        problem = self.cohort.unusable(reply.text)
        if problem is None:
            self.text = reply.text
        else:
            self._mend(problem, _back(reply))

    def _mend(self, problem: str, back: Message, *results: Block) -> None:
        """Ask once for a better answer; a second bad one ends the conversation."""
        self.spoilt += self.asked[-1:]
        if self.mended:
            # What follows the semicolon is advice to the model.
            self.problem = f"the answer cannot be used, and neither could the one before: {problem.partition(';')[0]}"
            return
        self.mended = True
        self.messages += [back, _said("user", *results, Text(text=MEND.format(problem=problem)))]


def _said(role: str, *blocks: Block) -> Message:
    return Message(role="assistant" if role == "assistant" else "user", blocks=blocks)


def _back(reply: Reply) -> Message:
    """A reply as it is sent back, less what the API would refuse in it: empty texts, uses that nobody can answer."""
    kept = tuple(block for block in reply.blocks if _is_taken(block))
    return _said("assistant", *(kept or (Text(text="(nothing)"),)))


def _is_taken(block: Block) -> bool:
    if isinstance(block, Opaque):
        return block.content.get("type") != "tool_use"
    return not isinstance(block, Text) or bool(block.text.strip())
