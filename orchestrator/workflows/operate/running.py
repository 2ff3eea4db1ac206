"""From what should be to a change set that is shown, approved, applied, read back, and taken back on failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from orchestrator.errors import UsageError
from orchestrator.types import Severity, Table
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.journal import Journal, journal
from orchestrator.workflows.operate.leftover import left_over, settle_taken_back
from orchestrator.workflows.operate.record import (
    SHORTEST_APPROVAL,
    KeptChange,
    Place,
    check_approval,
    keep,
    kept_set,
    place,
    restored,
)
from orchestrator.workflows.operate.shape import Desired
from orchestrator.workspace.changes import ChangeSet, Goal, Outcome, Setting, ShownChangeSet, State, apply, left, plan

SECONDS = 600.0
"""For the applying of one set; the way back is not bounded."""
MOST_SHOWN = 6
"""Values of a state that are shown whole; of a longer one those that change."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether to apply, and by whose approval: the beginning of the set's hash, or a person who is asked."""

    apply: bool = False
    approval: str | None = None
    ask: Callable[[ShownChangeSet], bool] | None = None
    gate: Severity | None = Severity.HIGH


@dataclass(frozen=True, kw_only=True)
class Operated:
    """What was planned, and what became of it; `outcome` is None where nothing was tried."""

    changes: ChangeSet
    result: Result
    outcome: Outcome | None = None


def operated(command: str, desired: Desired, site: Site, decision: Decision) -> Operated:
    """The change set of what is desired, kept in its file; applied where that was approved.

    Raises:
        UsageError: the approval is of another set, or nobody has approved.
        WorkspaceError: a state cannot be read.
    """
    changes = planned(desired, site)
    if desired.takes_back and not changes.changes:
        settle_taken_back(site.root, desired.takes_back)
    result = _shown(command, desired.result, changes, site)
    if not decision.apply:
        return Operated(changes=changes, result=replace(result, notes=(*result.notes, *_how_to_apply(changes))))
    if not changes.changes:
        return Operated(changes=changes, result=result)
    if stops := _stops(desired.result, decision.gate):
        note = f"nothing was applied: {stops} of the preflight at or above the gate"
        return Operated(changes=changes, result=replace(result, notes=(*result.notes, note)))
    _check_approved(changes, decision)
    outcome = _applied(place(site.root, changes.sha256), changes, site)
    if desired.takes_back and outcome.applied:
        settle_taken_back(site.root, desired.takes_back)
    return Operated(changes=changes, result=_with_outcome(result, changes, outcome), outcome=outcome)


def planned(desired: Desired, site: Site) -> ChangeSet:
    """The changes from the live state to what is desired."""
    site.progress(f"reading the live state of {len(desired.goals)} settings")
    return plan(site.any_workspace(), desired.title, desired.goals, where=desired.where or site.label)


def taking_back(approval: str, site: Site) -> Desired:
    """The state before a kept set, as something to be desired; a setting that somebody else has changed since stays.

    Raises:
        UsageError: no such set is kept, it is of another workspace, or it is damaged.
    """
    kept = kept_set(site.root, approval)
    if kept.workspace not in site.labels():
        raise UsageError(f"the change set {approval[:64]} is of {kept.workspace!r}, which was not named")
    connections = {"registry": site.registry}
    goals = tuple(_way_back(change, restored(change, connections)) for change in reversed(kept.changes))
    return Desired(title=f"take back: {kept.title}", goals=goals, where=kept.workspace, takes_back=kept.sha256)


def _way_back(change: KeptChange, setting: Setting) -> Goal:
    lasts = getattr(setting, "lasts", None)
    if isinstance(lasts, str):
        return Goal(setting=setting, wanted=_as_it_is, remark=lambda _now: f"{change.subject} stays: {lasts}")
    return Goal(
        setting=setting,
        wanted=partial(_before, change.before, change.after),
        remark=partial(_somebody, change.subject, change.before, change.after),
    )


def _as_it_is(now: State) -> State:
    return now


def _before(before: State, after: State, now: State) -> State:
    """What was before, where the change still holds."""
    return before if now == after else now


def _somebody(subject: str, before: State, after: State, now: State) -> str | None:
    if now in {before, after}:
        return None
    return f"{subject} stays: somebody has changed it since"


