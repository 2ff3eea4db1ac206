"""Files of the plugin's templates with the words of this project in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.content import content_folder
from orchestrator.errors import ContentError
from orchestrator.workflows.commands.result import NewFile

_PLUGIN = "databricks-mlops"
_LEFT_OUT = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", "mlruns", "spark-warehouse"})
_WIDTH = 120

Value = str | int | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is replaced in templates: words wherever they stand, in paths too, and the values of module constants.

    `values` are of constants that a template assigns in one line, such as `LABEL = "churned"`. `leave_out` are ends of
    paths that are not wanted.
    """

    words: Mapping[str, str]
    values: Mapping[str, Value] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()


def rendered(folders: Sequence[str], words: Words) -> tuple[NewFile, ...]:
    """The files of some template folders, one over the other, with the words in them.

    Raises:
        ContentError: this installation does not ship one of the folders.
    """
    found: dict[str, NewFile] = {}
    for name in folders:
        folder = content_folder("plugins") / _PLUGIN / "templates" / name
        if not folder.is_dir():
            raise ContentError(f"the plugin {_PLUGIN!r} ships no template {name!r} in this installation")
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder).as_posix()
            if path.is_file() and not _LEFT_OUT.intersection(path.parts) and not relative.endswith(words.leave_out):
                target = _replaced(relative, words.words)
                found[target] = NewFile(path=target, text=_text(path.read_text(encoding="utf-8"), words))
    return tuple(found.values())


def _text(text: str, words: Words) -> str:
    lines = [_line(line, words.values) for line in text.split("\n")]
    return _replaced("\n".join(lines), words.words)


def _line(line: str, values: Mapping[str, Value]) -> str:
    name, equals, _ = line.partition(" = ")
    return _assigned(name, values[name]) if equals and name in values else line


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def _assigned(name: str, value: Value) -> str:
    """The assignment as ruff would format it."""
    if not isinstance(value, tuple):
        return f"{name} = {_literal(value)}"
    line = f"{name} = [{', '.join(map(_literal, value))}]"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{name} = [", *(f"    {_literal(each)}," for each in value), "]"])


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
