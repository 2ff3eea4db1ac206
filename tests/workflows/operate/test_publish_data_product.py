"""`publish-data-product`: schema, view, comments, tags and grants of output ports, on a running sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.operate.failing import CLEAN, ROOT, USAGE, Stage, every_step_fails_in_turn, staged

pytestmark = pytest.mark.enable_socket
SHOPS = ("publish-data-product", "shops")
VIEW = "retail_prod.shops_out.kpis_v1"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    shutil.copytree(ROOT / "examples/commands/publish-data-product/contracts", tmp_path / "contracts")
    with staged(tmp_path) as found:
        yield found


def change(stage: Stage, old: str, new: str, file: str = "kpis.odcs.yaml") -> None:
    path = stage.folder / "contracts" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_port_is_published_whole_and_then_there_is_nothing_to_do(stage: Stage) -> None:
    ran = stage.applied(*SHOPS)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"] * 8), ran
    client = stage.workspace().client
    view = client.tables.get(VIEW)
    assert view.view_definition == "SELECT `store_id`, `week`, `revenue` FROM `retail_prod`.`gold`.`store_kpis`"
    assert [(each.name, each.comment) for each in view.columns or []] == [
        ("store_id", "Identifies the shop."),
        ("week", "The Monday of the week."),
        ("revenue", "Euro, net of refunds."),
    ]
    tags = {each.tag_key: each.tag_value for each in client.entity_tag_assignments.list("tables", VIEW)}
    assert tags == {"data_product": "shops", "contract_version": "1.0.0"}
    given = client.grants.get("table", VIEW).privilege_assignments or []
    assert [(each.principal, [item.value for item in each.privileges or []]) for each in given] == [
        ("finance", ["SELECT"])
    ]
    assert "nothing is to be changed" in stage.run(*SHOPS).notes


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *SHOPS)


def test_a_new_version_replaces_the_view_and_keeps_its_readers(stage: Stage) -> None:
    stage.applied(*SHOPS)
    change(stage, "The Monday of the week.", "The first day of the week, a Monday; its name is 'week'.")
    for file in ("kpis.odcs.yaml", "shops.odps.yaml"):
        change(stage, "version: 1.0.0", "version: 1.1.0", file)
    ran = stage.applied(*SHOPS, "--version", "1.1.0")
    assert [row[1] for row in ran.table("What became")] == [f"view {VIEW}", f"tag contract_version of table {VIEW}"]
    client = stage.workspace().client
    comments = [each.comment for each in client.tables.get(VIEW).columns or []]
    assert "The first day of the week, a Monday; its name is 'week'." in comments
    assert [each.principal for each in client.grants.get("table", VIEW).privilege_assignments or []] == ["finance"]
    back = stage.applied(*SHOPS, "--take-back", ran.sha[:12])
    assert set(back.standings) == {"verified"}, back
    assert "The Monday of the week." in [each.comment for each in client.tables.get(VIEW).columns or []]


def test_a_table_gets_comments_and_a_tag_and_is_not_made_anew(stage: Stage) -> None:
    change(stage, "schema: shops_out", "schema: gold")
    change(stage, "kpis_v1", "store_kpis")
    change(stage, "physicalType: view", "physicalType: table")
    ran = stage.applied(*SHOPS)
    assert set(ran.standings) == {"verified"}, ran
    table = stage.workspace().client.tables.get("retail_prod.gold.store_kpis")
    assert table.comment == "One row a shop and week. Contract urn:contract:retail:shop-kpis, version 1.0.0."
    assert "Identifies the shop." in [each.comment for each in table.columns or []]


def test_what_takes_a_column_away_needs_a_new_major_version(stage: Stage) -> None:
    stage.applied(*SHOPS)
    text = (stage.folder / "contracts/kpis.odcs.yaml").read_text(encoding="utf-8")
    start, end = text.index("      - name: week"), text.index("      - name: revenue")
    (stage.folder / "contracts/kpis.odcs.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    shown = stage.run(*SHOPS)
    assert ("breaks-readers", f"week would go from {VIEW} between version 1.0.0 and 1.0.0") in shown.findings
    assert "nothing was applied" in stage.run(*SHOPS, "--apply", "--approve", shown.sha[:12]).notes


def test_what_does_not_fit_the_contract_is_told_with_its_column(stage: Stage) -> None:
    change(stage, "physicalType: BIGINT", "physicalType: STRING")
    change(stage, "name: week", "name: month")
    change(stage, "role: finance", "role: data-analyst-1@example.com")
    said = stage.run(*SHOPS).findings
    assert ("column-unlike-contract", "store_id is bigint and the contract says string") in said
    assert ("column-unlike-contract", "month is not in retail_prod.gold.store_kpis") in said
    assert ("role-is-no-group", "the role data-analyst-1@example.com of contracts/kpis.odcs.yaml is person") in said
    assert not any("revenue" in message for _, message in said)


def test_a_reader_that_the_contract_does_not_know_stops(stage: Stage) -> None:
    stage.applied(*SHOPS)
    client = stage.workspace().client
    from databricks.sdk.service.catalog import PermissionsChange, Privilege

    client.grants.update("table", VIEW, changes=[PermissionsChange(principal="marketing", add=[Privilege.SELECT])])
    assert ("reader-without-role", f"marketing holds SELECT on {VIEW} and is in no role") in stage.run(*SHOPS).findings


def test_a_view_of_nothing_is_told(stage: Stage) -> None:
    change(stage, "transformSourceObjects: [retail_prod.gold.store_kpis]", "criticalDataElement: false")
    shown = stage.run(*SHOPS)
    assert [rule for rule, _ in shown.findings] == ["port-has-no-rows"]
    assert "nothing is to be changed" in shown.notes
    made = stage.run(*SHOPS, "--source", "kpis=retail_prod.gold.store_kpis")
    assert (made.code, len(made.table("Changes"))) == (CLEAN, 8), made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("publish-data-product", "nothing"), "there is no data product 'nothing' here; there is shops"),
        ((*SHOPS, "--version", "2.0.0"), "--version 2.0.0: the contract contracts/kpis.odcs.yaml is 1.0.0"),
        ((*SHOPS, "--source", "kpis"), "is no PORT=TABLE of a port; there is kpis"),
        ((*SHOPS, "--source", "kpis=retail_prod.gold.absent"), "which is not there"),
        ((*SHOPS, "--apply", "--approve", "0123456789ab"), "another change set"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(stage: Stage, words: tuple[str, ...], said: str) -> None:
    ran = stage.run(*words)
    assert (ran.code, said in ran.said) == (USAGE, True), ran
