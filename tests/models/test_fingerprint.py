"""Every edit of what is asked is told, with the component that was edited."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_socket
from pydantic import JsonValue

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.results import State
from orchestrator.models.conversation import Ask, Message, SystemText, Text, ToolCard
from orchestrator.models.fingerprint import Body, differences, fingerprint
from orchestrator.models.recorded import RecordedModel
from orchestrator.models.wire import request_body
from tests.models.taping import ASK, converse, models_are_closed, record, replaying, sdk_model

SEARCH = ToolCard(name="search_code", description="Searches the project.", schema={"type": "object", "properties": {}})
ASKED = replace(
    ASK, tools=(*ASK.tools, SEARCH), schema={"type": "object", "properties": {}, "additionalProperties": False}
)
pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?(){}[]<>/\\'\"`~@#$%^&*-_=+|éßλ漢🙂"


@dataclass(frozen=True)
class Edited:
    """What is asked after an edit, and what a replay must say of it."""

    state: State
    components: tuple[str, ...]
    turn: int = 1
    ask: Ask = ASKED
    said: str = "x = 1"
    case_sha: str = "c1"


Edit = Callable[[random.Random], Edited]


def spoiled(chance: random.Random, text: str) -> str:
    """The text with one character put in, taken out or changed; never only its white space."""
    place, letter = chance.randrange(len(text)), chance.choice(LETTERS)
    spoilt = chance.choice([text[:place] + letter + text[place:], text[:place] + letter + text[place + 1 :]])
    shorter = text[:place] + text[place + 1 :]
    if text[place].isspace() or chance.random() < 0.6:
        shorter = spoilt
    return shorter if shorter != text else text + letter


def system(chance: random.Random) -> Edited:
    index = chance.randrange(2)
    blocks = list(ASKED.system)
    match chance.randrange(4):
        case 0:
            blocks.reverse()
        case 1:
            blocks[index] = replace(blocks[index], shared=not blocks[index].shared)
        case 2:
            blocks.append(SystemText(text=chance.choice(LETTERS)))
        case _:
            blocks[index] = replace(blocks[index], text=spoiled(chance, blocks[index].text))
    return Edited(State.STALE_PROMPT, ("system",), ask=replace(ASKED, system=tuple(blocks)))


def space(chance: random.Random) -> Edited:
    index = chance.randrange(2)
    blocks = list(ASKED.system)
    places = [place for place, letter in enumerate(blocks[index].text) if letter.isspace()]
    place = chance.choice(places)
    text = blocks[index].text
    blocks[index] = replace(blocks[index], text=text[:place] + chance.choice([" \n", "\t\t", "   \n "]) + text[place:])
    return Edited(State.STALE_COSMETIC, ("system",), ask=replace(ASKED, system=tuple(blocks)))


def tools(chance: random.Random) -> Edited:
    cards = list(ASKED.tools)
    card = cards[0]
    match chance.randrange(7):
        case 0:
            cards.reverse()
        case 1:
            cards.pop(chance.randrange(2))
        case 2:
            cards[0] = replace(card, name=card.name + chance.choice("abcxyz"))
        case 3:
            cards[0] = replace(card, strict=not card.strict)
        case 4:
            cards[0] = replace(card, schema={**card.schema, "required": [chance.choice("abc")]})
        case 5:
            cards.append(replace(card, name="another"))
        case _:
            cards[0] = replace(card, description=spoiled(chance, card.description))
    return Edited(State.STALE_PROMPT, ("tools",), ask=replace(ASKED, tools=tuple(cards)))


def params(chance: random.Random) -> Edited:
    changed: list[Ask] = [
        replace(ASKED, max_tokens=4000 + chance.choice([-1, 1]) * chance.randrange(1, 3000)),
        replace(ASKED, effort=chance.choice(["low", "high"])),
        replace(ASKED, schema=None),
        replace(ASKED, schema={"type": "object", "properties": {chance.choice(LETTERS): {}}}),
    ]
    return Edited(State.STALE_PROMPT, ("params",), ask=chance.choice(changed))


def model(chance: random.Random) -> Edited:
    name = chance.choice(["claude-sonnet-5-5", "claude-opus-5-4", "claude-opus-5-5 ", f"m{chance.random()}"])
    return Edited(State.STALE_PROMPT, ("model",), ask=replace(ASKED, model=name))


def first_message(chance: random.Random) -> Edited:
    words = Message(role="user", blocks=(Text(text=spoiled(chance, "Review the project.")),))
    return Edited(State.STALE_PROMPT, ("msg[0]",), ask=replace(ASKED, messages=(words,)))


def tool_output(chance: random.Random) -> Edited:
    said = chance.choice([spoiled(chance, "x = 1"), "", "x  = 1", "x = 1\n" * chance.randrange(1, 5)])
    return Edited(State.DIVERGED, ("msg[2]",), turn=2, said=said)


def case(chance: random.Random) -> Edited:
    sha = f"{chance.getrandbits(64):x}"
    other = chance.choice([system, tools, params, model, first_message])(chance)
    if chance.random() < 0.5:
        return Edited(State.STALE_CASE, ("case",), case_sha=sha)
    return Edited(State.STALE_CASE, ("case", *other.components), ask=other.ask, case_sha=sha)


def several(chance: random.Random) -> Edited:
    """The prompt and a tool at once: both are named."""
    first, second = system(chance), tools(chance)
    ask = replace(first.ask, tools=second.ask.tools)
    return Edited(State.STALE_PROMPT, ("system", "tools"), ask=ask)


EDITS: tuple[Edit, ...] = (system, space, tools, params, model, first_message, tool_output, case, several)


async def test_of_225_random_edits_every_one_is_told_with_its_component(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    await record(tmp_path, ask=ASKED)
    asker = sdk_model()
    pytest_socket.disable_socket(allow_unix_socket=True)
    wrong = []
    for number in range(225):
        edited = EDITS[number % len(EDITS)](chance)
        with replaying(tmp_path, case_sha=edited.case_sha) as tape, suppress(CassetteError):
            await converse(RecordedModel(asker, tape), ask=edited.ask, said=edited.said)
        (result,) = tape.results()
        if (result.state, result.turn, result.components) != (edited.state, edited.turn, edited.components):
            wrong.append((str(result), edited))
        assert not result.is_measured
    assert wrong == []


async def test_what_was_not_edited_is_fresh_however_often_it_is_asked(tmp_path: Path) -> None:
    await record(tmp_path, ask=ASKED)
    asker = sdk_model()
    for _ in range(20):
        with replaying(tmp_path) as tape:
            await converse(RecordedModel(asker, tape), ask=ASKED)
        assert [result.state for result in tape.results()] == [State.FRESH]


async def replayed(folder: Path, ask: Ask) -> tuple[State, tuple[str, ...]]:
    """What a replay of the conversation comes to."""
    with replaying(folder) as tape, suppress(CassetteError):
        await converse(RecordedModel(sdk_model(), tape), ask=ask)
    (result,) = tape.results()
    return result.state, result.components


@pytest.mark.parametrize("other", [True, 1.0, "1"])
async def test_what_python_takes_for_equal_and_json_does_not_is_an_edit(tmp_path: Path, other: JsonValue) -> None:
    def asked(least: JsonValue) -> Ask:
        return replace(
            ASK, tools=(replace(SEARCH, schema={"type": "object", "properties": {"n": {"minimum": least}}}),)
        )

    await record(tmp_path, ask=asked(1))
    assert await replayed(tmp_path, asked(1)) == (State.FRESH, ())
    assert await replayed(tmp_path, asked(other)) == (State.STALE_PROMPT, ("tools",))


async def test_a_replay_answers_the_same_letters_in_another_spelling(tmp_path: Path) -> None:
    composed, decomposed = (
        replace(ASK, system=(SystemText(text=f"Review the caf{letter} joins."),)) for letter in ("\u00e9", "e\u0301")
    )
    await record(tmp_path, ask=composed)
    with replaying(tmp_path) as tape:
        _, last = await converse(RecordedModel(sdk_model(), tape), ask=decomposed)
    assert last.text == "I saw: x = 1"
    assert [result.state for result in tape.results()] == [State.FRESH]


async def test_whether_it_streams_the_order_of_keys_and_the_spelling_of_a_letter_change_nothing() -> None:
    body = request_body(ASKED)
    other: Body = {"stream": True, "diagnostics": {"previous_message_id": "msg_1"}, **dict(reversed(body.items()))}
    assert fingerprint(body) == fingerprint(other)
    composed, decomposed = SystemText(text="caf\u00e9"), SystemText(text="cafe\u0301")
    one, two = (request_body(replace(ASKED, system=(each,))) for each in (composed, decomposed))
    assert differences(fingerprint(one), fingerprint(two)) == ()


async def test_a_message_more_or_less_is_named_by_its_place() -> None:
    longer = replace(ASKED, messages=(*ASKED.messages, Message(role="assistant", blocks=())))
    one, two = fingerprint(request_body(ASKED)), fingerprint(request_body(longer))
    assert differences(one, two) == differences(two, one) == ("msg[1]",)


__all__ = ["models_are_closed"]
