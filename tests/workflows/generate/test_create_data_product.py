"""`create-data-product`: contracts from catalog facts; what nobody said is asked, a kept contract is not replaced."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.sandbox import Sandbox
from orchestrator.workspace.statements import query
from tests.cli.command import orchestrate, told
from tests.workflows.generate.pipelines import SPEC, USAGE, checked, generated, is_tidy, rows, texts

pytestmark = pytest.mark.enable_socket
COMMAND = "create-data-product"
CUSTOMERS = ("customers", "--table", "retail_prod.silver.customers", "--workspace", "sandbox")
ORDERS = ("orders", "--table", "retail_prod.silver.orders", "--workspace", "sandbox")


def _contract(folder: Path, port: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "contracts" / f"{port}.odcs.yaml").read_text(encoding="utf-8"))
    return found


def test_the_contract_has_the_columns_of_the_catalog_in_their_order_with_their_types_and_key(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *CUSTOMERS)
    contract = _contract(tmp_path, "customers")
    properties = {each["name"]: each for each in contract["schema"][0]["properties"]}
    assert (contract["apiVersion"], contract["kind"], contract["status"]) == ("v3.2.0", "DataContract", "draft")
    assert list(properties) == [
        "customer_id", "full_name", "email", "phone", "date_of_birth", "country", "marketing_consent", "updated_at",
    ]  # fmt: skip
    assert properties["customer_id"] == {
        "name": "customer_id", "logicalType": "integer", "physicalType": "BIGINT", "primaryKey": True,
        "primaryKeyPosition": 1, "required": True, "unique": True,
        "transformSourceObjects": ["retail_prod.silver.customers"],
    }  # fmt: skip
    assert properties["email"]["classification"] == "confidential"
    assert "required" not in properties["email"]
    assert properties["country"]["description"] == "ISO 3166 code"
    assert contract["slaProperties"][0]["element"] == "customers.updated_at"  # a day of birth tells no age of a row


def test_of_two_times_none_is_chosen_and_the_question_names_both(tmp_path: Path) -> None:
    report = generated(
        tmp_path, COMMAND, "claims", "--table", "insurance_prod.curated.claims", "--workspace", "sandbox"
    )
    assert "slaProperties" not in _contract(tmp_path, "claims")
    asked = "How old may claims be, by which column (reported_at, closed_at)?"
    assert any(asked in note for note in report["notes"])


def test_a_service_level_is_what_was_observed_and_room_for_a_repair(tmp_path: Path) -> None:
    report = generated(tmp_path, COMMAND, *ORDERS)
    level = _contract(tmp_path, "orders")["slaProperties"][0]
    assert level == {
        "property": "latency", "value": 25, "unit": "h", "element": "orders.ordered_at", "driver": "operational",
    }  # fmt: skip
    source = next(row[1] for row in rows(report, "Promises") if "newest ordered_at" in row[0])
    assert re.fullmatch(r"\d+ runs of job 1002: at worst 24\.0 h apart, and one more of 0\.\d h", source)
    assert "> 25 * 60" in texts(tmp_path)["contracts/sla/orders.sql"]


def test_a_service_level_that_is_given_is_the_one_that_is_promised(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *CUSTOMERS, "--latency", "4", "--time-column", "updated_at")
    level = _contract(tmp_path, "customers")["slaProperties"][0]
    assert (level["value"], level["element"]) == (4, "customers.updated_at")


def test_the_files_are_tidy_and_the_contract_can_be_compared_with_itself(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *ORDERS)
    is_tidy(tmp_path)
    contracts = tmp_path / "contracts"
    kept = contracts / "orders.odcs.yaml"
    words = [sys.executable, str(contracts / "checks" / "compare_contracts.py"), str(kept), str(kept)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_publishing_is_sql_with_the_columns_of_the_contract_and_grants_to_a_group(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *ORDERS)
    sql = texts(tmp_path)["contracts/publish/orders.sql"]
    assert "CREATE OR REPLACE VIEW `retail_prod`.`orders_ports`.`orders_v1` (" in sql
    assert "SELECT *" not in sql
    assert "GRANT USE SCHEMA, SELECT ON SCHEMA `retail_prod`.`orders_ports` TO `orders-readers`;" in sql


def test_the_sql_that_publishes_runs_in_the_sandbox(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *ORDERS)
    sql = texts(tmp_path)["contracts/publish/orders.sql"]
    statements = [each.strip() for each in re.sub(r"^--.*$", "", sql, flags=re.MULTILINE).split(";") if each.strip()]
    with Sandbox.start() as sandbox:
        workspace = Workspace(Access(host=sandbox.host, token=sandbox.token))
        # The company has no group `orders-readers`.
        for statement in [each for each in statements if "TO `orders-readers`" not in each]:
            query(workspace, statement, what="publish")


def test_publish_data_product_reads_what_was_made(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *ORDERS)
    ended = orchestrate(tmp_path, "publish-data-product", "orders", "--workspace", "sandbox", "--quiet")
    assert "port-has-no-rows" not in ended.stdout
    assert "retail_prod.orders_ports.orders_v1" in ended.stdout


def test_a_plan_gives_the_columns_where_no_workspace_is_named(tmp_path: Path) -> None:
    table = ("--table", "shop.shop_orders.daily_revenue", "--plan", str(SPEC))
    generated(tmp_path, COMMAND, "revenue", *table, "--latency", "26", "--time-column", "order_date")
    contract = _contract(tmp_path, "daily_revenue")
    assert [(each["name"], each["physicalType"]) for each in contract["schema"][0]["properties"]] == [
        ("order_date", "DATE"), ("revenue", "DECIMAL(22,2)"), ("orders", "BIGINT"),
    ]  # fmt: skip
    is_tidy(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x",), "the product 'x' has no table"),
        (("x", "--table", "orders"), "table: String should match pattern"),
        (("x", "--table", "a.b.c"), "name a workspace (--workspace), or a plan that has it (--plan)"),
        (("x", "--table", "a.b.gone", "--plan", str(SPEC)), "has no table 'gone'; it has raw_orders"),
        (("x", "--table", "retail_prod.silver.gone", "--workspace", "sandbox"), "cannot read the table"),
        (("X Y", "--table", "a.b.c"), "name: String should match pattern"),
        ((*ORDERS, "--time-column", "status"), "--time-column 'status' is no time of retail_prod.silver.orders"),
        ((*ORDERS, "--latency", "0"), "latency: Input should be greater than or equal to 1"),
        (("x", "--table", "a.b.orders,c.d.orders", "--plan", str(SPEC)), "two tables would be the port 'orders'"),
        (("x", "--table", "a.b.orders,c.d.customers", "--plan", str(SPEC)), "a product has one catalog, not a and c"),
    ],
)
def test_parameters_that_cannot_work_are_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, *words, "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)
    assert not (tmp_path / "contracts").exists()


def test_a_kept_contract_that_differs_is_never_replaced_not_even_by_force(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, *ORDERS)
    path = tmp_path / "contracts" / "orders.odcs.yaml"
    agreed = path.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.4.0")
    path.write_text(agreed, encoding="utf-8")
    ended = orchestrate(tmp_path, COMMAND, *ORDERS, "--force", "--quiet")
    assert ended.returncode == USAGE
    assert "a changed promise needs a version" in told(ended)
    assert path.read_text(encoding="utf-8") == agreed


def test_what_nobody_said_is_asked(tmp_path: Path) -> None:
    report = generated(
        tmp_path, COMMAND, "items", "--table", "retail_prod.silver.order_items", "--workspace", "sandbox"
    )
    asked = "\n".join(report["notes"])
    assert "Which columns identify a row of order_items?" in asked
    assert "How old may order_items be" in asked
    assert json.dumps(_contract(tmp_path, "order_items")).count("primaryKey") == 0


@pytest.mark.real
def test_the_checks_refuse_a_bad_row_of_each_promise_on_real_spark(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, *CUSTOMERS)
    assert said["tests pass"][0] == "passed", said["tests pass"][1]
