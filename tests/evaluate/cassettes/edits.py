"""Random edits of what is asked, each with the state and the components that a replay must report for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from pydantic import JsonValue

from orchestrator.models.cassettes.results import State
from orchestrator.models.conversation import Ask, Message, SystemText, Text, ToolCard

PROJECT = {
    "src/load.py": 'rows = spark.table("main.sales.orders")\nrows.write.mode("overwrite").saveAsTable("a.b.c")\n',
    "resources/job.yml": "resources:\n  jobs:\n    load:\n      name: load\n",
}
CARDS = (
    ToolCard(
        name="read_file",
        description="Reads lines of one file of the project under review.",
        schema={
            "type": "object",
            "properties": {"path": {"type": "string"}, "start": {"type": "integer", "minimum": 1}},
            "required": ["path"],
        },
    ),
    ToolCard(
        name="find_text",
        description="Finds a text in the files of the project.",
        schema={"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
        strict=True,
    ),
)
ASK = Ask(
    model="claude-opus-5-5",
    system=(
        SystemText(text="The project:\n\n" + "\n".join(PROJECT.values()), shared=True),
        SystemText(text="You review writes of tables.\n\nQuote the lines that prove a defect, and say nothing else."),
    ),
    messages=(Message(role="user", blocks=(Text(text="Review src/load.py as delta-lake-expert."),)),),
    tools=CARDS,
    max_tokens=4000,
    effort="medium",
    schema={"type": "object", "properties": {"findings": {"type": "array"}}, "required": ["findings"]},
)
OUTPUTS = ("1| rows = spark.table\n2| rows.write", "resources/job.yml:3: load")
"""What the tools say in the first and the second turn."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_(){}.,'é→"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is asked after an edit, and what a replay must say: `turn` is the first that is not fresh."""

    kind: str
    state: State
    components: tuple[str, ...]
    turn: int = 1
    ask: Ask = ASK
    outputs: tuple[str, ...] = OUTPUTS
    project: tuple[tuple[str, str], ...] = tuple(PROJECT.items())


def edit(seed: int) -> Edit:
    """The edit of a seed; every kind comes up."""
    source = Random(seed)
    return KINDS[seed % len(KINDS)](source)


def _prompt(source: Random) -> Edit:
    at = source.randrange(len(ASK.system))
    block = ASK.system[at]
    blocks = list(ASK.system)
    blocks[at] = replace(block, text=_edited(block.text, source))
    return Edit(
        kind="prompt text", state=State.STALE_PROMPT, components=("system",), ask=replace(ASK, system=tuple(blocks))
    )


def _cosmetic(source: Random) -> Edit:
    blocks = list(ASK.system)
    at = source.randrange(len(blocks))
    spaces = [match.span() for match in re.finditer(r"\s+", blocks[at].text)]
    start, end = source.choice(spaces)
    space = source.choice([each for each in ("  ", "\n", "\t", " \n ", "\n\n\n") if each != blocks[at].text[start:end]])
    blocks[at] = replace(blocks[at], text=blocks[at].text[:start] + space + blocks[at].text[end:])
    ask = replace(ASK, system=tuple(blocks))
    return Edit(kind="white space", state=State.STALE_COSMETIC, components=("system",), ask=ask)


def _words(source: Random) -> Edit:
    said = ASK.messages[0].blocks[0]
    assert isinstance(said, Text)
    message = Message(role="user", blocks=(Text(text=_edited(said.text, source)),))
    ask = replace(ASK, messages=(message,))
    return Edit(kind="first message", state=State.STALE_PROMPT, components=("msg[0]",), ask=ask)


def _description(source: Random) -> Edit:
    at = source.randrange(len(CARDS))
    return _with_card("tool description", at, replace(CARDS[at], description=_edited(CARDS[at].description, source)))


def _schema(source: Random) -> Edit:
    at = source.randrange(len(CARDS))
    schema = dict(CARDS[at].schema)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    changed: dict[str, JsonValue] = {**properties, f"extra{source.randrange(99)}": {"type": "string"}}
    choices: list[dict[str, JsonValue]] = [
        {**schema, "properties": changed},
        {**schema, "required": []},
        {**schema, "additionalProperties": source.random() < 0.5},
        {**schema, "properties": {name: {"type": "number"} for name in properties}},
        {**schema, "title": _edited("A tool", source)},
    ]
    return _with_card("tool schema", at, replace(CARDS[at], schema=source.choice(choices)))


def _tools(source: Random) -> Edit:
    extra = ToolCard(name=f"tool_{source.randrange(999)}", description="Another.", schema={"type": "object"})
    choices = (CARDS[:1], CARDS[1:], (), (*CARDS, extra), (extra, *CARDS), CARDS[::-1])
    ask = replace(ASK, tools=source.choice(choices))
    return Edit(kind="set of tools", state=State.STALE_PROMPT, components=("tools",), ask=ask)


def _parameters(source: Random) -> Edit:
    schema: dict[str, JsonValue] = {"type": "object", "title": _edited("answer", source)}
    choices = (
        replace(ASK, max_tokens=source.choice([*range(1000, 4000), *range(4001, 9000)])),
        replace(ASK, effort=source.choice(("low", "high", "max"))),
        replace(ASK, schema=schema),
        replace(ASK, schema=None),
    )
    return Edit(kind="parameters", state=State.STALE_PROMPT, components=("params",), ask=source.choice(choices))


def _model(source: Random) -> Edit:
    names = ("claude-sonnet-5-5", "claude-opus-5", "claude-haiku-5", f"claude-opus-5-{source.randrange(6, 99)}")
    ask = replace(ASK, model=source.choice(names))
    return Edit(kind="model", state=State.STALE_PROMPT, components=("model",), ask=ask)


def _case(source: Random) -> Edit:
    files = dict(PROJECT)
    name = source.choice(sorted(files))
    action = source.choice(("edit", "remove", "add", "rename"))
    if action == "edit":
        files[name] = _edited(files[name], source)
    elif action == "add":
        files[f"src/new{source.randrange(999)}.py"] = ""
    else:
        text = files.pop(name)
        files |= {f"{name}.bak": text} if action == "rename" else {}
    return Edit(kind="case file", state=State.STALE_CASE, components=("case",), project=tuple(sorted(files.items())))


def _output(source: Random) -> Edit:
    at = source.randrange(len(OUTPUTS))
    outputs = list(OUTPUTS)
    outputs[at] = source.choice((_edited(outputs[at], source), outputs[at] + "\n", f" {outputs[at]}"))
    return Edit(
        kind="tool output",
        state=State.DIVERGED,
        components=(f"msg[{2 * at + 2}]",),
        turn=at + 2,
        outputs=tuple(outputs),
    )


def _two(source: Random) -> Edit:
    one, other = _model(source), _description(source)
    ask = replace(one.ask, tools=other.ask.tools)
    return Edit(kind="model and tool", state=State.STALE_PROMPT, components=("model", "tools"), ask=ask)


def _with_card(kind: str, at: int, card: ToolCard) -> Edit:
    cards = tuple(card if number == at else each for number, each in enumerate(CARDS))
    return Edit(kind=kind, state=State.STALE_PROMPT, components=("tools",), ask=replace(ASK, tools=cards))


def _edited(text: str, source: Random) -> str:
    """The text with one letter put in, taken out or replaced; never white space alone."""
    letters = [at for at, letter in enumerate(text) if not letter.isspace()]
    at, new = source.choice(letters), source.choice(_LETTERS)
    changed = source.choice((text[:at] + new + text[at:], text[:at] + text[at + 1 :], text[:at] + new + text[at + 1 :]))
    return changed if changed.split() != text.split() else f"{text}{new}"


KINDS: tuple[Callable[[Random], Edit], ...] = (
    _prompt,
    _cosmetic,
    _words,
    _description,
    _schema,
    _tools,
    _parameters,
    _model,
    _case,
    _output,
    _two,
)
