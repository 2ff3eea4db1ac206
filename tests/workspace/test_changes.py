"""Change sets: what is planned, applied, read back, and taken back when something fails."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, Outcome, State, apply, plan, preview, settled
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.waiting import check_waited_for, waited_for

NOWHERE = Workspace()


@dataclass
class Shelf:
    """Things with a state, some of which refuse; each write is kept."""

    states: dict[str, State] = field(default_factory=dict)
    refuses: set[tuple[str, State]] = field(default_factory=set)
    forgets: set[str] = field(default_factory=set)
    writes: list[tuple[str, State]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A setting that is kept on a shelf."""

    shelf: Shelf
    name: str

    @property
    def subject(self) -> str:
        return self.name

    def read(self, workspace: Workspace) -> State:
        assert workspace is NOWHERE
        return self.shelf.states.get(self.name)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        assert workspace is NOWHERE
        assert before == self.read(workspace)
        self.shelf.writes.append((self.name, after))
        if (self.name, after) in self.shelf.refuses:
            raise WorkspaceError(f"cannot write {self.name}: permission denied")
        if self.name not in self.shelf.forgets:
            self.shelf.states[self.name] = after

    def call(self, before: State, after: State) -> str:
        return f"PUT {self.name} {before} {after}"


def goal(shelf: Shelf, name: str, state: State) -> Goal:
    return Goal(setting=Thing(shelf=shelf, name=name), wanted=lambda _now: state)


def standings(outcome: Outcome) -> list[str]:
    return [step.standing for step in outcome.steps]


def test_what_is_already_so_is_no_change() -> None:
    shelf = Shelf(states={"a": ("1",)})
    changes = plan(NOWHERE, "t", [goal(shelf, "a", ("1",)), goal(shelf, "b", None)])
    assert changes.changes == ()
    outcome = apply(changes, NOWHERE)
    assert (outcome.applied, outcome.failure, shelf.writes) == (False, None, [])


def test_a_plan_shows_each_change_and_writes_nothing() -> None:
    shelf = Shelf(states={"a": ("1",)})
    outcome = preview(plan(NOWHERE, "t", [goal(shelf, "a", ("2",)), goal(shelf, "b", ("3",))]))
    assert [(item.subject, item.before, item.after) for item in outcome.change_set.changes] == [
        ("a", ("1",), ("2",)),
        ("b", None, ("3",)),
    ]
    assert outcome.change_set.changes[0].call == "PUT a ('1',) ('2',)"
    assert outcome.dry_run
    assert shelf.writes == []


def adding(thing: Thing, item: str) -> Goal:
    return Goal(setting=thing, wanted=lambda now: (*(now or ()), item))


def test_goals_about_one_thing_become_one_change_that_starts_from_what_is() -> None:
    thing = Thing(shelf=Shelf(states={"a": ("1",)}), name="a")
    changes = plan(NOWHERE, "t", [adding(thing, "2"), adding(thing, "3")])
    assert [(item.before, item.after) for item in changes.changes] == [(("1",), ("1", "2", "3"))]


def test_the_digest_is_of_the_changes_their_title_and_their_workspace() -> None:
    first, second = Shelf(states={"a": ("1",)}), Shelf(states={"a": ("1",)})
    digest = plan(NOWHERE, "t", [goal(first, "a", ("2",))]).sha256
    assert digest == plan(NOWHERE, "t", [goal(second, "a", ("2",))]).sha256
    assert digest != plan(NOWHERE, "another title", [goal(second, "a", ("2",))]).sha256
    assert digest != plan(NOWHERE, "t", [goal(second, "a", ("2",))], where="https://another").sha256
    assert digest != plan(NOWHERE, "t", [goal(first, "a", ("3",))]).sha256
    second.states["a"] = ("0",)
    assert digest != plan(NOWHERE, "t", [goal(second, "a", ("2",))]).sha256


def test_the_digest_can_be_worked_out_from_what_is_shown() -> None:
    shown = plan(NOWHERE, "t", [goal(Shelf(), "a", ("ü",))], where="https://here").shown()
    call = "PUT a None ('ü',)"
    change = f'{{"after":["ü"],"before":null,"call":"{call}","subject":"a"}}'
    text = f'{{"changes":[{change}],"title":"t","workspace":"https://here"}}'.replace("ü", "\\u00fc")
    assert shown.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_applied_changes_are_read_back() -> None:
    shelf = Shelf()
    told: list[tuple[int, int, str]] = []
    changes = plan(NOWHERE, "t", [goal(shelf, "a", ("1",)), goal(shelf, "b", ("2",))])
    outcome = apply(changes, NOWHERE, told=lambda done, total, what: told.append((done, total, what)))
    assert standings(outcome) == ["verified", "verified"]
    assert outcome.applied
    assert shelf.states == {"a": ("1",), "b": ("2",)}
    assert told == [(0, 2, "a"), (1, 2, "b")]
    assert settled(outcome) is outcome
    assert plan(NOWHERE, "t", [goal(shelf, "a", ("1",)), goal(shelf, "b", ("2",))]).changes == ()


