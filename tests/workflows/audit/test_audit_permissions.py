"""`audit-permissions` on the sandbox: every planted grant once, its neighbours not, code and live compared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.workflows.audit.reports import BAD_INPUT, FOUND, Audited, audited, planted, quoted, run

PROJECT = Path(__file__).parents[3] / "examples" / "commands" / "audit-permissions"
COMMAND = "audit-permissions"


def of(catalog: str) -> Audited:
    return audited(COMMAND, "--catalog", catalog)


def held(found: Audited) -> set[tuple[str, str, str]]:
    """The rule, the holder and the object of each finding about a holding."""
    rows = [(each["rule"], quoted(each)) for each in found.findings() if "privileges" in quoted(each)]
    return {(rule, row["principal"], row["on"].partition(" ")[2]) for rule, row in rows if "difference" not in row}


@pytest.mark.parametrize(
    ("catalog", "expected"),
    [
        (
            "retail_prod",
            {
                ("grant-to-everybody", "account users", "retail_prod.gold"),
                ("powerful-grant", "governance-team", "retail_prod"),
                ("powerful-grant", "data-engineers", "retail_prod.bronze"),
                ("powerful-grant", "data-engineers", "retail_prod.silver"),
                ("grant-to-person", "contractor-1@example.com", "retail_prod.silver.customers"),
                ("held-by-leaver", "former-engineer-1@example.com", "retail_prod.gold.refunds_report"),
                ("grant-beyond-use", "readers", "retail_prod.reference"),
            },
        ),
        (
            "insurance_prod",
            {
                ("grant-beyond-use", "contractors", "insurance_prod"),
                ("grant-beyond-use", "data-engineers", "insurance_prod.raw"),
                ("grant-beyond-use", "finance", "insurance_prod.curated.policies"),
                ("grant-to-person", "claims-analyst-1@example.com", "insurance_prod.curated.claims"),
            },
        ),
        (
            "ml_platform",
            {
                ("grant-to-everybody", "account users", "ml_platform.scratch"),
                ("powerful-grant", "data-scientists", "ml_platform"),
                ("powerful-grant", "contractors", "ml_platform.scratch"),
                *(
                    ("owned-by-person", "data-scientist-2@example.com", f"ml_platform.scratch.{name}")
                    for name in ("experiment_results", "notebook_export_2026", "tmp_customers_copy")
                ),
            },
        ),
    ],
)
def test_each_holding_that_is_wrong_is_reported_once_and_no_other(
    catalog: str, expected: set[tuple[str, str, str]]
) -> None:
    found = of(catalog)
    assert held(found) == expected
    assert len(found.findings()) == len(expected) + len(found.findings("granted-to-oneself"))


def test_every_planted_grant_and_owner_of_a_catalog_is_found() -> None:
    found = held(of("retail_prod")) | held(of("insurance_prod")) | held(of("ml_platform"))
    pairs = {(principal, on) for _rule, principal, on in found}
    names = (
        "everyone-all-privileges", "everyone-reads-scratch", "contractors-manage", "person-modify-customers",
        "person-modify-claims", "contractors-unused", "orphaned-table",
    )  # fmt: skip
    assert [places for places in planted(*names) if places[::-1] not in pairs] == []


def test_the_privileges_of_one_holder_on_one_object_are_one_finding_with_every_reason() -> None:
    (person,) = of("retail_prod").findings("grant-to-person")
    assert quoted(person)["privileges"] == ["MODIFY", "SELECT"]
    assert "granted to one person" in person["message"]
    assert "nobody behind it used MODIFY in these days" in person["message"]
    assert person["severity"] == "medium"


def test_a_holding_says_who_gave_it_and_when() -> None:
    (everybody,) = of("retail_prod").findings("grant-to-everybody")
    assert "given on 2026-10-06 by former-engineer-1@example.com" in everybody["message"]
    assert everybody["severity"] == "high"
    given = of("insurance_prod").rows("Rights given in these days")
    assert ("platform-admin@example.com", "data-analysts") in {(row["by"], row["to"]) for row in given}


def test_rights_that_an_account_gave_itself_are_found_in_the_catalog_that_they_are_about() -> None:
    said = " ".join(each["message"] for each in of("insurance_prod").findings("granted-to-oneself"))
    assert [place for place in planted("escalation")[0] if place not in said] == []
    assert "platform-admin" not in said
    assert of("retail_prod").findings("granted-to-oneself") == []
    assert of("ml_platform").findings("granted-to-oneself") == []


def test_the_grants_of_a_project_are_compared_with_the_live_ones() -> None:
    found = audited(COMMAND, "--catalog", "retail_prod", "--path", str(PROJECT))
    rows = {
        (row["difference"], row["principal"], row["on"], row["code"]) for row in found.rows("Grants of the project")
    }
    assert rows == {
        ("taken away in the code and live", "account users", "schema retail_prod.gold", "sql/grants.sql:4"),
        ("live and not in the code", "contractors", "schema retail_prod.silver", ""),
        ("live and not in the code", "data-engineers", "schema retail_prod.silver", "resources/schemas.yml:7"),
    }
    (differs,) = found.findings("grant-differs-from-code")
    assert quoted(differs)["principal"] == "contractors"
    (everybody,) = found.findings("grant-to-everybody")
    assert everybody["message"].endswith("taken away in the code and live")


def test_a_grant_of_the_code_that_is_not_live_is_found(tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "p")
    grants = tmp_path / "p" / "sql" / "grants.sql"
    grants.write_text("GRANT SELECT ON TABLE retail_prod.gold.daily_sales TO `finance`;\n", encoding="utf-8")
    found = run(tmp_path, COMMAND, "--catalog", "retail_prod", "--path", "p", "--workspace", "sandbox")
    said = [each["message"] for each in found.findings("grant-differs-from-code")]
    wanted = "SELECT of finance on table retail_prod.gold.daily_sales: in the code and not live (sql/grants.sql:1)"
    assert wanted in said


def test_only_the_specialists_that_are_asked_report() -> None:
    found = audited(COMMAND, "--catalog", "retail_prod", "--agents", "policy-enforcer")
    assert {each["rule"] for each in found.findings()} == {"grant-to-person", "held-by-leaver"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--catalog", "retail_prod"), "this command asks a workspace and none is named"),
        (("--catalog", "nowhere", "--workspace", "sandbox"), "nowhere"),
        (("--catalog", "a.b", "--workspace", "sandbox"), "'a.b'"),
        (("--catalog", "retail_prod", "--days", "0", "--workspace", "sandbox"), "days: Input should be"),
        (("--catalog", "retail_prod", "--path", "not-there", "--workspace", "sandbox"), "not-there"),
    ],
)
def test_bad_input_is_one_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    ended = run(tmp_path, COMMAND, *words)
    assert ended.code == BAD_INPUT
    assert sentence in ended.said
    assert ended.said.strip().count("\n") == 0


def test_the_gate_fails_on_a_high_finding() -> None:
    assert of("ml_platform").code == FOUND
