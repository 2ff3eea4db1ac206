"""`test-data-quality` over real files, a Delta table and the sandbox: planted rows found, no person's values shown."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from deltalake import DeltaTable, write_deltalake

from tests.cli.command import ROOT, imported, orchestrate, told

pytestmark = pytest.mark.enable_socket

INPUTS = ROOT / "examples" / "commands" / "test-data-quality"
ORDERS, CONTRACT = INPUTS / "orders.csv", INPUTS / "orders.odcs.yaml"
BAD_INPUT, FAILED, INCOMPLETE = 2, 1, 3
PLANTED = {
    "order_id is unique": "order_id=119",
    "customer_id is never null": "order_id=200",
    "status is one of cancelled, delivered, placed": "order_id=57",
    "amount is at least 0": "order_id=180",
    "ordered_at is not in the future": "order_id=233",
}


def _checks(folder: Path, *words: str) -> dict[str, list[Any]]:
    """The rows of the table of checks, by what must be true."""
    ended = orchestrate(folder, "test-data-quality", *words, "--quiet", "--output", "json")
    assert ended.stdout, ended.stderr
    tables = json.loads(ended.stdout)["tables"]
    return {row[0]: row for table in tables if table["title"].startswith("Checks of") for row in table["rows"]}


def test_each_planted_row_of_a_csv_is_found_by_its_key_and_nothing_else(tmp_path: Path) -> None:
    broken = {name: row[4] for name, row in _checks(tmp_path, str(ORDERS)).items() if row[3]}
    assert broken == PLANTED


@pytest.mark.parametrize("form", ["parquet", "json", "delta"])
def test_parquet_json_and_delta_are_tested_alike(form: str, tmp_path: Path) -> None:
    orders = duckdb.read_csv(str(ORDERS))
    place = tmp_path / f"orders.{form}"
    if form == "parquet":
        orders.write_parquet(str(place))
    elif form == "json":
        duckdb.sql(f"COPY orders TO '{place}' (FORMAT json)")
    else:
        write_deltalake(place, orders)
    assert {name: row[4] for name, row in _checks(tmp_path, str(place)).items() if row[3]} == PLANTED


def test_rows_that_a_delta_table_has_deleted_are_not_tested(tmp_path: Path) -> None:
    place = tmp_path / "orders"
    write_deltalake(place, duckdb.read_csv(str(ORDERS)))
    DeltaTable(place).delete("order_id = 57")
    row = _checks(tmp_path, str(place))["status is one of cancelled, delivered, placed"]
    assert row[2:4] == ["yes", 0]


def test_what_a_contract_promises_fails_the_command_and_what_the_data_proposes_does_not(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "test-data-quality", str(ORDERS), "--contract", str(CONTRACT), "--quiet")
    assert ended.returncode == FAILED
    assert ended.stdout.count("HIGH      contract-broken") == 3
    assert "orders.odcs.yaml:22" in ended.stdout
    assert "revenue_is_positive" in ended.stdout, "a rule in SQL is told as not run"
    assert orchestrate(tmp_path, "test-data-quality", str(ORDERS), "--quiet").returncode == 0


def test_no_value_of_a_person_is_printed_or_kept(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "test-data-quality", str(ORDERS), "--key", "email", "--quiet", "--into", "checks")
    kept = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file())
    assert "@example.com" not in ended.stdout + ended.stderr + kept
    assert "keys of orders.csv are of a person and are not shown" in ended.stdout


def test_the_proposed_checks_are_files_that_their_tools_read(tmp_path: Path) -> None:
    orchestrate(tmp_path, "test-data-quality", str(ORDERS), "--quiet", "--into", "checks")
    folder = tmp_path / "checks"
    dqx = yaml.safe_load((folder / "orders.dqx.yml").read_text(encoding="utf-8"))
    assert {entry["check"]["function"] for entry in dqx} == {
        "is_not_null", "is_unique", "is_in_list", "is_not_less_than", "is_not_in_future",
    }  # fmt: skip
    suite = json.loads((folder / "orders.expectations.json").read_text(encoding="utf-8"))
    assert all(each["type"].startswith("expect_") and each["kwargs"] for each in suite["expectations"])
    quality = yaml.safe_load((folder / "orders.quality.yaml").read_text(encoding="utf-8"))
    assert [each["name"] for each in quality["schema"][0]["properties"]][:2] == ["order_id", "customer_id"]
    expectations = runpy.run_path(str(folder / "orders_expectations.py"))
    good = expectations["SHOULD"]["status_accepted_values"].replace("`", '"')
    assert duckdb.read_csv(str(ORDERS)).filter(f"NOT ({good})").count("*").fetchone() == (1,)


def test_a_table_of_the_workspace_is_profiled_without_values_of_persons(tmp_path: Path) -> None:
    words = ("test-data-quality", "retail_prod.silver.customers", "--workspace", "sandbox", "--quiet")
    ended = orchestrate(tmp_path, *words, "--output", "json")
    profile = json.loads(ended.stdout)["tables"][0]
    rows = {row[0]: row for row in profile["rows"]}
    assert rows["email"][4:] == [None, None, "(personal: email)"]
    assert rows["customer_id"][4] is not None


def test_a_table_without_rows_has_shown_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("order_id,amount\n", encoding="utf-8")
    ended = orchestrate(tmp_path, "test-data-quality", "empty.csv", "--quiet")
    assert ended.returncode == FAILED
    assert "no-rows" in ended.stdout


def test_from_few_rows_nothing_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("order_id\n1\n2\n", encoding="utf-8")
    ended = orchestrate(tmp_path, "test-data-quality", "few.csv", "--quiet")
    assert "from fewer than 100 no check is proposed" in ended.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv",), "is not there"),
        (("a.b.c",), "asks a workspace and none is named"),
        (("a.b.c", "--workspace", "sandbox"), "cannot read table a.b.c"),
        ((str(ORDERS), "--key", "no_such"), "has no column 'no_such', which --key names"),
        ((str(ORDERS), "--contract", str(ORDERS)), "is not a kind of file that is reviewed"),
        ((str(ROOT / "README.md"),), "is no data that is read"),
    ],
)
def test_what_cannot_be_tested_is_bad_input(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, "test-data-quality", *words)
    assert ended.returncode == BAD_INPUT, ended.stdout
    assert said in told(ended)


def test_a_file_that_is_not_what_its_name_says_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").write_text("no parquet", encoding="utf-8")
    ended = orchestrate(tmp_path, "test-data-quality", "orders.parquet")
    assert ended.returncode == BAD_INPUT
    assert "cannot be measured" in told(ended)


def test_a_hostile_column_name_is_quoted(tmp_path: Path) -> None:
    header = 'order_id,"a""; DROP TABLE data; --"\n'
    lines = "".join(f"{number},{number % 2}\n" for number in range(200))
    (tmp_path / "hostile.csv").write_text(header + lines, encoding="utf-8")
    assert _checks(tmp_path, "hostile.csv")["order_id is unique"][2] == "yes"


def test_a_project_is_reviewed_by_the_rules_of_checks_and_reads_no_data(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    ended = orchestrate(tmp_path, "test-data-quality", ".", "--quiet")
    assert ended.returncode == 0
    assert "duckdb" not in imported(ended)
