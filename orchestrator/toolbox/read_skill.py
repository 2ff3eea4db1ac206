"""`read_skill`: the guidance of a specialist's plugin and of the runtime, never anything beside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Protocol

from pydantic import Field

from orchestrator.code.visible import visible
from orchestrator.toolbox.names import READ_SKILL
from orchestrator.toolbox.offered import MAX_ANSWER, OfferedTool, ToolAnswer
from orchestrator.toolbox.project.asking import TEXT, TEXT_OR_NULL, Arguments, OwnTool, described
from orchestrator.toolbox.project.files import NotFoundError, shown_name

FIRST = "SKILL.md"
MAX_BYTES = 256 * 1024
MAX_FILES = 200
MAX_DEPTH = 4
_TAIL = 4_000
_PLACES = ("${CLAUDE_SKILL_DIR}/", "./")
"""How a skill's text may write its own folder."""


class Skill(Protocol):
    """A skill by its folder, as `orchestrator.loading` gives it; `plugin` is None for one of the runtime."""

    @property
    def name(self) -> str:
        """The name of its folder."""

    @property
    def description(self) -> str:
        """When it is used."""

    @property
    def folder(self) -> Path:
        """What holds its `SKILL.md` and the files that this one refers to."""

    @property
    def plugin(self) -> str | None:
        """The plugin that it belongs to."""


class _Arguments(Arguments):
    name: str = Field(min_length=1, max_length=200)
    file: str | None = Field(default=None, max_length=300)


def read_skill(skills: Sequence[Skill], *, told: Sequence[Skill] | None = None) -> OfferedTool:
    """The tool over these skills; `told` are those that its description names, by default the same."""
    known = {name: skill for skill in skills for name in (skill.name, f"{skill.plugin}:{skill.name}")}

    def answer(given: _Arguments) -> ToolAnswer:
        skill = known.get(given.name)
        if skill is None:
            names = ", ".join(sorted({each.name for each in skills})) or "none"
            raise NotFoundError(f"you have no skill {shown_name(given.name)[:100]!r}; you have {names}")
        files = tuple(islice(_walked(skill.folder), MAX_FILES))
        path = _plain(given.file or FIRST)
        if path not in files:
            raise NotFoundError(
                f"the skill {skill.name} has no text file {shown_name(path)[:100]!r}; it has {', '.join(files)}"
            )
        others = [name for name in files if name != path]
        tail = f"\n\n(files of this skill besides: {', '.join(others)})" if others and path == FIRST else ""
        return ToolAnswer(text=_cut(_text(skill.folder / path)) + tail[: _TAIL - 200])

    listed = "\n".join(f"- {skill.name}: {skill.description}" for skill in (skills if told is None else told))
    return OwnTool(READ_SKILL, _Arguments, answer).offered(
        "Reads written guidance for your field: how a thing is done properly on Databricks, with limits and templates. "
        "Use it when a judgement depends on a platform rule that you are not sure of, not to restate what you know. "
        f"Skills:\n{listed}",
        {
            "name": described(TEXT, "the name of the skill"),
            "file": described(
                TEXT_OR_NULL, "a file that the skill refers to, as references/limits.md; null for its text"
            ),
        },
    )


def skill_digest(skill: Skill) -> str:
    """The sha256 of all that may be read of a skill, so that an answer which rests on it is not kept beyond an edit."""
    digest = sha256()
    for name in islice(_walked(skill.folder), MAX_FILES):
        digest.update(f"{name}\0".encode("utf-8", "surrogatepass"))
        with suppress(NotFoundError):
            digest.update(sha256(_text(skill.folder / name).encode()).digest())
    return digest.hexdigest()


def _plain(file: str) -> str:
    for place in _PLACES:
        file = file.removeprefix(place)
    return file


def _walked(folder: Path, prefix: str = "", depth: int = MAX_DEPTH) -> Iterator[str]:
    """The files of a skill: only what is met in its folder, so that no name leads out of it."""
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False) and depth:
            yield from _walked(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)
        elif entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size <= MAX_BYTES:
            yield f"{prefix}{entry.name}"


def _text(file: Path) -> str:
    """The text of a file that was met on the walk; what took its place since is refused."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            raw = stream.read(MAX_BYTES) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else b"\0"
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        text = "\0"
    if "\0" in text:
        raise NotFoundError(f"{file.name!r} is no text")
    return visible(text)


def _cut(text: str) -> str:
    most = MAX_ANSWER - _TAIL
    return text if len(text) <= most else f"{text[:most]}\n(cut: {len(text) - most} more characters)"
