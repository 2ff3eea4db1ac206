"""Reads the text that `EXPLAIN` prints (simple, extended, formatted; adaptive; Photon) into a tree of operators."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.limits import MEBIBYTE
from orchestrator.workspace.spark.operators import ADAPTIVE
from orchestrator.workspace.spark.plan import Attribute, Plan, PlanNode
from orchestrator.workspace.spark.redaction import masked

MOST_BYTES = 4 * MEBIBYTE
MOST_NODES = 5_000
_DETAIL = 600
_PHYSICAL = "== Physical Plan =="
_SECTION = re.compile(r"== [^=]{1,80} ==")
_SUBQUERIES = re.compile(r"=====? Subqueries =====?")
_STAGES = {"== Final Plan ==": True, "== Current Plan ==": True, "== Initial Plan ==": False}
_PREFIX = re.compile(r"(?:[ :|+][ -][ ])*")
_CODEGEN = re.compile(r"\*(?:\(\d{1,6}\))? ")
_NUMBER = re.compile(r" \((\d{1,6})\)(?:, Statistics\(.*\))?$")
_BLOCK = re.compile(r"\((\d{1,6})\) \S")
_LINE = re.compile(r"([A-Z][\w ]{0,40}?)(?: \[\d+\])?: ?(.*)")
_TWO_WORDS = ("Execute ", "FileScan ", "Scan ", "BatchScan ", "PhotonScan ")
_OPERATOR = re.compile(r"[A-Z][A-Za-z]*[a-z]\w*")
_MARKED = re.compile(r"#\d|\[|\(|Scan|Exchange|Aggregate|Range|Adaptive")
"""What a line of prose does not have: an id of a column, arguments, or a part of an operator's name."""
_WORD = re.compile(r"[^\s(\[]+")


@dataclass(slots=True)
class _Draft:
    depth: int
    text: str
    number: int | None = None
    children: list[_Draft] = field(default_factory=list)


def read_plan(text: str) -> Plan:
    """The physical plan in a text; operators that nobody knows are kept as they stand.

    Of an adaptive plan it is the final one, or the current one, or the initial one where there is no other.

    Raises:
        UsageError: the text is longer than 4 MiB, holds more than 5,000 operators, or holds no plan.
    """
    if len(text) > MOST_BYTES:
        raise UsageError(f"the plan has {len(text)} characters, at most {MOST_BYTES} are read")
    lines = text.expandtabs(3).splitlines()
    tree, after = _sections(lines)
    blocks = _blocks(after)
    root = _tree(tree, numbered=bool(blocks))
    if root is None or not _is_plan(root, headed=any(line.strip() == _PHYSICAL for line in lines)):
        raise UsageError(
            "the text holds no physical plan; give the output of df.explain('formatted') or EXPLAIN FORMATTED, "
            f"from the line {_PHYSICAL!r} on"
        )
    adaptive = next((draft for draft in _walk(root) if draft.text.startswith(ADAPTIVE)), None)
    made = _node(root, blocks)
    subqueries = tuple(_node(found, blocks) for found in _subqueries(after, numbered=bool(blocks)))
    return Plan(
        root=made,
        subqueries=subqueries,
        adaptive=adaptive is not None,
        final=adaptive is None or _is_final(adaptive, blocks),
        notes=tuple(_photon_notes(lines)),
    )


def _is_plan(root: _Draft, *, headed: bool) -> bool:
    """Whether the text reads as a plan: names as Spark makes them, and without the heading some mark of a plan too."""
    drafts = [root, *root.children]
    if not all(_OPERATOR.match(_CODEGEN.sub("", draft.text)) for draft in drafts):
        return False
    return headed or bool(root.children) or any(_MARKED.search(draft.text) for draft in drafts)


