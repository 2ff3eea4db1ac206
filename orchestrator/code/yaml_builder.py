"""Builds the nodes of `orchestrator.code.yaml` from libyaml's events, within bounds and without recursion."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import yaml

from orchestrator.code.yaml import MapEntry, Span, YamlList, YamlMap, YamlNode, YamlScalar, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlValue

MAX_CHARACTERS: Final = 4_000_000
MAX_DEPTH: Final = 100
MAX_NODES: Final = 200_000
_FOREIGN_NEWLINES = ("\r", "\x85", "\u2028", "\u2029")
_STANDARD_TAG = "tag:yaml.org,2002:"
_MARKS_OF_TEXT = frozenset({"'", '"', "|", ">"})


class RefusedError(Exception):
    """A file that is not YAML or goes past a bound; the message is one sentence, `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        """Keep the line beside the sentence."""
        super().__init__(reason)
        self.line = line


class _Mark(Protocol):
    """What libyaml's mark and PyYAML's own have in common; both count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def index(self) -> int: ...


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read: its nodes so far, and what they expand to."""

    event: yaml.MappingStartEvent | yaml.SequenceStartEvent
    count_before: int
    nodes: list[YamlNode] = field(default_factory=list)
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: YamlNode
    count: int
    height: int


def build(source: SourceFile) -> tuple[YamlNode, ...]:
    """The documents of the file in order.

    Raises:
        RefusedError: the text is not YAML, refers to an unknown anchor or is larger or deeper than the bounds.
    """
    if len(source.text) > MAX_CHARACTERS:
        raise RefusedError(f"is larger than {MAX_CHARACTERS:,} characters", 1)
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"is not valid YAML: {error.problem or error.context}"
        raise RefusedError(reason, mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = source.text.count("\n", 0, error.position) + 1
        raise RefusedError(f"is not valid YAML: {error.reason}", line) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise RefusedError(f"is not valid YAML: {type(error).__name__}", 1) from None
    return tuple(builder.documents)


class _Builder:
    """Takes events one by one; `documents` holds the finished roots."""

    def __init__(self, source: SourceFile) -> None:
        self.documents: list[YamlNode] = []
        self._source = source
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._count = 0
        self._starts = _line_starts(source.text)
        self._last_line = len(source.lines)
        self._takers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._forget,
        }

    def take(self, event: yaml.Event) -> None:
        """Add what the event says to the tree.

        Raises:
            RefusedError: the event goes past a bound.
        """
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    def _forget(self, _event: yaml.DocumentStartEvent) -> None:
        self._anchors.clear()

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._open.append(_Open(event, self._count))
        self._spend(1, event)
        if len(self._open) > MAX_DEPTH:
            raise RefusedError(f"nests deeper than {MAX_DEPTH} levels", _line(event))

    def _end(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        opened = self._open.pop()
        span = self._collection_span(opened, event)
        tag = _tag(opened.event)
        if isinstance(opened.event, yaml.MappingStartEvent):
            node: YamlNode = self._map(opened, span, tag)
        else:
            node = YamlList(source=self._source, span=span, tag=tag, elements=tuple(opened.nodes))
        self._add(node, opened.event.anchor, count=self._count - opened.count_before, height=opened.height + 1)

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise RefusedError(f"uses the alias '*{event.anchor}' before its anchor is complete", line)
        self._spend(target.count, event)
        if len(self._open) + target.height > MAX_DEPTH:
            raise RefusedError(f"nests deeper than {MAX_DEPTH} levels", line)
        self._add(target.node, None, count=target.count, height=target.height)

    def _add(self, node: YamlNode, anchor: str | None, *, count: int, height: int) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, count, height)
        if not self._open:
            self.documents.append(node)
            return
        opened = self._open[-1]
        opened.nodes.append(node)
        opened.height = max(opened.height, height)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._spend(1, event)
        text, tag, quoted = event.value, "", event.style in _MARKS_OF_TEXT
        value: YamlValue = text if quoted else plain_value(text)
        if event.tag:
            tag = _tag(event)
            value = text if tag == "!!str" else plain_value(text) if tag.startswith("!!") else value
        span = self._scalar_span(event)
        scalar = YamlScalar(source=self._source, span=span, tag=tag, raw=text, text=text, value=value, quoted=quoted)
        self._add(scalar, event.anchor, count=1, height=1)

    def _map(self, opened: _Open, span: Span, tag: str) -> YamlMap:
        entries: dict[str, MapEntry] = {}
        duplicates: list[YamlScalar] = []
        inherited: list[YamlMap] = []
        nodes = iter(opened.nodes)
        for key, value in zip(nodes, nodes, strict=True):
            if not isinstance(key, YamlScalar):
                raise RefusedError("has a list or a map as a key (is it a template?)", key.start_line)
            if key.text == "<<" and not key.quoted and (merged := _merged_maps(value)):
                inherited.extend(merged)
                continue
            if key.text in entries:
                duplicates.append(key)
            entries[key.text] = MapEntry(key, value)
        if inherited:
            entries = _inherit(inherited, entries)
        return YamlMap(
            source=self._source,
            span=span,
            tag=tag,
            entries=entries,
            duplicates=tuple(duplicates),
            flow=bool(opened.event.flow_style),
        )

    def _spend(self, count: int, event: yaml.Event) -> None:
        self._count += count
        if self._count > MAX_NODES:
            reason = f"has more than {MAX_NODES:,} nodes once aliases are expanded"
            raise RefusedError(reason, _line(event))

    def _scalar_span(self, event: yaml.ScalarEvent) -> Span:
        line, column = self._position(event.start_mark)
        end_line, end_column = self._position(event.end_mark)
        if end_line == line:
            return Span(line, column, line, end_column)
        lines = self._source.lines
        while end_line > line and (end_column == 1 or not lines[end_line - 1][: end_column - 1].strip()):
            end_line -= 1
            end_column = len(lines[end_line - 1]) + 1
        return Span(line, column, end_line, end_column)

    def _collection_span(self, opened: _Open, end: yaml.Event) -> Span:
        line, column = self._position(opened.event.start_mark)
        if opened.event.flow_style or not opened.nodes:
            return Span(line, column, *self._position(end.end_mark))
        last = opened.nodes[-1].span
        if last.end_line < line:  # an alias: the node stands elsewhere
            return Span(line, column, *self._position(end.start_mark))
        return Span(line, column, last.end_line, last.end_column)

    def _position(self, mark: _Mark | None) -> tuple[int, int]:
        if mark is None:
            return 1, 1
        if self._starts is None:
            if mark.line < self._last_line:
                return mark.line + 1, mark.column + 1
            # libyaml ends the last line of a file by itself and stands one past it.
            return self._last_line, len(self._source.lines[-1]) + 1
        line = bisect_right(self._starts, mark.index)
        return line, mark.index - self._starts[line - 1] + 1


def _line_starts(text: str) -> list[int] | None:
    """Where each line begins, if the text holds newlines that libyaml counts and we do not."""
    if not any(newline in text for newline in _FOREIGN_NEWLINES):
        return None
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _tag(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> str:
    tag: str | None = event.tag
    if not tag or tag == "!":
        return tag or ""
    return "!!" + tag.removeprefix(_STANDARD_TAG) if tag.startswith(_STANDARD_TAG) else tag


def _merged_maps(value: YamlNode) -> tuple[YamlMap, ...]:
    if isinstance(value, YamlMap):
        return (value,)
    return value.maps() if isinstance(value, YamlList) and len(value.maps()) == len(value) else ()


def _inherit(inherited: list[YamlMap], own: dict[str, MapEntry]) -> dict[str, MapEntry]:
    entries: dict[str, MapEntry] = {}
    for ancestor in inherited:
        entries.update(ancestor.entries)
    return {**entries, **own}
