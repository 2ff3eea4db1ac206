"""Two hundred changed files, made by seeded chance from lines that are all different.

Because no line stands twice and none moves, there is one shortest way from one version to the other: what a diff with
three lines of context shows follows from the edits alone, without asking git. Of notebooks, whose frames repeat
themselves, the lines that hold a mark are known instead, with the cells that they are in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

CONTEXT = 3
ODD_PATHS = (
    "with space/a b.py",
    " leading.py",
    "trailing .py",
    "ünïcödé/größe.py",
    "日本語/表.py",
    'quo"ted.py',
    "back\\slash.py",
    "single'quote.py",
    "b/inner b/twice.py",
    "a/b/c d/e\u00e9.py",
    "emoji_\N{SNAKE}.py",
    "-dash.py",
    "percent%20.py",
    "hash#1.py",
    "question?.py",
    "{brace}[0].py",
)
HEADER_LIKE = (
    "@@ -1,3 +1,3 @@ ",
    "--- a/",
    "+++ b/",
    "diff --git a/x b/",
    "\\ No newline at end of file ",
    "-- ",
    "++ ",
)
ODD_LETTERS = ("\x0c", "\u2028", "\x85", "\x1c", "\u2029", "\x0b")

Kind = Literal["keep", "add", "drop"]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of both versions, of the head alone or of the base alone."""

    kind: Kind
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A line of a notebook that can be told from all others: its text in the head and its cell, counted from 1."""

    text: str
    cell: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One file in two versions; `shown` are the runs of head lines that its diff shows, each of them one hunk."""

    name: str
    path: str
    base: bytes | None
    head: bytes
    shown: tuple[range, ...] = ()
    base_path: str = ""
    is_executable: bool = False
    marks: tuple[Mark, ...] = ()


def cases() -> tuple[Case, ...]:
    """All of them, the same on every machine; their paths are all different."""
    kinds = [kind for kind, times in KINDS.items() for _ in range(times)]
    made = [replace(kind(Random(number), number), name=f"{number:03}") for number, kind in enumerate(kinds, 1)]
    return tuple(replace(case, name=f"{case.name}-{kind.__name__}") for case, kind in zip(made, kinds, strict=True))


def content(steps: Iterable[Step], *, head: bool, newline: str = "\n", last: bool = True) -> bytes:
    """One version, with or without a newline after its last line."""
    texts = [step.text for step in steps if step.kind != ("drop" if head else "add")]
    return (newline.join(texts) + (newline if last and texts else "")).encode()


def shown(steps: list[Step]) -> tuple[range, ...]:
    """The head lines that are added or at most three kept lines away from a change, in runs without a gap."""
    runs: list[range] = []
    line = 0
    for place, step in enumerate(steps):
        line += step.kind != "drop"
        if step.kind == "drop" or min(_distance(steps[place:]), _distance(steps[place::-1])) > CONTEXT:
            continue
        start = runs.pop().start if runs and runs[-1].stop == line else line
        runs.append(range(start, line + 1))
    return tuple(runs)


def _distance(steps: list[Step]) -> int:
    """How many kept lines there are before the first change, the first counted; more than any context without one."""
    return next((count for count, step in enumerate(steps) if step.kind != "keep"), CONTEXT + 1)


def _steps(chance: Random, kinds: str, *, size: int = 0, edits: int = 0) -> list[Step]:
    """Kept lines with changes among them: `kinds` are those that may happen, `add`, `drop` or both."""
    steps = [Step("keep", _line(chance)) for _ in range(size or chance.randint(12, 60))]
    for _ in range(edits or chance.randint(1, 4)):
        place, run = chance.randrange(len(steps)), chance.randint(1, 3)
        if "drop" in kinds:
            steps[place : place + run] = [
                replace(s, kind="drop") for s in steps[place : place + run] if s.kind != "add"
            ]
        if "add" in kinds:
            steps[place:place] = [Step("add", _line(chance)) for _ in range(run)]
    return steps


def _line(chance: Random) -> str:
    return f"value_{chance.getrandbits(64):016x} = 1"


