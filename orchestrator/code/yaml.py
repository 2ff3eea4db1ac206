"""YAML as nodes that know their file, line and column; nothing is ever constructed from a tag.

The events of libyaml are read one by one into our own nodes, without recursion, so that nesting, size and the
expansion of aliases are bounded before they cost anything.

Plain scalars are typed as the Databricks CLI types them (yaml.v3 of Go, which follows YAML 1.2 here): `true` and
`false` are booleans, `yes`, `no`, `on` and `off` are text, `0o17` and `017` are octal, dates stay text. Where a field
is known to be boolean or a number, the CLI accepts those words and quoted digits: so do `YamlMap.boolean`
and `.integer`.
Of the maps listed under one merge key `<<` the last wins, as in the CLI; a map's own keys win over all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.code.source import SourceFile
    from orchestrator.types import Location

__all__ = ["Span", "YamlDocument", "YamlList", "YamlMap", "YamlNode", "YamlScalar", "YamlValue", "parse_yaml"]

YamlValue: TypeAlias = str | int | float | bool | None

REFERENCE = re.compile(r"\$\{([a-zA-Z](?:[-_]*[a-zA-Z0-9]+)*(?:\.[a-zA-Z](?:[-_]*[a-zA-Z0-9]+)*(?:\[[0-9]+\])*)*)\}")
"""A `${path.to.value}` reference of a bundle; the one group is the path."""

_LONGEST_NUMBER = 40
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: Mapping[str, YamlValue] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_TRUE_WORDS = frozenset({"true", "y", "yes", "on"})
_FALSE_WORDS = frozenset({"false", "n", "no", "off"})


class Span(NamedTuple):
    """A stretch of a file: lines and columns count from 1, the end column is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Positioned:
    source: SourceFile
    span: Span
    tag: str = ""

    def __bool__(self) -> bool:
        # A node is there even when it is empty: `if node` asks for presence, `len(node)` for contents.
        return True

    @property
    def start_line(self) -> int:
        """The first line of the node, counted from 1."""
        return self.span.start_line

    @property
    def end_line(self) -> int:
        """The last line of the node, counted from 1."""
        return self.span.end_line

    @property
    def location(self) -> Location:
        """The place on disk of the whole node."""
        return self.source.location(
            self.span.start_line, self.span.end_line, self.span.start_column, self.span.end_column
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class YamlScalar(_Positioned):
    """One scalar: `raw` as written without its quotes, `text` with known references filled in, `value` typed.

    `resolved_from` is the node that a reference filling the whole scalar was taken from; the location stays where the
    reference is used.
    """

    raw: str
    text: str
    value: YamlValue
    quoted: bool = False
    resolved_from: YamlScalar | None = None

    @property
    def holes(self) -> tuple[str, ...]:
        """The references that nothing offline can fill, such as `resources.jobs.load.id`."""
        return tuple(REFERENCE.findall(self.text)) if "${" in self.text else ()

    @property
    def has_hole(self) -> bool:
        """Whether part of the value is unknown."""
        return bool(self.holes)

    def __repr__(self) -> str:
        return f"YamlScalar({self.text!r}, {self.source.path}:{self.span.start_line})"


class MapEntry(NamedTuple):
    """One key of a map and its value; after a merge the two may come from different files."""

    key: YamlScalar
    value: YamlNode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class YamlList(_Positioned):
    """A sequence of nodes."""

    elements: tuple[YamlNode, ...]

    def __iter__(self) -> Iterator[YamlNode]:
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __repr__(self) -> str:
        return f"YamlList({len(self.elements)} elements, {self.source.path}:{self.span.start_line})"

    def maps(self) -> tuple[YamlMap, ...]:
        """The elements that are maps."""
        return tuple(element for element in self.elements if isinstance(element, YamlMap))

    def scalars(self) -> tuple[YamlScalar, ...]:
        """The elements that are scalars and not null."""
        return tuple(element for element in self.elements if isinstance(element, YamlScalar) and element.text)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class YamlMap(_Positioned):
    """A mapping in the order of the file; of a key written twice the last value counts.

    `duplicates` holds the keys that were written again; a key that is not text is kept as it is written.
    """

    entries: Mapping[str, MapEntry]
    duplicates: tuple[YamlScalar, ...] = ()
    flow: bool = False

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"YamlMap({', '.join(self.entries)}; {self.source.path}:{self.span.start_line})"

    def items(self) -> Iterator[tuple[str, YamlNode]]:
        """Each key with its value."""
        return ((key, entry.value) for key, entry in self.entries.items())

    def get(self, key: str) -> YamlNode | None:
        """The value under the key."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def at(self, *keys: str) -> YamlNode | None:
        """The value at the end of a path of keys."""
        node: YamlNode | None = self
        for key in keys:
            node = node.get(key) if isinstance(node, YamlMap) else None
        return node

    def holders(self, path: str) -> tuple[YamlMap, ...]:
        """The maps that hold the last key of a path such as `tasks[].new_cluster.spark_version`."""
        *outer, last = path.split(".")
        found: tuple[YamlMap, ...] = (self,)
        for step in outer:
            name = step.removesuffix("[]")
            inner = (each.maps(name) if step.endswith("[]") else (each.map(name),) for each in found)
            found = tuple(each for group in inner for each in group if each is not None)
        return tuple(each for each in found if last in each)

    def key(self, key: str) -> YamlScalar | None:
        """The key itself as a node."""
        entry = self.entries.get(key)
        return entry.key if entry else None

    def key_location(self, key: str) -> Location:
        """The place of the key, or of the whole map where the key is absent."""
        entry = self.entries.get(key)
        return entry.key.location if entry else self.location

    def map(self, key: str) -> YamlMap | None:
        """The value if it is a map."""
        node = self.get(key)
        return node if isinstance(node, YamlMap) else None

    def list(self, key: str) -> YamlList | None:
        """The value if it is a list."""
        node = self.get(key)
        return node if isinstance(node, YamlList) else None

    def scalar(self, key: str) -> YamlScalar | None:
        """The value if it is a scalar other than null."""
        node = self.get(key)
        return node if isinstance(node, YamlScalar) and node.value is not None else None

    def maps(self, key: str) -> tuple[YamlMap, ...]:
        """The maps of the list under the key; none where it is not a list."""
        node = self.list(key)
        return node.maps() if node else ()

    def scalars(self, key: str) -> tuple[YamlScalar, ...]:
        """The scalars of the list under the key; none where it is not a list."""
        node = self.list(key)
        return node.scalars() if node else ()

    def text(self, key: str) -> str | None:
        """The scalar's text, whatever its type; it may hold references."""
        node = self.scalar(key)
        return node.text if node else None

    def integer(self, key: str) -> int | None:
        """The whole number under the key, also where it is quoted."""
        node = self.scalar(key)
        if node is None:
            return None
        value = plain_value(node.text) if isinstance(node.value, str) else node.value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def boolean(self, key: str) -> bool | None:
        """The truth value under the key, also where it is one of the words that the CLI accepts for one."""
        node = self.scalar(key)
        word = node.text.lower() if node else ""
        return True if word in _TRUE_WORDS else False if word in _FALSE_WORDS else None


YamlNode: TypeAlias = YamlMap | YamlList | YamlScalar


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlDocument:
    """What one file holds: `root` is its first document, `problem` one sentence on why there is none.

    A file with nothing in it has neither a root nor a problem.
    """

    source: SourceFile
    root: YamlNode | None
    documents: tuple[YamlNode, ...] = ()
    problem: str | None = None
    problem_line: int = 1

    @property
    def map(self) -> YamlMap | None:
        """The root if it is a map."""
        return self.root if isinstance(self.root, YamlMap) else None


def parse_yaml(source: SourceFile) -> YamlDocument:
    """The documents of the file, or the reason why they cannot be read; never raises."""
    from orchestrator.code.yaml_builder import RefusedError, build

    try:
        documents = build(source)
    except RefusedError as refusal:
        return YamlDocument(source=source, root=None, problem=str(refusal), problem_line=refusal.line)
    return YamlDocument(source=source, root=documents[0] if documents else None, documents=documents)


def plain_value(raw: str) -> YamlValue:
    """The typed value of an unquoted scalar without a tag."""
    if raw in _WORDS:
        return _WORDS[raw]
    if len(raw) > _LONGEST_NUMBER or raw[0] not in "+-.0123456789":
        return raw
    if _INTEGER.match(raw):
        number = _integer(raw.replace("_", ""))
        if number is not None:
            return number
    return float(raw) if _FLOAT.match(raw) else raw


def with_text(scalar: YamlScalar, text: str, *, resolved_from: YamlScalar | None = None) -> YamlScalar:
    """The scalar at its place with references filled in, typed as the node that filled it whole if there is one."""
    value = resolved_from.value if resolved_from else text
    return replace(scalar, text=text, value=value, resolved_from=resolved_from)


def _integer(digits: str) -> int | None:
    unsigned = digits.lstrip("+-")
    octal = len(unsigned) > 1 and unsigned[0] == "0" and unsigned.isdigit()
    try:
        number = int(digits, 8 if octal else 0)
    except ValueError:
        return None
    return number if abs(number) < 1 << 64 else None
