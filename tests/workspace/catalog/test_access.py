"""Who can do what with these grants."""

from __future__ import annotations

from orchestrator.workspace.catalog.access import PrincipalAccess, judged
from orchestrator.workspace.governance.grants import Grant
from orchestrator.workspace.governance.securables import Securable

TABLE = Securable(kind="table", name="main.sales.orders")


def grant(privilege: str, on: str = "table main.sales.orders", principal: str = "team") -> Grant:
    return Grant(principal=principal, privilege=privilege, on=on, inherited=on != "table main.sales.orders")


def access(*grants: Grant, of: Securable = TABLE) -> PrincipalAccess:
    return judged(of, None, grants).principals[0]


OPENED = (grant("USE_CATALOG", "catalog main"), grant("USE_SCHEMA", "schema main.sales"))


def test_select_alone_reads_nothing_and_with_both_uses_it_does() -> None:
    alone, opened = access(grant("SELECT")), access(grant("SELECT"), *OPENED)
    assert (alone.reads, alone.lacks) == (False, ("USE_CATALOG", "USE_SCHEMA"))
    assert (opened.reads, opened.writes, opened.manages, opened.lacks) == (True, False, False, ())
    assert "USE_CATALOG from catalog main" in opened.privileges


def test_all_privileges_read_and_write_and_do_not_manage() -> None:
    found = access(grant("ALL_PRIVILEGES", "catalog main"))
    assert (found.reads, found.writes, found.manages) == (True, True, False)


def test_a_privilege_that_shows_only_lacks_nothing() -> None:
    found = access(grant("BROWSE", "catalog main"))
    assert (found.reads, found.lacks) == (False, ())


def test_an_owner_needs_no_grant() -> None:
    found = judged(TABLE, "owner@example.com", []).principals[0]
    assert (found.reads, found.writes, found.manages, found.holder) == (True, True, True, "person")


def test_reading_a_schema_is_reading_what_is_in_it() -> None:
    schema = Securable(kind="schema", name="main.sales")
    found = access(grant("SELECT", "schema main.sales"), *OPENED, of=schema)
    assert found.reads


def test_findings_name_everybody_and_those_with_power() -> None:
    grants = [grant("SELECT", principal="account users"), grant("MANAGE"), *OPENED]
    found = " | ".join(judged(TABLE, "a@example.com", grants).findings)
    assert "every user holds SELECT through 'account users'" in found
    assert "'team' holds MANAGE" in found
    assert "the owner is one person" in found
