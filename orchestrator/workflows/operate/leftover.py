"""What earlier attempts left half done: read from their journals, and held against what is live now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.journal import BEGUN, ENDED, LOCK, TRYING, settle
from orchestrator.workflows.operate.record import FOLDER, SHORTEST_APPROVAL, KeptSet, kept_set, restored
from orchestrator.workflows.runs.lock import is_locked
from orchestrator.workspace.changes import Step
from orchestrator.workspace.records import Record

STUCK = "not rolled back"


class Line(Record):
    """A line of a journal."""

    what: str
    sha256: str = ""
    workspace: str = ""
    step: int = 0
    of: int = 0
    subject: str = ""
    applied: bool = False
    failure: str | None = None
    steps: tuple[Step, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """An attempt that left something half done, or may have."""

    journal: Path
    sentence: str

    @property
    def name(self) -> str:
        """The beginning of the set's hash."""
        return self.journal.name[:SHORTEST_APPROVAL]


def left_over(site: Site) -> Iterator[str]:
    """A sentence for each attempt of this folder that left something half done.

    An attempt whose changes all hold by now, or none of them, is settled in its journal and told no more.
    """
    if is_locked(site.root / FOLDER / LOCK):
        yield "another process applies a change set of this folder at this moment: what is shown here may be half of it"
        return
    for each in _attempts(site.root):
        standing = _standing(each, site)
        if standing is not None:
            yield f"{each.sentence}; {standing}"


def settle_taken_back(root: Path, approval: str) -> None:
    """Say that the way back of a set was gone as far as it leads."""
    name = approval[:SHORTEST_APPROVAL]
    for each in _attempts(root):
        if each.name == name:
            settle(each.journal, "taken back")


def _attempts(root: Path) -> Iterator[LeftOver]:
    for file in sorted((root / FOLDER).glob("*.journal.jsonl")):
        sentence = _sentence(file)
        if sentence:
            yield LeftOver(journal=file, sentence=sentence)


def _sentence(file: Path) -> str:
    last = _last(file)
    name = file.name[:SHORTEST_APPROVAL]
    if last is None or last.what == BEGUN:
        return f"the applying of change set {name} was cut off before its first step"
    if last.what == TRYING:
        return f"the applying of change set {name} was cut off at step {last.step} of {last.of} ({last.subject})"
    stuck = [step.subject for step in last.steps if step.standing == STUCK]
    if last.what != ENDED or not stuck:
        return ""
    return f"change set {name} was not taken back whole: {len(stuck)} of {len(last.steps)} changes ({stuck[0]})"


def _last(file: Path) -> Line | None:
    """The last whole line of a journal; None for an empty one."""
    found: Line | None = None
    try:
        text = file.read_bytes()
    except OSError as error:
        raise UsageError(f"the journal {str(file)!r} cannot be read ({error.strerror})") from error
    for line in text.splitlines():
        try:
            found = Line.model_validate_json(line)
        except ValidationError:
            continue
    return found


def _standing(each: LeftOver, site: Site) -> str | None:
    """What of the set is live now, or None where it is all or nothing of it."""
    way = f"the same command shows what is left to do, --take-back {each.name} the way back"
    try:
        kept = kept_set(site.root, each.name)
        if kept.workspace not in site.labels():
            return f"it is of {kept.workspace!r}, which was not asked"
        hold, back, unseen = _held(kept, site)
    except (UsageError, WorkspaceError) as error:
        return f"what of it is live cannot be read now ({error}); {way}"
    count = len(kept.changes)
    if count in {hold + unseen, back}:
        settle(each.journal, "no change of it holds" if back == count else "every change of it holds")
        return None
    other = count - hold - back - unseen
    changed = f", {other} read neither: somebody has changed them since" if other else ""
    changed += f", {unseen} cannot be looked at again" if unseen else ""
    return f"live now: {hold} of its {count} changes hold, {back} are as before{changed}; {way}"


def _held(kept: KeptSet, site: Site) -> tuple[int, int, int]:
    """How many changes of a set hold, how many are as before, and how many cannot be read again."""
    connections = {"registry": site.registry}
    workspace = site.any_workspace()
    settings = [(change, restored(change, connections)) for change in kept.changes]
    seen = [(change, setting.read(workspace)) for change, setting in settings if getattr(setting, "secret", None) != ""]
    hold = sum(state == change.after for change, state in seen)
    return hold, sum(state == change.before for change, state in seen), len(settings) - len(seen)
