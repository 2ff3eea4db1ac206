"""Grants against their use: what is called unused, what is not, and what least privilege leaves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.changes import State
from orchestrator.workspace.governance.excess import ExcessReport, HeldGrant, HeldGrants, excesses, least
from orchestrator.workspace.governance.grants import GrantSetting
from orchestrator.workspace.governance.people import People, resolved
from orchestrator.workspace.governance.securables import Kind, Securable
from orchestrator.workspace.governance.tables import Tables
from orchestrator.workspace.governance.usage import Usage, Use, used

WINDOW = Window(since=dt.date(2026, 8, 1), until=dt.date(2026, 10, 31))
PEOPLE = People(groups={"analysts": frozenset({"ann@example.org", "bob@example.org"}), "empty": frozenset()})
USES = (
    Use(principal="ann@example.org", object="main.sales.orders", privilege="SELECT"),
    Use(principal="job@example.org", object="main.sales.orders", privilege="MODIFY"),
    Use(principal="job@example.org", object="main.sales.orders", privilege="SELECT"),
)


def grant(principal: str, privilege: str, name: str = "main.sales.orders") -> HeldGrant:
    kinds: tuple[Kind, ...] = ("catalog", "schema", "table")
    return HeldGrant(principal=principal, privilege=privilege, of=Securable(kind=kinds[name.count(".")], name=name))


def report(
    *grants: HeldGrant, uses: tuple[Use, ...] = USES, more: bool = False, people: People | None = PEOPLE
) -> ExcessReport:
    held = HeldGrants(catalog="main", grants=grants, tables=Tables(items=(), more=False))
    return excesses(held, Usage(window=WINDOW, uses=frozenset(uses), more=more), people)


def reasons(found: ExcessReport) -> list[tuple[str, ...]]:
    return [item.reasons for item in found.excesses]


def test_a_privilege_that_a_member_used_below_is_not_excessive() -> None:
    assert report(grant("analysts", "SELECT", "main"), grant("analysts", "SELECT", "main.sales")).excesses == ()


def test_a_privilege_that_no_member_used_is_unused() -> None:
    found = report(grant("analysts", "MODIFY", "main.sales"), grant("analysts", "SELECT", "main.hr"))
    assert reasons(found) == [("unused",), ("unused",)]
    assert {item.severity for item in found.excesses} == {"medium", "low"}


def test_a_schema_whose_name_begins_the_same_is_another() -> None:
    assert reasons(report(grant("analysts", "SELECT", "main.sal"))) == [("unused",)]


def test_a_group_whose_members_are_unknown_is_never_unused() -> None:
    assert report(grant("strangers", "SELECT"), grant("strangers", "SELECT", "main.hr")).excesses == ()
    assert report(grant("analysts", "MODIFY"), people=None).excesses == ()


def test_a_group_without_members_uses_nothing() -> None:
    assert reasons(report(grant("empty", "SELECT"))) == [("unused",)]


def test_a_privilege_whose_use_leaves_no_trace_is_never_unused() -> None:
    assert (
        report(grant("ann@example.org", "EXECUTE"), grant("ann@example.org", "USE_SCHEMA", "main.sales")).excesses == ()
    )


def test_everybody_is_named_even_where_it_is_used() -> None:
    found = report(grant("account users", "SELECT"), grant("account users", "BROWSE", "main"))
    assert reasons(found) == [("everybody",)]
    assert found.excesses[0].severity == "high"


def test_all_privileges_of_which_some_are_used_are_wider_than_used() -> None:
    found = report(grant("job@example.org", "ALL_PRIVILEGES", "main"))
    assert reasons(found) == [("powerful", "wider than used")]
    assert found.excesses[0].used == ("MODIFY", "SELECT")


def test_a_log_without_a_use_calls_nothing_unused_and_says_why() -> None:
    found = report(grant("analysts", "MODIFY"), grant("users", "SELECT"), uses=())
    assert reasons(found) == [("everybody",)]
    assert found.undecided is not None
    assert "no use of this catalog" in found.undecided


def test_a_cut_list_of_uses_calls_nothing_unused() -> None:
    found = report(grant("analysts", "MODIFY"), more=True)
    assert found.excesses == ()
    assert found.undecided is not None


def after(found: ExcessReport, before: tuple[str, ...], keep: tuple[str, ...] = ()) -> dict[str, State]:
    states: dict[str, State] = {}
    for goal in least(found, keep):
        assert isinstance(goal.setting, GrantSetting)
        states[goal.setting.subject] = goal.wanted(states.get(goal.setting.subject, before))
    return states


def test_least_privilege_takes_the_unused_and_leaves_the_used() -> None:
    found = report(grant("analysts", "MODIFY"), grant("analysts", "SELECT"))
    assert after(found, ("MODIFY", "SELECT")) == {"privileges of analysts on table main.sales.orders": ("SELECT",)}


def test_least_privilege_turns_all_privileges_into_what_was_used() -> None:
    found = report(grant("job@example.org", "ALL_PRIVILEGES", "main"))
    assert after(found, ("ALL_PRIVILEGES",)) == {
        "privileges of job@example.org on catalog main": ("MODIFY", "SELECT", "USE_CATALOG", "USE_SCHEMA")
    }


def test_least_privilege_leaves_those_that_are_kept_and_what_everybody_uses() -> None:
    found = report(grant("Analysts", "MODIFY"), grant("account users", "SELECT"))
    assert after(found, ("MODIFY",), keep=("analysts",)) == {}


def test_credentials_to_write_prove_reading_too() -> None:
    assert {use.privilege for use in used("a", "generateTemporaryTableCredential", "m.s.t", "READ_WRITE")} == {
        "SELECT",
        "MODIFY",
    }
    assert {use.privilege for use in used("a", "generateTemporaryTableCredential", "m.s.t", "READ")} == {"SELECT"}
    assert {use.privilege for use in used("a", "generateTemporaryVolumeCredential", "m.s.v", "READ_VOLUME")} == {
        "READ_VOLUME"
    }
    assert tuple(used("a", "somethingElse", "m.s.t", "")) == ()


def test_groups_inside_groups_are_followed_also_in_a_circle() -> None:
    people = resolved(
        {"1": "ann@example.org", "2": "bob@example.org"},
        {"10": "outer", "11": "inner", "12": "circle"},
        {"10": ("1", "11"), "11": ("2", "12"), "12": ("10",)},
    )
    both = frozenset({"ann@example.org", "bob@example.org"})
    assert [people.behind(name) for name in ("Outer", "inner", "circle")] == [both, both, both]
    assert people.behind("unknown") is None
    assert people.behind("0b8a3d52-1111-2222-3333-444455556666") == frozenset({"0b8a3d52-1111-2222-3333-444455556666"})


def test_usage_is_of_the_people_that_are_asked_about() -> None:
    usage = Usage(window=WINDOW, uses=frozenset(USES), more=False)
    below = Securable(kind="schema", name="main.sales")
    assert usage.of(frozenset({"ann@example.org"}), below) == {"SELECT"}
    assert usage.of(None, below) == {"SELECT", "MODIFY"}
    assert replace(usage, uses=frozenset()).of(None, below) == frozenset()
