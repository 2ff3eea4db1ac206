"""`manage-consumers`: who reads the ports of a product, on a running sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.operate.failing import CLEAN, ROOT, USAGE, Stage, every_step_fails_in_turn, staged

pytestmark = pytest.mark.enable_socket
SALES = ("manage-consumers", "sales")
ADDED = (*SALES, "--add", "claims-team", "--port", "daily_sales")
TABLE = "retail_prod.gold.daily_sales"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    shutil.copytree(ROOT / "examples/commands/manage-consumers/contracts", tmp_path / "contracts")
    with staged(tmp_path) as found:
        yield found


def privileges(stage: Stage, kind: str, name: str) -> set[str]:
    found = stage.workspace().client.grants.get(kind, name, principal="claims-team").privilege_assignments or []
    return {privilege.value for each in found for privilege in each.privileges or []}


def test_without_a_change_the_readers_are_listed_with_where_their_grant_stands(stage: Stage) -> None:
    shown = stage.run(*SALES)
    assert shown.code == CLEAN, shown
    rows = shown.table("Who reads sales")
    assert [TABLE, "readers", "group", "SELECT", "schema retail_prod.gold", True] in rows
    assert [TABLE, "account users", "everybody", "ALL_PRIVILEGES", "schema retail_prod.gold", False] in rows
    said = [(rule, message) for rule, message in shown.findings]
    assert any(rule == "reader-is-a-person" and message.startswith("account users") for rule, message in said), (
        "planted"
    )
    assert not any(message.startswith("readers reads") for _, message in said), "its contract names it"
    assert "nothing is to be changed" in shown.notes


def test_a_group_gets_what_it_needs_and_no_more_and_loses_its_read(stage: Stage) -> None:
    ran = stage.applied(*ADDED)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"] * 3), ran
    assert privileges(stage, "catalog", "retail_prod") == {"USE_CATALOG"}
    assert privileges(stage, "schema", "retail_prod.gold") == {"USE_SCHEMA"}
    assert privileges(stage, "table", TABLE) == {"SELECT"}
    assert privileges(stage, "table", "retail_prod.gold.store_kpis") == set()
    assert "`- role: claims-team`" in ran.notes
    gone = stage.applied(*SALES, "--remove", "claims-team")
    assert gone.standings == ["verified"], gone
    assert privileges(stage, "table", TABLE) == set()
    assert privileges(stage, "schema", "retail_prod.gold") == {"USE_SCHEMA"}
    assert "somebody-builds-on-it" in [rule for rule, _ in gone.findings]


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *ADDED)


def test_what_is_no_group_and_what_the_contract_forbids_stop(stage: Stage) -> None:
    words = (*SALES, "--add", "data-analyst-1@example.com,account users,nobody-known,claims-team")
    shown = stage.run(*words)
    said = {message.partition(" is ")[0]: rule for rule, message in shown.findings}
    assert said["data-analyst-1@example.com"] == said["account users"] == said["nobody-known"] == "not-a-group"
    assert any(
        rule == "restricted-columns" and message.startswith("claims-team would read conversion_rate")
        for rule, message in shown.findings
    )
    refused = stage.run(*words, "--apply", "--approve", shown.sha[:12])
    assert "nothing was applied" in refused.notes
    assert "note" not in refused.missing


def test_a_wider_grant_is_told_and_left(stage: Stage) -> None:
    shown = stage.run(*SALES, "--add", "readers", "--remove", "bi-dashboards")
    assert f"readers reads {TABLE} already by SELECT on schema retail_prod.gold" in shown.notes
    assert (
        "still-reads",
        f"bi-dashboards would still read {TABLE} by SELECT on schema retail_prod.gold",
    ) in shown.findings
    assert "nothing is to be changed" in shown.notes


def test_a_group_inside_another_one_that_reads_gets_no_second_grant(stage: Stage) -> None:
    shown = stage.run(*SALES, "--add", "marketing")
    assert f"everyone in marketing reads {TABLE} already as a member of readers" in shown.notes
    assert "nothing is to be changed" in shown.notes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("manage-consumers", "nothing"), "there is no data product 'nothing' here; there is sales"),
        ((*SALES, "--port", "orders"), "has no output port orders; it has daily_sales"),
        ((*SALES, "--server", "qa", "--add", "finance", "--remove", "finance"), "added and removed at once"),
        ((*SALES, "--remove", "finance"), "'finance' reads no port of sales"),
        ((*ADDED, "--apply", "--approve", "0123456789ab"), "another change set"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(stage: Stage, words: tuple[str, ...], said: str) -> None:
    ran = stage.run(*words)
    assert (ran.code, said in ran.said) == (USAGE, True), ran


def test_a_port_whose_contract_is_missing_or_of_another_version_is_refused(stage: Stage) -> None:
    file = stage.folder / "contracts/sales.odps.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 3.0.0"), encoding="utf-8")
    ran = stage.run(*SALES)
    assert (ran.code, "version 3.0.0; there is 1.0.0" in ran.said) == (USAGE, True), ran


def test_without_the_right_to_read_grants_nothing_is_listed(stage: Stage) -> None:
    token = stage.sandbox.token_for("contractor-1@example.com")
    ran = stage.run(*SALES, env={"DATABRICKS_TOKEN": token})
    assert ran.code != CLEAN
    assert "Traceback" not in ran.said