def _shown(command: str, result: Result, changes: ChangeSet, site: Site) -> Result:
    """The result with the set as tables and facts, in its file, and with what an earlier run left half done."""
    shown = changes.shown()
    notes = [*result.notes, *left_over(site), *changes.notes]
    if changes.changes:
        kept = keep(site.root, command, changes)
        notes.append(f"change set {changes.sha256} of {changes.workspace}, kept in {kept.file.relative_to(site.root)}")
    else:
        notes.append("the live state is as wanted: nothing is to be changed")
    rows = tuple(change.model_dump(mode="json") for change in shown.changes)
    facts = Facts(name="changes", source=f"the live state of {changes.workspace}", rows=rows)
    return replace(
        result,
        facts=(*result.facts, facts) if rows else result.facts,
        tables=(*result.tables, *_tables(changes)),
        notes=tuple(notes),
    )


def _tables(changes: ChangeSet) -> tuple[Table, ...]:
    if not changes.changes:
        return ()
    rows = tuple(
        (number, change.setting.subject, _text(change.before, change.after), _text(change.after, change.before))
        for number, change in enumerate(changes.changes, start=1)
    )
    numbered = tuple(enumerate(changes.changes, start=1))
    calls = tuple((number, change.setting.call(change.before, change.after)) for number, change in numbered)
    back = tuple((number, change.setting.call(change.after, change.before)) for number, change in reversed(numbered))
    return (
        Table(title=f"Changes: {changes.title}", columns=("no.", "subject", "before", "after"), rows=rows),
        Table(title="Calls, in this order", columns=("no.", "call"), rows=calls),
        Table(title="The way back, in this order", columns=("no.", "call"), rows=back),
    )


def _text(state: State, other: State) -> str:
    """A state beside the other one of its change: of a long one what differs, and how much does not."""
    if state is None:
        return "(not set)"
    if other is None or len(state) <= MOST_SHOWN:
        return ", ".join(state) or "(empty)"
    differing = [value for value in state if value not in other]
    return ", ".join([*differing, f"and {len(state) - len(differing)} as in the other"])


def _how_to_apply(changes: ChangeSet) -> tuple[str, ...]:
    if not changes.changes:
        return ()
    return (f"nothing was changed; to apply exactly this set: --apply --approve {changes.sha256[:SHORTEST_APPROVAL]}",)


def _stops(result: Result, gate: Severity | None) -> int:
    """How many findings of the preflight forbid to apply; a gate that was switched off forbids nothing."""
    if gate is None:
        return 0
    of_code = result.reviewed.review.findings if result.reviewed else ()
    severities = [each.severity or each.check.severity for each in result.observations]
    severities += [finding.severity for finding in of_code if finding.counts]
    return sum(severity.at_least(gate) for severity in severities)


def _check_approved(changes: ChangeSet, decision: Decision) -> None:
    if decision.approval is not None:
        check_approval(decision.approval)
        if not changes.sha256.startswith(decision.approval):
            raise UsageError(
                f"the approval {decision.approval[:12]} is of another change set: the live state or the wish has "
                f"changed since; the set is now {changes.sha256[:SHORTEST_APPROVAL]}, read it and approve it anew"
            )
        return
    if decision.ask is None:
        raise UsageError(
            "--apply needs --approve SHA where nobody can be asked; run the command without --apply to see the set"
        )
    if not decision.ask(changes.shown()):
        raise UsageError("the change set was not approved; nothing was changed")


def _applied(kept: Place, changes: ChangeSet, site: Site) -> Outcome:
    with journal(kept, changes.workspace) as written:
        try:
            outcome = apply(changes, site.any_workspace(), seconds=SECONDS, told=partial(_told, written, site))
        except KeyboardInterrupt:
            site.progress(f"interrupted: what was made holds; --take-back {kept.sha256[:SHORTEST_APPROVAL]} shows it")
            raise
        written.ended(outcome)
    return outcome


def _told(written: Journal, site: Site, number: int, count: int, subject: str) -> None:
    written.told(number, count, subject)
    site.progress(f"{number + 1} of {count}: {subject}")


def _with_outcome(result: Result, changes: ChangeSet, outcome: Outcome) -> Result:
    rows = tuple((number, step.subject, step.standing, step.detail) for number, step in enumerate(outcome.steps, 1))
    table = Table(title="What became of each step", columns=("no.", "subject", "standing", "why"), rows=rows)
    gaps, notes = result.gaps, [*result.notes]
    if outcome.failure is not None:
        why = f"{outcome.failure}; {left(outcome)}"
        gaps = (*gaps, Gap(source=f"change set {changes.sha256[:SHORTEST_APPROVAL]}", reason=why))
    else:
        notes.append(
            f"applied: {len(outcome.steps)} changes, each read back; the way back: --take-back "
            f"{changes.sha256[:SHORTEST_APPROVAL]}"
        )
    return replace(result, tables=(*result.tables, table), gaps=gaps, notes=tuple(notes))