def _sections(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the tree of the last physical plan, and every line after them."""
    starts = [place for place, line in enumerate(lines) if line.strip() == _PHYSICAL]
    start = starts[-1] + 1 if starts else 0
    rest = lines[start:]
    for place, line in enumerate(rest):
        if _SECTION.match(line) or _SUBQUERIES.match(line) or (_BLOCK.match(line) and place):
            return rest[:place], rest[place:]
    return rest, []


def _tree(lines: list[str], *, numbered: bool) -> _Draft | None:
    root: _Draft | None = None
    path: list[_Draft] = []
    for count, draft in enumerate(_drafts(lines, numbered=numbered)):
        if count >= MOST_NODES:
            raise UsageError(f"the plan has more than {MOST_NODES} operators")
        while path and path[-1].depth >= draft.depth:
            path.pop()
        if path:
            path[-1].children.append(draft)
        elif root is not None:
            # A second tree without a heading of its own is no part of this plan.
            break
        root = root or draft
        path.append(draft)
    return root


def _drafts(lines: list[str], *, numbered: bool) -> Iterator[_Draft]:
    """The operators line by line; those of an adaptive plan's initial version are left out where there is another."""
    versions = _Versions(has_later=any(_stage(line) is True for line in lines))
    last: _Draft | None = None
    for line in lines:
        depth, text = _split(line)
        if not text:
            continue
        if (later := _STAGES.get(text)) is not None:
            versions.begin(depth, last.depth if last else 0, later=later)
            continue
        if versions.leaves_out(depth):
            continue
        if last is not None and depth == 0:
            # An argument with a line break in it: the plan's root is the only operator without an indent.
            last.text = f"{last.text} {text}"[: 2 * _DETAIL]
            continue
        last = _draft(versions.level(depth), text, numbered=numbered)
        yield last


class _Versions:
    """The headings of an adaptive plan (`== Final Plan ==`): what they leave out, and how deep what follows stands."""

    def __init__(self, *, has_later: bool) -> None:
        self._has_later = has_later
        self._left_out_from: int | None = None
        self._shifts: list[tuple[int, int]] = []

    def begin(self, depth: int, above: int, *, later: bool) -> None:
        """A heading at that depth, after an operator that stands `above`."""
        self._leave(depth)
        if self._left_out_from is not None and depth > self._left_out_from:
            return
        self._left_out_from = depth if not later and self._has_later else None
        # In a subquery Spark indents the headings one step less than the operators that they belong under.
        if self._left_out_from is None:
            self._shifts.append((depth, max(above + 1 - self.level(depth), 0)))

    def leaves_out(self, depth: int) -> bool:
        """Whether a line at that depth belongs to a version that is left out."""
        self._leave(depth)
        if self._left_out_from is not None and depth >= self._left_out_from:
            return True
        self._left_out_from = None
        return False

    def level(self, depth: int) -> int:
        """How deep an operator at that depth stands in the tree."""
        return depth + sum(shift for _, shift in self._shifts)

    def _leave(self, depth: int) -> None:
        while self._shifts and depth < self._shifts[-1][0]:
            self._shifts.pop()


def _stage(line: str) -> bool | None:
    return _STAGES.get(_split(line)[1])


def _split(line: str) -> tuple[int, str]:
    prefix = _PREFIX.match(line)
    end = prefix.end() if prefix else 0
    return end // 3, line[end:].strip()


def _draft(depth: int, text: str, *, numbered: bool) -> _Draft:
    codegen = _CODEGEN.match(text)
    text = text[codegen.end() :] if codegen else text
    number = _NUMBER.search(text) if numbered else None
    if number is None:
        return _Draft(depth, text)
    return _Draft(depth, text[: number.start()], int(number[1]))


def _blocks(lines: list[str]) -> dict[int, tuple[Attribute, ...]]:
    """The details of a formatted plan, by the number of their operator."""
    found: dict[int, list[Attribute]] = {}
    current: list[Attribute] | None = None
    for line in lines:
        head = _BLOCK.match(line)
        if head:
            current = found.setdefault(int(head[1]), [])
        elif current is not None and (detail := _LINE.match(line)):
            current.append(Attribute(detail[1].strip(), masked(detail[2], most=_DETAIL)))
        elif not line.strip():
            current = None
    return {number: tuple(attributes) for number, attributes in itertools.islice(found.items(), MOST_NODES)}


def _subqueries(lines: list[str], *, numbered: bool) -> Iterator[_Draft]:
    """The trees under the headings `Subquery:1 Hosting operator id = ...`."""
    places = [place for place, line in enumerate(lines) if line.startswith("Subquery:")]
    for place in places[:200]:
        end = next((at for at in range(place + 1, len(lines)) if not lines[at].strip()), len(lines))
        tree = _tree(lines[place + 1 : end], numbered=numbered)
        if tree is not None:
            yield tree


def _photon_notes(lines: list[str]) -> Iterator[str]:
    """What Photon says about the query: whether it runs there whole, and what it does not support."""
    if "== Photon Explanation ==" not in lines:
        return
    start = lines.index("== Photon Explanation ==") + 1
    for line in lines[start : start + 20]:
        if _SECTION.match(line):
            return
        if line.strip():
            yield line.strip()[:300]


def _is_final(adaptive: _Draft, blocks: dict[int, tuple[Attribute, ...]]) -> bool:
    told = adaptive.text + "".join(attribute.value for attribute in blocks.get(adaptive.number or -1, ()))
    return "isFinalPlan=true" in told


def _walk(root: _Draft) -> Iterator[_Draft]:
    waiting = [root]
    while waiting:
        draft = waiting.pop()
        yield draft
        waiting.extend(reversed(draft.children))


def _node(root: _Draft, blocks: dict[int, tuple[Attribute, ...]]) -> PlanNode:
    """The finished tree, children before parents and without recursion: a hostile plan may be deep."""
    made: dict[int, PlanNode] = {}
    for draft in reversed(list(_walk(root))):
        name, detail = _named(draft.text)
        attributes = blocks.get(draft.number, ()) if draft.number is not None else ()
        arguments = next((attribute.value for attribute in attributes if attribute.name == "Arguments"), "")
        made[id(draft)] = PlanNode(
            name=name,
            detail=masked(f"{detail} {arguments}".strip(), most=_DETAIL),
            children=tuple(made.pop(id(child)) for child in draft.children),
            attributes=attributes,
            number=draft.number,
        )
    return made[id(root)]


def _named(text: str) -> tuple[str, str]:
    """The operator's name and its arguments; a scan's and a command's name has two words, as in Spark's own metrics."""
    for first in _TWO_WORDS:
        second = _WORD.match(text, len(first)) if text.startswith(first) else None
        if second:
            return text[: second.end()].removeprefix("File"), text[second.end() :].strip()
    word = _WORD.match(text)
    name = word[0] if word else text[:80]
    return name, text[len(name) :].strip()
