"""What a run was given, as digests: equal inputs continue a run, and of unequal ones it is said what changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator import __version__
from orchestrator.content import content_folder
from orchestrator.loading.agent import load_agent
from orchestrator.loading.skill import load_skill
from orchestrator.toolbox.settings import ToolSettings
from orchestrator.workflows.refuter.judge import NAME
from orchestrator.workflows.runs.record import write_private
from orchestrator.workflows.specialist.shared import SKILLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.code.reading import Files
    from orchestrator.loading.agent import AgentSpec
    from orchestrator.types import Change
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.request import Request

_NAMED = 3


class Inputs(BaseModel):
    """The digests of a run's files, prompts and settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: dict[str, str]
    prompts: dict[str, str]
    settings: str
    version: str = __version__

    @property
    def digest(self) -> str:
        """One digest of all."""
        return sha256(self.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a run's answer depends on."""

    request: Request
    settings: ModelSettings
    files: Files
    agents: tuple[AgentSpec, ...]
    change: Change | None = None
    tools: ToolSettings = field(default_factory=ToolSettings)


def inputs_of(given: Given) -> Inputs:
    """The digests of what a run is given; limits of money and time are not among them."""
    request = replace(given.request, path=Path(), jobs=1)
    asked = {"model": given.settings.model, "effort": given.settings.effort, "turns": given.settings.max_turns}
    texts = {agent.name: agent.prompt for agent in given.agents} | _own_prompts()
    return Inputs(
        files={source.path: source.digest for source in sorted(given.files.sources, key=lambda source: source.path)},
        prompts={name: _digest(text) for name, text in sorted(texts.items())},
        settings=_digest("\n".join([_canonical(request), json.dumps(asked, sort_keys=True), *_around(given)])),
    )


def changes(known: Inputs, now: Inputs) -> Iterator[str]:
    """What differs, each in a few words; nothing where they are equal."""
    yield from _differing("file", known.files, now.files)
    yield from _differing("prompt", known.prompts, now.prompts)
    if known.settings != now.settings:
        yield "the settings"
    if known.version != now.version:
        yield f"the version ({known.version} then, {now.version} now)"


def write_inputs(path: Path, inputs: Inputs) -> None:
    """Keep them with the run."""
    write_private(path, inputs.model_dump_json())


def read_inputs(path: Path) -> Inputs | None:
    """What the run was given; None where that was not kept, or cannot be read."""
    try:
        return Inputs.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _differing(kind: str, known: dict[str, str], now: dict[str, str]) -> Iterable[str]:
    names = sorted(name for name in known.keys() | now.keys() if known.get(name) != now.get(name))
    if not names:
        return
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    yield f"{len(names)} {kind}{'s' if len(names) > 1 else ''} ({', '.join(names[:_NAMED])}{more})"


def _own_prompts() -> dict[str, str]:
    """The prompts that are the runtime's own: the refuter's, and what all specialists are told."""
    refuter = load_agent(content_folder("agents") / f"{NAME}.md")
    return {NAME: refuter.prompt} | {name: load_skill(content_folder("skills") / name).body for name in SKILLS}


def _around(given: Given) -> Iterator[str]:
    """What beside the files decides an answer: the changed lines, for a base can move, and what tools may reach.

    Of a workspace it is only whether there is one, and its profile: a sandbox has another address each time.
    """
    if given.change is not None:
        yield repr([given.change.start, sorted((path, sorted(lines)) for path, lines in given.change.lines.items())])
    if given.tools.access is not None:
        yield f"workspace {given.tools.access.profile}"
    if given.tools.event_log is not None:
        yield f"event log {_stamp(given.tools.event_log)}"


def _stamp(path: Path) -> str:
    """A file by its name, size and time: a log of gigabytes is not read for this."""
    try:
        status = path.stat()
    except OSError:
        return path.name
    return f"{path.name} {status.st_size} {status.st_mtime_ns}"


def _canonical(request: Request) -> str:
    return json.dumps(asdict(request), sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    return sorted(str(each) for each in value) if isinstance(value, frozenset) else str(value)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