def _case(number: int, steps: list[Step], *, path: str = "", newline: str = "\n") -> Case:
    return Case(
        name="",
        path=path or f"src/{number:03}.py",
        base=content(steps, head=False, newline=newline),
        head=content(steps, head=True, newline=newline),
        shown=shown(steps),
    )


def _changed(chance: Random, number: int) -> Case:
    return _case(number, _steps(chance, "add drop"))


def _additions_only(chance: Random, number: int) -> Case:
    return _case(number, _steps(chance, "add"))


def _deletions_only(chance: Random, number: int) -> Case:
    return _case(number, _steps(chance, "drop"))


def _renamed_and_changed(chance: Random, number: int) -> Case:
    case = _case(number, _steps(chance, "add drop", size=60, edits=2), path=f"to here/{number:03}.py")
    return replace(case, base_path=f"from/{number:03} old.py")


def _renamed(chance: Random, number: int) -> Case:
    steps = [Step("keep", _line(chance)) for _ in range(30)]
    return replace(_case(number, steps, path=f"renamed/{number:03}.py"), base_path=f"from/{number:03}.py")


def _counts_omitted(chance: Random, number: int) -> Case:
    """Files of one line, of which headers leave the count out: `@@ -1 +1 @@`, `@@ -0,0 +1 @@`, `@@ -1 +1,2 @@`."""
    old, new = Step("drop", _line(chance)), Step("add", _line(chance))
    steps = [[old, new], [new], [replace(old, kind="keep"), new], [old, replace(new, kind="keep")]][number % 4]
    case = _case(number, steps)
    return replace(case, base=None) if number % 4 == 1 else case


def _carriage_returns(chance: Random, number: int) -> Case:
    return _case(number, _steps(chance, "add drop"), newline="\r\n")


def _to_carriage_returns(chance: Random, number: int) -> Case:
    texts = [_line(chance) for _ in range(20)]
    steps = [*(Step("drop", text) for text in texts), *(Step("add", f"{text}\r") for text in texts)]
    return _case(number, steps)


def _no_newline_at_end(chance: Random, number: int) -> Case:
    old, new = [(False, False), (True, False), (False, True)][number % 3]
    steps = _steps(chance, "add drop")
    last = steps[-1]
    if old != new and last.kind == "keep":
        steps[-1:] = [replace(last, kind="drop"), replace(last, kind="add")]
    elif old != new or last.kind != "keep":
        steps.append(Step("keep", _line(chance)))
        old = new = False
    base, head = content(steps, head=False, last=old), content(steps, head=True, last=new)
    return replace(_case(number, steps), base=base, head=head)


def _mode_alone(chance: Random, number: int) -> Case:
    steps = [Step("keep", _line(chance)) for _ in range(9)]
    return replace(_case(number, steps), is_executable=True)


def _mode_and_lines(chance: Random, number: int) -> Case:
    return replace(_changed(chance, number), is_executable=True)


def _binary(chance: Random, number: int) -> Case:
    case = _changed(chance, number)
    return replace(case, path=f"blob/{number:03}.py", head=case.head + b"\0\xff", shown=())


def _binary_by_attribute(chance: Random, number: int) -> Case:
    return replace(_changed(chance, number), path=f"attributed/{number:03}.py", shown=())


def _odd_path(chance: Random, number: int) -> Case:
    return _case(number, _steps(chance, "add drop"), path=f"odd/{number % 4}{ODD_PATHS[number % len(ODD_PATHS)]}")


def _unwritable_path(chance: Random, number: int) -> Case:
    name = "tab\there" if number % 2 else "new\nline"
    case = _case(number, _steps(chance, "add drop"), path=f"odd/{number}{name}.py")
    return replace(case, shown=())


def _like_headers(chance: Random, number: int) -> Case:
    steps = [replace(step, text=chance.choice(HEADER_LIKE) + step.text) for step in _steps(chance, "add drop")]
    return _case(number, steps)