def test_a_refused_change_takes_back_those_before_it_last_first() -> None:
    shelf = Shelf(states={"a": ("0",)}, refuses={("c", ("3",))})
    goals = [goal(shelf, name, (value,)) for name, value in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"))]
    outcome = apply(plan(NOWHERE, "t", goals), NOWHERE)
    assert standings(outcome) == ["rolled back", "rolled back", "failed and unchanged", "not reached"]
    assert {name: state for name, state in shelf.states.items() if state} == {"a": ("0",)}
    assert shelf.writes[-2:] == [("b", None), ("a", ("0",))]
    with pytest.raises(WorkspaceError, match=r"permission denied \[c\]; nothing of the change set remains \(2 changes"):
        settled(outcome)


def test_a_change_that_does_not_read_back_is_a_failure() -> None:
    shelf = Shelf(forgets={"a"})
    outcome = apply(plan(NOWHERE, "t", [goal(shelf, "a", ("1",))]), NOWHERE)
    assert outcome.failure == "a reads not set after it was set to 1"
    assert standings(outcome) == ["failed and unchanged"]


def test_what_cannot_be_taken_back_is_named() -> None:
    shelf = Shelf(states={"a": ("0",)}, refuses={("a", ("0",)), ("b", ("2",))})
    outcome = apply(plan(NOWHERE, "t", [goal(shelf, "a", ("1",)), goal(shelf, "b", ("2",))]), NOWHERE)
    assert standings(outcome) == ["not rolled back", "failed and unchanged"]
    with pytest.raises(WorkspaceError, match=r"NOT taken back: a \(cannot write a: permission denied\)"):
        settled(outcome)


def test_what_somebody_else_changed_is_neither_overwritten_nor_taken_back() -> None:
    shelf = Shelf()
    changes = plan(NOWHERE, "t", [goal(shelf, "a", ("1",)), goal(shelf, "b", ("2",))])
    shelf.states["b"] = ("theirs",)
    outcome = apply(changes, NOWHERE)
    assert standings(outcome) == ["rolled back", "failed and unchanged"]
    assert shelf.states["b"] == ("theirs",)
    assert "has changed since" in (outcome.failure or "")


def test_no_time_left_means_nothing_is_changed() -> None:
    shelf = Shelf()
    outcome = apply(plan(NOWHERE, "t", [goal(shelf, "a", ("1",))]), NOWHERE, seconds=-1)
    assert standings(outcome) == ["failed and unchanged"]
    assert shelf.writes == []


@dataclass(frozen=True, kw_only=True)
class Shared(Thing):
    """A thing that somebody else changes while the next one is written."""

    also: str = ""

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        self.shelf.states[self.also] = ("theirs",)
        super().write(workspace, before, after)


def test_what_somebody_else_changed_since_is_not_taken_back_and_is_named() -> None:
    shelf = Shelf(states={"a": ("1",)}, refuses={("b", ("2",))})
    second = Goal(setting=Shared(shelf=shelf, name="b", also="a"), wanted=lambda _now: ("2",))
    outcome = apply(plan(NOWHERE, "t", [goal(shelf, "a", ("2",)), second]), NOWHERE)
    assert standings(outcome) == ["not rolled back", "failed and unchanged"]
    assert "somebody else" in outcome.steps[0].detail
    assert shelf.states["a"] == ("theirs",)


@dataclass(frozen=True, kw_only=True)
class Asked(Thing):
    """A thing whose state is read from a workspace that is asked only while somebody waits."""

    given_up: threading.Event

    def read(self, workspace: Workspace) -> State:
        check_waited_for()
        return super().read(workspace)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        super().write(workspace, before, after)
        if self.name == "b":
            self.given_up.set()


def test_a_change_set_that_is_given_up_in_the_middle_is_taken_back_to_its_end() -> None:
    shelf, given_up = Shelf(), threading.Event()
    things = [Asked(shelf=shelf, name=name, given_up=given_up) for name in "abc"]
    goals = [Goal(setting=thing, wanted=lambda _now: ("new",)) for thing in things]
    with waited_for(given_up):
        outcome = apply(plan(NOWHERE, "t", goals), NOWHERE)
    assert standings(outcome) == ["rolled back", "rolled back", "not reached"]
    assert "given up" in (outcome.failure or "")
    assert set(shelf.states.values()) == {None}
