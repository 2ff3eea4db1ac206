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
_MERGE = "tag:yaml.org,2002:merge"


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
        text = read_bounded(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(f"{path}: is not UTF-8 (byte {error.start})") from error
    return parse_document(path, text)


def read_bounded(path: Path) -> bytes:
    """The bytes of a regular file, never more than 256 KiB of it in memory.

    Raises:
        ContentError: it cannot be read, is no regular file, or is larger.
    """
    try:
        # A pipe would wait for a writer, and a device has no end.
        if not path.is_file():
            raise ContentError(f"{path}: cannot be read (it is missing, or no regular file)")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ContentError(f"{path}: cannot be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise ContentError(f"{path}: larger than {MAX_BYTES // 1024} KiB; move the detail to a reference beside it")
    return raw


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
        node = _plain_map(path, loader.get_single_node())
        places = _places(path, node)
        values = loader.construct_document(node)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise ContentError(f"{path}:2: the YAML is wrong: {reason}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ContentError(f"{path}:{line}: the YAML is wrong: {problem}") from error
    finally:
        loader.dispose()
    return values, places


def _plain_map(path: Path, node: yaml.Node | None) -> yaml.MappingNode:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise ContentError(f"{path}:2: the frontmatter must be a map of keys")
    if _has_merge_key(node):
        raise ContentError(f"{path}:2: the frontmatter has a merge key '<<'; write its keys out")
    return node


def _has_merge_key(root: yaml.Node) -> bool:
    """Whether a key copies what it names: a few lines of such keys unfold into millions of pairs."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if node.tag == _MERGE:
            return True
        value = node.value if isinstance(node.value, list) else ()
        parts = [part for item in value for part in (item if isinstance(item, tuple) else (item,))]
        waiting += [part for part in parts if id(part) not in seen]
        seen.update(map(id, parts))
    return False


def _places(path: Path, node: yaml.MappingNode) -> dict[str, int]:
    places: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if str(key.value) in places:
            raise ContentError(f"{path}:{line}: the key {key.value!r} is there twice")
        places[str(key.value)] = line
    return places
