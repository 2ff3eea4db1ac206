"""What is wrong on purpose in the shipped company is found by the two governance servers, with its places."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from mcp import Client

from orchestrator.workspace.sandbox import Sandbox, Seed
from tests.tools.governed import answered, served

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

CATALOGS = ("retail_prod", "insurance_prod", "ml_platform")
HELD = {"excessive_grant", "grant_to_person"}
PERSONAL = {"unmasked_pii", "untagged_pii"}


@pytest.fixture(scope="module")
def company() -> Iterator[Sandbox]:
    with Sandbox.start(Seed.read(now=dt.datetime.now(dt.UTC))) as sandbox:
        yield sandbox


def planted(company: Sandbox, *kinds: str) -> list[str]:
    """The places of the mistakes of these kinds."""
    return [place for mistake in company.seed.planted if mistake.kind in kinds for place in mistake.places]


def day(age: int) -> str:
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=age)).isoformat()


async def said(client: Client, tool: str, **arguments: object) -> str:
    return json.dumps(answered(await client.call_tool(tool, arguments)))


async def test_grants_that_give_too_much_are_named(company: Sandbox) -> None:
    async with served("governance_api", company) as client:
        audits = " ".join([await said(client, "audit_catalog_permissions", catalog=name) for name in CATALOGS])
        unused = " ".join(
            [await said(client, "find_excessive_permissions", catalog=name, days=60) for name in CATALOGS]
        )
    assert [place for place in planted(company, *HELD) if place not in audits] == []
    assert [place for place in planted(company, "unused_grant") if place not in unused] == []


async def test_owners_who_have_left_are_named(company: Sandbox) -> None:
    async with served("governance_api", company) as client:
        found = answered(await client.call_tool("audit_catalog_permissions", {"catalog": "retail_prod"}))
    left = {item["object"].partition(" ")[2] for item in found["findings"] if item["check"] == "has left"}
    assert left
    assert left <= set(planted(company, "orphaned_owner"))


async def test_personal_data_is_found_under_any_name_and_by_its_protection(company: Sandbox) -> None:
    found = {}
    async with served("governance_api", company) as client:
        for catalog in CATALOGS:
            result = answered(await client.call_tool("scan_pii_columns", {"scope": catalog, "tables": 200}))
            found.update({item["column"]: item for item in result["found"]})
    assert [place for place in planted(company, *PERSONAL) if place not in found] == []
    assert [place for place in planted(company, "unmasked_pii") if found[place]["mask"]] == []
    assert [place for place in planted(company, "untagged_pii") if found[place]["tags"]] == []


async def test_the_export_the_refusals_and_the_escalation_stand_out(company: Sandbox) -> None:
    async with served("audit_logs", company) as client:
        odd = await said(client, "detect_anomalies", days=60)
        excess = await said(client, "monitor_excessive_access", days=30)
        refused = await said(client, "get_failed_access_attempts", days=30, limit=500)
        changes = await said(client, "get_privilege_changes", days=60)
        deleted = await said(client, "get_data_deletion_logs", days=60)
        nights = await said(client, "find_after_hours_access", days=30)
        thief = next(place for place in planted(company, "mass_export") if "@" in place)
        breach = await said(client, "investigate_breach", principal=thief, since=day(12), until=day(0))
    assert [place for place in planted(company, "mass_export") if place not in breach] == []
    assert [place for place in planted(company, "failed_access") if place not in refused] == []
    assert [
        place for place in planted(company, "privilege_escalation", "privilege_change") if place not in changes
    ] == []
    assert [place for place in planted(company, "deletion") if place not in deleted] == []
    for kind in ("mass_export", "failed_access", "privilege_escalation"):
        who = next(place for place in planted(company, kind) if "@" in place)
        assert who in odd
        assert who in excess
    assert next(place for place in planted(company, "after_hours") if "@" in place) in nights


async def test_rows_that_were_deleted_and_not_purged_are_told(company: Sandbox) -> None:
    table = next(place for place in planted(company, "deletion") if place.endswith("customers"))
    async with served("audit_logs", company) as client:
        asked = {"table": table, "requested": day(45)}
        found = answered(await client.call_tool("verify_deletion_compliance", asked))
    assert found["checks"][0]["standing"] == "not purged"
