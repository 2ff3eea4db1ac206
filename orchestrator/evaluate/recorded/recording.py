"""Recording a subject: a model is asked once, what it said is replayed as a check, and only then put in its place."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import CassetteError, GitError
from orchestrator.evaluate.recorded.replaying import replay, reviewed_by, wanted
from orchestrator.evaluate.recorded.settings import CassetteSettings
from orchestrator.evaluate.recorded.subject import Subject, placed, scrubber_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from orchestrator.models.cassettes.meta import Provenance
    from orchestrator.models.cassettes.results import How
    from orchestrator.models.conversation import OpenedModel
    from orchestrator.workflows.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Taped:
    """What was recorded of one subject: how, by whom, and the files below the folder of the recordings."""

    subject: str
    epoch: int
    hows: tuple[How, ...]
    files: tuple[str, ...]


def record(
    subject: Subject, folder: Path, settings: CassetteSettings, *, model: OpenedModel, credentials: frozenset[str]
) -> Taped:
    """Record a subject into `folder`, and close the model; what stood there stays until the new recording has been
    replayed whole.

    Raises:
        CassetteError: an agent got no answer, holds what may not be kept, or cannot be replayed.
    """
    with tempfile.TemporaryDirectory(prefix="orchestrate-record-") as made:
        fresh = Path(made)
        asyncio.run(_recorded(subject, fresh, settings, model, credentials))
        checked = replay(subject, fresh, settings)
        if not checked.is_fresh:
            found = "; ".join(str(each) for each in checked.results)
            raise CassetteError(f"the recording of {subject.name}/e{subject.epoch} cannot be replayed: {found}")
        hows = tuple(dict.fromkeys(each.how for each in checked.results if each.how is not None))
        return Taped(subject=subject.name, epoch=subject.epoch, hows=hows, files=_moved(fresh, folder, subject))


def estimate(subject: Subject, settings: CassetteSettings) -> Estimate:
    """What recording the subject would cost; nothing is asked."""
    from orchestrator.workflows.graph.forecast import forecast

    with placed(subject) as root:
        return forecast(wanted(root, settings))


async def _recorded(
    subject: Subject, folder: Path, settings: CassetteSettings, model: OpenedModel, credentials: frozenset[str]
) -> None:
    from orchestrator.models.cassettes.recording import Recording
    from orchestrator.models.recorded import RecordedModel

    with placed(subject) as root:
        tape = Recording(
            folder,
            case=subject.name,
            epoch=subject.epoch,
            provenance=_provenance(subject, root, settings),
            scrubber=scrubber_of(subject, root),
            credentials=credentials,
            price=_price,
        )
        try:
            with tape:
                await reviewed_by(RecordedModel(model, tape), root, settings)
        finally:
            await model.close()
        # An answer that nobody can read is kept, and counts against its agent; one that never came is refused here.
        tape.keep()


def _provenance(subject: Subject, root: Path, settings: CassetteSettings) -> Provenance:
    from orchestrator.code.reading import read_project
    from orchestrator.models.cassettes.meta import Provenance
    from orchestrator.workflows.crew import specialists
    from orchestrator.workflows.graph.inputs import Given, inputs_of

    asked = wanted(root, settings)
    given = Given(
        request=asked.request,
        settings=asked.settings,
        files=read_project(root),
        agents=specialists(names=settings.agents),
    )
    sha, is_dirty = _revision()
    return Provenance(case_sha=subject.sha, prompts=inputs_of(given).prompts, git_sha=sha, git_dirty=is_dirty)


def _revision() -> tuple[str | None, bool | None]:
    """The commit of the code, and whether it was changed since; None where it is not from a clone."""
    from orchestrator.code.git import ask_git

    here = Path(__file__).parent
    try:
        head = ask_git(here, "rev-parse", "--verify", "--quiet", "HEAD")
        changed = ask_git(here, "status", "--porcelain", "--untracked-files=no")
    except GitError:
        return None, None
    if head.code or changed.code:
        return None, None
    return head.output.decode("ascii", "replace").strip(), bool(changed.output.strip())


def _price(model: str, usage: Mapping[str, JsonValue]) -> float | None:
    from orchestrator.models.conversation import Usage
    from orchestrator.models.prices import cost

    written = _count(usage, "cache_creation_input_tokens")
    told = usage.get("cache_creation")
    hour = _count(told, "ephemeral_1h_input_tokens") if isinstance(told, dict) else 0
    usd = cost(
        model,
        Usage(
            input_tokens=_count(usage, "input_tokens"),
            output_tokens=_count(usage, "output_tokens"),
            cache_read_tokens=_count(usage, "cache_read_input_tokens"),
            cache_write_tokens=max(written - hour, 0),
            cache_write_1h_tokens=hour,
        ),
    )
    return None if usd is None else float(usd)


def _count(usage: Mapping[str, JsonValue], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0


def _moved(fresh: Path, folder: Path, subject: Subject) -> tuple[str, ...]:
    """Put the new files in their places and remove those of agents that are no longer asked; returns the new ones."""
    from orchestrator.models.cassettes.recording import swap
    from orchestrator.models.cassettes.slots import folder_name

    new = sorted(path.relative_to(fresh).as_posix() for path in fresh.rglob("*.yaml"))
    for name in new:
        swap(folder / name, (fresh / name).read_text(encoding="utf-8"))
    for old in sorted((folder / folder_name(subject.name)).glob(f"*/e{subject.epoch}.*yaml")):
        if old.relative_to(folder).as_posix() not in new:
            old.unlink()
    return tuple(new)