def _odd_letters(chance: Random, number: int) -> Case:
    steps = [replace(step, text=step.text + chance.choice(ODD_LETTERS) + "# x") for step in _steps(chance, "add drop")]
    return _case(number, steps)


def _lone_carriage_returns(chance: Random, number: int) -> Case:
    steps = [replace(step, text=step.text.replace(" = ", "\r= ")) for step in _steps(chance, "add drop")]
    return replace(_case(number, steps), shown=())


def _byte_order_mark(chance: Random, number: int) -> Case:
    steps = _steps(chance, "add drop")
    steps = [Step("drop", f"\ufeff{_line(chance)}"), Step("add", f"\ufeff{_line(chance)}"), *steps]
    return _case(number, steps)


def _new(chance: Random, number: int) -> Case:
    return replace(_case(number, [Step("add", _line(chance)) for _ in range(chance.randint(1, 40))]), base=None)


def _emptied(chance: Random, number: int) -> Case:
    return _case(number, [Step("drop", _line(chance)) for _ in range(7)])


def _cells(chance: Random) -> Iterator[tuple[list[str], list[str]]]:
    """The lines of each cell in the base and in the head."""
    for _ in range(chance.randint(3, 8)):
        steps = _steps(chance, "add drop", size=chance.randint(3, 20), edits=1) if chance.random() < 0.4 else []
        kept = [_line(chance)]
        old = kept + [step.text for step in steps if step.kind != "add"]
        yield old, kept + [step.text for step in steps if step.kind != "drop"]


def _jupyter(chance: Random, number: int) -> Case:
    cells = [*_cells(chance), ([_line(chance)], [_line(chance)])]
    base, head = (json.dumps(_document(cell[side] for cell in cells), indent=1).encode() for side in (0, 1))
    return Case(name="", path=f"notebooks/{number:03}.ipynb", base=base, head=head, marks=_marks(cells))


def _document(cells: Iterable[list[str]]) -> Mapping[str, object]:
    stored: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": [*(f"{line}\n" for line in lines[:-1]), lines[-1]],
        }
        for lines in cells
    ]
    metadata = {"language_info": {"name": "python"}}
    return {"cells": stored, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _source_notebook(chance: Random, number: int) -> Case:
    """Cells of Python, and every third of SQL behind `# MAGIC`."""
    cells = [*_cells(chance), ([_line(chance)], [_line(chance)])]
    base, head = (_sources([cell[side] for cell in cells]) for side in (0, 1))
    return Case(name="", path=f"notebooks/{number:03}.py", base=base, head=head, marks=_marks(cells))


def _sources(cells: list[list[str]]) -> bytes:
    written = [
        "\n".join(("# MAGIC %sql", *(f"# MAGIC SELECT '{line}'" for line in lines)) if place % 3 == 2 else lines)
        for place, lines in enumerate(cells)
    ]
    return ("# Databricks notebook source\n" + "\n\n# COMMAND ----------\n\n".join(written) + "\n").encode()


def _marks(cells: list[tuple[list[str], list[str]]]) -> tuple[Mark, ...]:
    return tuple(
        Mark(text=line, cell=number, is_new=line not in old)
        for number, (old, head) in enumerate(cells, 1)
        for line in head
    )


KINDS: Mapping[Callable[[Random, int], Case], int] = {
    _changed: 20,
    _additions_only: 12,
    _deletions_only: 12,
    _renamed_and_changed: 14,
    _renamed: 4,
    _counts_omitted: 12,
    _carriage_returns: 14,
    _to_carriage_returns: 4,
    _no_newline_at_end: 15,
    _mode_alone: 3,
    _mode_and_lines: 4,
    _binary: 4,
    _binary_by_attribute: 4,
    _odd_path: 16,
    _unwritable_path: 2,
    _like_headers: 8,
    _odd_letters: 6,
    _lone_carriage_returns: 4,
    _byte_order_mark: 4,
    _new: 6,
    _emptied: 2,
    _jupyter: 16,
    _source_notebook: 14,
}
"""How many there are of each kind."""
