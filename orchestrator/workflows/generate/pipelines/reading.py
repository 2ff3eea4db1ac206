"""Reads a spec or plan: what does not fit is refused with its line, its place and the reason."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from orchestrator.code.opening import read_bounded
from orchestrator.errors import UsageError
from orchestrator.workflows.generate.pipelines.graph import Fault

MAX_BYTES = 1_000_000
_ALIASES = "an alias (`*name`)"
Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


class Document:
    """A YAML file that knows the line of each of its values."""

    def __init__(self, path: Path, shown: Path | None = None) -> None:
        """Reads the file; `shown` is how the user named it.

        Raises:
            UsageError: it cannot be read, is no YAML, or is no mapping.
        """
        self.path = shown or path
        found = read_bounded(path, MAX_BYTES + 1)
        if isinstance(found, OSError):
            raise UsageError(f"{str(self.path)!r} cannot be read ({found.strerror})")
        if len(found) > MAX_BYTES:
            raise UsageError(f"{str(self.path)!r} is larger than {MAX_BYTES:,} bytes; split the pipeline")
        self.root = _composed(self.path, found)

    def line(self, place: Sequence[str | int]) -> int:
        """The line on which the value at a place, or what is nearest to it, begins."""
        node: yaml.Node = self.root
        for step in place:
            below = _below(node, step)
            if below is None:
                break
            node = below
        return _line(node)

    def read(self, model: type[Model]) -> Model:
        """The file as a model.

        Raises:
            UsageError: a value does not fit; with line, place and reason.
        """
        try:
            return model.model_validate(_value(self.root))
        except ValidationError as error:
            raise self._refused(error) from None
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None

    def has(self, key: str) -> bool:
        """Whether the file has this key at its top."""
        return any(found.value == key for found, _ in self.root.value)

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Nothing, unless there are faults.

        Raises:
            UsageError: the first of them, and how many more there are.
        """
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            raise self._error(faults[0].place, f"{faults[0].reason}{more}")

    def _refused(self, error: ValidationError) -> UsageError:
        first = min(error.errors(), key=lambda each: _RANK.get(each["type"], math.inf))
        place = tuple(first["loc"])
        if first["type"] == "extra_forbidden":
            return self._error(place, f"unknown key {str(place[-1])[:80]!r}")
        if first["type"] == "missing":
            return self._error(place, f"the key {str(place[-1])!r} is missing")
        said = first["msg"].removeprefix("Value error, ")
        given = first["input"]
        shown = f" (given: {str(given)[:80]!r})" if not isinstance(given, dict | list) else ""
        return self._error(place, f"{said}{shown}")

    def _error(self, place: Place, reason: str) -> UsageError:
        return UsageError(f"{self.path}:{self.line(place)}: {shown_place(place)}: {reason}")


_RANK = {"extra_forbidden": 0, "missing": 1}
"""An unknown key is told first: it is mostly the reason why another one is missing."""


def shown_place(place: Place) -> str:
    """The place as a person writes it: `tables[2].key`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{str(step)[:80]}" for step in place)
    return text.removeprefix(".") or "the file"


def _composed(path: Path, content: bytes) -> yaml.MappingNode:
    try:
        text = content.decode("utf-8")
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
        alias = next((event for event in events if isinstance(event, yaml.AliasEvent)), None)
        node = None if alias else yaml.compose(text, Loader=yaml.SafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise UsageError(f"{str(path)!r} is no YAML: {said}") from None
    if alias is not None:
        raise UsageError(f"{path}:{_line(alias)}: {_ALIASES} is not read; write the value out")
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{str(path)!r} is no spec: it must be a mapping with the key `name`, `sources` and `tables`")
    return node


def _value(node: yaml.Node) -> object:
    """The plain value of a node; a key that stands twice in one mapping is refused."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each) for each in node.value]
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        raise UsageError(
            f"line {_line(node)}: a value with the tag {node.tag[-80:]!r} is not read; write it as text"
        ) from None
    finally:
        loader.dispose()


def _mapping(node: yaml.MappingNode) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in node.value:
        word = str(key.value)
        if word in found:
            raise UsageError(f"line {_line(key)}: the key {word[:80]!r} is there twice")
        found[word] = _value(value)
    return found


def _below(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((key if not _has_more(value) else value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        below: yaml.Node = node.value[step]
        return below
    return None


def _has_more(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode | yaml.SequenceNode)


def _line(found: yaml.Node | yaml.Event) -> int:
    return found.start_mark.line + 1 if found.start_mark is not None else 1
