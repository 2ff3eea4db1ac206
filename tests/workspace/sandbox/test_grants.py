"""Grants: inheritance, groups, changes, and what is refused."""

from __future__ import annotations

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied
from databricks.sdk.service.catalog import PermissionsChange, Privilege

from orchestrator.workspace.sandbox import Sandbox
from orchestrator.workspace.sandbox.grants import Grants
from orchestrator.workspace.sandbox.people import People
from orchestrator.workspace.sandbox.seed.people import PeopleSeed
from orchestrator.workspace.sandbox.seed.unity import CatalogSeed
from orchestrator.workspace.sandbox.unity import Kind, Unity
from tests.workspace.sandbox.conftest import connected

pytestmark = pytest.mark.enable_socket
CUSTOMERS = "retail_prod.silver.customers"


def small() -> Grants:
    """A catalog with one table, and groups inside groups."""
    content = {
        "owner": "boss@example.com",
        "grants": {"outer": ["USE_CATALOG"], "account users": ["BROWSE"]},
        "schemas": {"s": {"grants": {"inner": ["USE_SCHEMA", "SELECT"]}, "tables": {"t": {"columns": {"a": "int"}}}}},
    }
    people = People(
        seed=PeopleSeed(users={}, groups={"outer": ["inner"], "inner": ["reader@example.com"]}),
        admin="root@example.com",
    )
    return Grants(Unity({"c": CatalogSeed.model_validate(content)}, admin="root@example.com"), people, {})


def test_privileges_come_through_groups_inside_groups_and_from_above() -> None:
    grants = small()
    assert grants.held("reader@example.com", Kind.TABLE, "c.s.t") == {"USE_CATALOG", "USE_SCHEMA", "SELECT", "BROWSE"}
    assert grants.held("stranger@example.com", Kind.TABLE, "c.s.t") == {"BROWSE"}
    table = grants.unity.tables.get("c.s.t")
    assert grants.allows("reader@example.com", "SELECT", table)
    assert not grants.allows("reader@example.com", "MODIFY", table)
    assert grants.allows("boss@example.com", "MODIFY", table)
    assert grants.allows("root@example.com", "MODIFY", table)


def test_names_are_compared_without_case() -> None:
    grants = small()
    assert grants.unity.tables.get("C.S.T").full_name == "c.s.t"
    assert grants.direct(Kind.SCHEMA, "C.S") == {"inner": ["USE_SCHEMA", "SELECT"]}


def test_effective_grants_say_where_they_come_from(client: WorkspaceClient) -> None:
    found = client.grants.get_effective("table", CUSTOMERS, principal="data-scientists").privilege_assignments or []
    (assignment,) = found
    seen = {
        (str(item.privilege.value), item.inherited_from_name)
        for item in assignment.privileges or []
        if item.privilege is not None
    }
    assert seen == {("USE_SCHEMA", "retail_prod.silver"), ("SELECT", "retail_prod.silver")}
    paged = list(client.grants.list_effective("table", CUSTOMERS, page_size=1))
    whole = client.grants.get_effective("table", CUSTOMERS).privilege_assignments or []
    assert [item.as_dict() for item in paged] == [item.as_dict() for item in whole]


def test_change_is_seen_by_the_next_reader(fresh: Sandbox) -> None:
    admin, name = connected(fresh), "finance-analyst-1@example.com"
    reader = connected(fresh, fresh.token_for(name))
    with pytest.raises(PermissionDenied, match=r"USE SCHEMA on Schema 'retail_prod\.silver'"):
        reader.tables.get(CUSTOMERS)
    given = [PermissionsChange(principal="finance", add=[Privilege.USE_SCHEMA, Privilege.SELECT])]
    admin.grants.update("SCHEMA", "retail_prod.silver", changes=given)
    assert reader.tables.get(CUSTOMERS).name == "customers"
    taken = [PermissionsChange(principal="finance", remove=[Privilege.SELECT, Privilege.MODIFY])]
    left = admin.grants.update("SCHEMA", "retail_prod.silver", changes=taken).privilege_assignments or []
    assert [item.privileges for item in left if item.principal == "finance"] == [[Privilege.USE_SCHEMA]]


def test_unknown_principal_and_foreign_privilege_are_refused(admin: WorkspaceClient) -> None:
    with pytest.raises(NotFound, match="Could not find principal with name nobody") as refusal:
        admin.grants.update("TABLE", CUSTOMERS, changes=[PermissionsChange(principal="nobody", add=[Privilege.SELECT])])
    assert refusal.value.error_code == "PRINCIPAL_DOES_NOT_EXIST"
    with pytest.raises(BadRequest, match="CREATE_TABLE is not applicable"):
        admin.grants.update(
            "TABLE", CUSTOMERS, changes=[PermissionsChange(principal="finance", add=[Privilege.CREATE_TABLE])]
        )
    with pytest.raises(BadRequest, match="SECURABLETYPE"):
        admin.grants.get("SPACESHIP", "x")


def test_who_does_not_manage_cannot_grant(fresh: Sandbox) -> None:
    contractor = connected(fresh, fresh.token_for("contractor-1@example.com"))
    change = [PermissionsChange(principal="contractors", add=[Privilege.SELECT])]
    with pytest.raises(PermissionDenied, match="MANAGE on Table"):
        contractor.grants.update("TABLE", CUSTOMERS, changes=change)
    contractor.grants.update("SCHEMA", "ml_platform.scratch", changes=change)


def test_governed_tag_refuses_other_values(admin: WorkspaceClient) -> None:
    from databricks.sdk.service.catalog import EntityTagAssignment

    wrong = EntityTagAssignment(entity_type="tables", entity_name=CUSTOMERS, tag_key="sensitivity", tag_value="some")
    with pytest.raises(BadRequest, match="not an allowed value"):
        admin.entity_tag_assignments.create(wrong)
    wrong.tag_value = "internal"
    assert admin.entity_tag_assignments.create(wrong).tag_value == "internal"
