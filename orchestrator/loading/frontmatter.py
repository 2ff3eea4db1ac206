"""A markdown file with YAML at its head: the values, where each stands, and the text below."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from orchestrator.errors import ContentError

if TYPE_CHECKING:
    import yaml
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")
FENCE = "---"
MAX_BYTES = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Document:
    """One markdown file; lines count from 1."""

    path: Path
    values: dict[str, Any] = field(repr=False)
    lines: dict[str, int] = field(repr=False)
    """The line of each top-level key."""
    body: str = field(repr=False)
    body_line: int
    head: str = field(repr=False, default="")

    def as_model(self, model: type[Model], **known: object) -> Model:
        """The values as a typed specification; `known` adds what the place of the file tells.

        Raises:
            ContentError: a key is missing, unknown or of the wrong kind; names the line.
        """
        from pydantic import ValidationError

        try:
            return model.model_validate({**self.values, **known})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = [str(part) for part in first["loc"]]
            line = self.lines.get(place[0], 1) if place else 1
            shown = ".".join(place) or "the frontmatter"
            raise ContentError(f"{self.path}:{line}: {shown}: {first['msg']}") from error


def read_document(path: Path) -> Document:
    """The document in a file.

    Raises:
        ContentError: it cannot be read, has no frontmatter, or its YAML is wrong; names the line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ContentError(f"{path}: cannot be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise ContentError(f"{path}: larger than {MAX_BYTES // 1024} KiB; move the detail to a reference beside it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(f"{path}: is not UTF-8 (byte {error.start})") from error
    return parse_document(path, text)


def parse_document(path: Path, text: str) -> Document:
    """The document in a text; `path` is for messages.

    Raises:
        ContentError: there is no frontmatter, or its YAML is wrong; names the line.
    """
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        raise ContentError(f"{path}:1: has no frontmatter; its first line must be {FENCE!r}")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        raise ContentError(f"{path}:1: the frontmatter is not closed by a line {FENCE!r}")
    head = "\n".join(lines[1:end])
    values, places = _mapping(path, head)
    return Document(
        path=path,
        values=values,
        lines=places,
        body="\n".join(lines[end + 1 :]).strip("\n"),
        body_line=end + 2,
        head=head,
    )


def _mapping(path: Path, head: str) -> tuple[dict[str, Any], dict[str, int]]:
    import yaml

    loader = yaml.SafeLoader(head)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ContentError(f"{path}:2: the frontmatter must be a map of keys")
        places = _places(path, node)
        values = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ContentError(f"{path}:{line}: the YAML is wrong: {problem}") from error
    finally:
        loader.dispose()
    return values, places


def _places(path: Path, node: yaml.MappingNode) -> dict[str, int]:
    places: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if str(key.value) in places:
            raise ContentError(f"{path}:{line}: the key {key.value!r} is there twice")
        places[str(key.value)] = line
    return places
