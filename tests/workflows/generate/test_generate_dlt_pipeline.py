"""`generate-dlt-pipeline`: from a spec or from sources to files; what cannot be built is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command import orchestrate, told
from tests.workflows.generate.pipelines import (
    USAGE,
    Edit,
    checked,
    generated,
    is_tidy,
    quiet_rules,
    rows,
    texts,
    written,
)

COMMAND = "generate-dlt-pipeline"
PIPELINE = "pipelines/shop-orders"
PASSED = {"pipeline dry run": "passed", "tests pass": "passed", "files parse": "passed"}


def test_a_spec_becomes_tidy_python_with_resource_tests_and_a_dry_run_spec(tmp_path: Path) -> None:
    report = generated(tmp_path, COMMAND, str(written(tmp_path)))
    silver = texts(tmp_path)[f"{PIPELINE}/transformations/silver.py"]
    assert 'sequence_by=F.struct("changed_at", "log_position")' in silver
    assert "apply_as_deletes=F.expr(\"operation = 'DELETE'\")" in silver
    assert "stored_as_scd_type=2" in silver
    assert "@expect_all(tables.ORDERS_WARN)" in silver
    assert {row[0] for row in rows(report, "Datasets")} == {
        "raw_orders", "orders", "customers", "customer_countries", "daily_revenue", "country_revenue",
    }  # fmt: skip

    assert ["pipeline dry run", "not run", "give --check full"] in rows(report, "Validation")
    is_tidy(tmp_path)


def test_a_spec_becomes_tidy_sql_that_open_source_spark_can_read(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, str(written(tmp_path, quiet_rules)), "--language", "sql")
    sql = "".join(text for path, text in texts(tmp_path).items() if path.endswith(".sql"))
    assert "CREATE FLOW customers_changes AS AUTO CDC INTO customers" in sql
    assert "APPLY AS DELETE WHEN operation = 'DELETE'" in sql
    assert "OR REFRESH" not in sql
    assert "CONSTRAINT" not in sql
    is_tidy(tmp_path)


def test_the_resource_names_the_live_sources_and_the_dry_run_the_made_up_ones(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, str(written(tmp_path)))
    resource = yaml.safe_load(texts(tmp_path)["resources/shop-orders.pipeline.yml"])["resources"]
    live = resource["pipelines"]["shop_orders"]["configuration"]
    dry = yaml.safe_load(texts(tmp_path)[f"{PIPELINE}/spark-pipeline.yml"])["configuration"]
    assert live["shop_orders.crm_changes.table"] == "crm.export.customer_changes"
    assert live["shop_orders.landed_orders.format"] == "cloudFiles"
    assert dry["shop_orders.crm_changes.path"] == "samples/crm_changes"
    assert "shop_orders.crm_changes.table" not in dry
    assert resource["jobs"]["shop_orders_update"]["trigger"]["periodic"] == {"interval": 1, "unit": "HOURS"}


def _set(path: str, value: object) -> Edit:
    """An edit that puts a value at a place such as `tables.1.key`."""

    def edit(document: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        place: Any = document
        for step in steps:
            place = place[int(step)] if step.isdecimal() else place[step]
        if last.isdecimal():
            place[int(last)] = value
        else:
            place[last] = value

    return edit


NONSENSE = {
    "an unknown key": ("tables.1.kee", ["order_id"], "tables[1].kee: unknown key 'kee'"),
    "an unknown layer": ("tables.1.layer", "platinum", "tables[1].layer: Input should be 'bronze', 'silver' or 'gold'"),
    "another version": ("version", 2, "version: Input should be 1"),
    "a cycle": ("tables.0.reads", "daily_revenue", "a cycle: raw_orders reads daily_revenue reads orders"),
    "an unknown source": ("tables.0.reads", "nowhere", "tables[0].reads: there is no source or table 'nowhere'"),
    "a key that is no column": ("tables.1.key", ["id"], "tables[1].key: 'orders' has no column 'id'"),
    "changes without a key": ("tables.1.key", [], "tables[1]: changes need a key"),
    "a missing key": ("sources.0", {"path": "/Volumes/a/b/c"}, "sources[0].name: the key 'name' is missing"),
    "a sequence that is no column": (
        "tables.1.changes.sequence_by", ["at"], "tables[1].changes.sequence_by: 'orders' has no column 'at'"),
    "a name that is taken": ("tables.2.name", "orders", "tables[2].name: the table 'orders' needs the name 'orders'"),
    "a layer read upwards": ("tables.1.layer", "gold", ""),
    "an expression of two statements": (
        "tables.3.where", "status = 'paid'; DROP TABLE x", "tables[3].where: is no single SQL expression"),
    "an open bracket": ("tables.3.columns.1.expression", "sum(amount", "has brackets that do not close"),
    "an unknown column": ("tables.3.where", "state = 'paid'", "names the column 'state', which is not there"),
    "a query in an expression": ("tables.3.where", "amount > (SELECT 1)", "is a query or statement"),
    "a stream from changing rows": (
        "sources.1.grows_only", False, "tables[2].kind: a stream from the source 'crm_changes' stops"),
    "a stream from a view": ("tables.3.kind", "streaming_table", "an aggregate over a stream never closes"),
    "an expectation twice": (
        "tables.1.expectations.1.name", "has_order_id", "tables[1]: the expectation 'has_order_id' is there twice"),
    "a type that is none": ("sources.0.columns.0.type", "STRING'", "sources[0].columns[0].type: is no SQL type"),
    "a source of two kinds": ("sources.0.table", "a.b.c", "sources[0]: a source has either `table` or `path`"),
    "a path that leaves YAML": ("sources.0.path", "x: y\n", "sources[0].path: String should match pattern"),
    "a table called like a word of Python": ("tables.3.name", "lambda", "tables[3].name: is a word of Python, SQL"),
    "a table called like what files use": ("tables.3.name", "spark", "tables[3].name: is a word of Python, SQL"),
    "a pipeline that would hide a module": ("name", "json", "name: is the name of a module of Python or Spark"),
    "a join on what is not there": ("tables.5.joins.0.using", ["country"], "has no column 'country' to join on"),
    "a join that makes a column twice": (
        "tables.4.columns.1.name", "status", "both 'orders' and 'customer_countries' have a column 'status'"),
    "no sources": ("sources", [], "sources: Tuple should have at least 1 item"),
    "no mapping": ("tables.0", "raw", "tables[0]: Input should be a valid dictionary"),
}  # fmt: skip


@pytest.mark.parametrize("what", [what for what, case in NONSENSE.items() if case[2]])
def test_nonsense_in_a_spec_is_refused_with_line_place_and_reason(what: str, tmp_path: Path) -> None:
    place, value, said = NONSENSE[what]
    path = written(tmp_path, _set(place, value))
    ended = orchestrate(tmp_path, COMMAND, str(path), "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)
    assert told(ended).startswith(f"orchestrate: {path}:")
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "pipelines").exists()


def test_a_silver_table_that_reads_gold_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, _set("tables.1.layer", "gold"))
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["tables"][3]["layer"] = "silver"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    ended = orchestrate(tmp_path, COMMAND, str(path), "--quiet")
    assert ended.returncode == USAGE
    assert "a table of silver reads 'orders', which is of gold" in told(ended)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is no YAML"),
        ("- 1", "it must be a mapping"),
        ("name: &x a\nversion: *x", ":2: an alias"),
        ("name: a\nname: b", "line 2: the key 'name' is there twice"),
        (
            "name: !!python/object:os.system x",
            "line 1: a value with the tag 'tag:yaml.org,2002:python/object:os.system'",
        ),
        ("name: 2026-99-99", "line 1: a value with the tag"),
        ("", "it must be a mapping"),
    ],
)
def test_a_file_that_is_no_spec_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    ended = orchestrate(tmp_path, COMMAND, "spec.yaml", "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("orders",), "'orders' has no source"),
        (("Orders",), "'Orders' is no name for a pipeline"),
        (("absent.yaml",), "cannot be read"),
        (("orders", "--source", "a.b.c"), "this command asks a workspace and none is named"),
        (("orders", "--source", "nothing/here"), "is no table's full name and no file here"),
        (("orders", "--source", "o.json", "--cdc", "scd1", "--key", "id"), "--cdc scd1 needs --sequence-by"),
        (("orders", "--source", "o.json", "--cdc", "scd1", "--sequence-by", "at"), "--cdc scd1 needs --key"),
        (("orders", "--source", "o.json", "--key", "nope"), "has no column 'nope'"),
        (("orders", "--source", "o.json", "--key", "x y"), "key.0: String should match pattern"),
        (("orders", "--source", "empty.json"), "holds no rows"),
        (("orders", "--source", "odd.json"), "the column 'a b' STRING cannot be carried"),
    ],
)
def test_parameters_that_cannot_work_are_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{"id": 1, "at": "2026-11-01T00:00:00Z"}\n', encoding="utf-8")
    (tmp_path / "empty.json").write_text("\n", encoding="utf-8")
    (tmp_path / "odd.json").write_text('{"a b": "x"}\n', encoding="utf-8")
    ended = orchestrate(tmp_path, COMMAND, *words, "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)


def test_a_sample_gives_columns_with_the_narrowest_types_that_hold_its_values(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "paid": True, "amount": 1, "day": "2026-11-01", "at": "2026-11-01T06:00:00Z", "zip": "01234"},
        {"id": 2, "paid": None, "amount": 2.5, "day": "2026-11-02", "at": "2026-11-01T07:00:00+01:00", "zip": "99999"},
    ]
    (tmp_path / "orders.json").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    generated(tmp_path, COMMAND, "orders", "--source", "orders.json", "--key", "id")
    module = texts(tmp_path)["pipelines/orders/orders.py"]
    for column in ('"id": "BIGINT"', '"paid": "BOOLEAN"', '"amount": "DOUBLE"', '"day": "DATE"', '"at": "TIMESTAMP"'):
        assert column in module
    assert '"zip": "STRING"' in module
    is_tidy(tmp_path)


def test_files_are_read_whole_where_the_mode_is_batch_and_a_column_may_be_called_like_a_word_of_sql(
    tmp_path: Path,
) -> None:
    (tmp_path / "moves.json").write_text('{"id": 1, "from": "a", "to": "b"}\n', encoding="utf-8")
    generated(
        tmp_path, COMMAND, "moves", "--source", "moves.json", "--mode", "batch", "--key", "id", "--language", "sql"
    )
    made = texts(tmp_path)
    assert 'snapshot("moves_in")' in made["pipelines/moves/transformations/sources.py"]
    assert "  `from`,\n  `to`," in made["pipelines/moves/transformations/bronze.sql"]
    is_tidy(tmp_path)


@pytest.mark.enable_socket
def test_a_table_of_the_catalog_gives_columns_key_and_expectations(tmp_path: Path) -> None:
    source = ("--source", "retail_prod.silver.customers", "--workspace", "sandbox")
    report = generated(tmp_path, COMMAND, "customers", *source)
    assert rows(report, "Datasets") == [
        ["customers", "silver", "materialized view", "customers_in", "customer_id", "1"]
    ]
    assert "ISO 3166 code" in texts(tmp_path)["pipelines/customers/customers.py"]
    is_tidy(tmp_path)


@pytest.mark.enable_socket
def test_changes_are_kept_as_history_where_the_parameters_say_so(tmp_path: Path) -> None:
    source = ("--source", "retail_prod.bronze.crm_customers", "--workspace", "sandbox")
    report = generated(
        tmp_path, COMMAND, "customers", *source, "--cdc", "scd2", "--key", "customer_id", "--sequence-by", "updated_at"
    )
    assert rows(report, "Datasets")[0][2] == "streaming table, AUTO CDC type 2"
    assert any("it must hold one row a change, and only grow" in note for note in report["notes"])
    is_tidy(tmp_path)


@pytest.mark.enable_socket
def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, "x", "--source", "a.b.c", "--workspace", "sandbox", "--quiet")
    assert ended.returncode == USAGE
    assert "cannot read the table a.b.c" in told(ended)


@pytest.mark.enable_socket
def test_a_spec_that_differs_from_the_catalog_is_built_as_the_catalog_is_and_says_so(tmp_path: Path) -> None:
    spec = {
        "version": 1, "name": "stores",
        "sources": [{"name": "live", "table": "retail_prod.silver.stores", "columns": [
            {"name": "store_id", "type": "STRING"}, {"name": "gone", "type": "INT"}]}],
        "tables": [{"name": "stores", "layer": "silver", "kind": "materialized_view", "reads": "live",
                    "comment": "Stores", "key": ["store_id"]}],
    }  # fmt: skip
    (tmp_path / "stores.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    report = generated(tmp_path, COMMAND, "stores.yaml", "--workspace", "sandbox")
    notes = "\n".join(report["notes"])
    assert "retail_prod.silver.stores.store_id is BIGINT, written is STRING" in notes
    assert "retail_prod.silver.stores has no column 'gone' any more" in notes
    assert '"store_id": "BIGINT"' in texts(tmp_path)["pipelines/stores/stores.py"]


def test_a_rule_that_only_counts_is_refused_in_sql(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, str(written(tmp_path)), "--language", "sql", "--quiet")
    assert ended.returncode == USAGE
    assert "the expectation 'has_customer' of 'orders' only counts rows" in told(ended)


def test_words_of_a_spec_stay_words_in_every_language(tmp_path: Path) -> None:
    hostile = 'He said """os.system(1)""" and \\"; DROP TABLE x; -- \' | pipe \u202e\x01 end'
    path = written(tmp_path, quiet_rules)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["comment"] = document["tables"][0]["comment"] = hostile
    document["sources"][0]["columns"][0]["comment"] = hostile
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    for language in ("python", "sql"):
        into = tmp_path / language
        into.mkdir()
        generated(into, COMMAND, str(path), "--language", language)
        is_tidy(into)
        made = texts(into)
        assert not any("\u202e" in text or "\x01" in text for text in made.values())
        resource = yaml.safe_load(made["resources/shop-orders.pipeline.yml"])
        assert "DROP TABLE x" in resource["resources"]["schemas"]["shop_orders_schema"]["comment"]


def test_a_bundle_that_is_there_is_left_alone_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    (tmp_path / "databricks.yml").write_text("bundle:\n  name: mine\n", encoding="utf-8")
    report = generated(tmp_path, COMMAND, str(written(tmp_path)))
    assert (tmp_path / "databricks.yml").read_text(encoding="utf-8") == "bundle:\n  name: mine\n"
    assert any("it lacks resources, catalog, runner, alerts" in note for note in report["notes"])


def test_with_dry_run_nothing_is_written(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, str(written(tmp_path)), "--dry-run", "--quiet")
    assert ended.returncode == 0
    assert "+++ b/pipelines/shop-orders/transformations/silver.py" in ended.stdout
    assert not (tmp_path / "pipelines").exists()


@pytest.mark.real
def test_generated_python_passes_its_tests_and_a_dry_run_of_spark(tmp_path: Path) -> None:
    said = checked(tmp_path, COMMAND, str(written(tmp_path)))
    assert {name: standing for name, (standing, _) in said.items()}.items() >= PASSED.items()
    assert "7 passed" in said["tests pass"][1]


@pytest.mark.real
def test_generated_sql_passes_its_tests_and_a_dry_run_of_spark_and_a_broken_one_does_not(tmp_path: Path) -> None:
    path = written(tmp_path, quiet_rules)
    said = checked(tmp_path, COMMAND, str(path), "--language", "sql")
    assert {name: standing for name, (standing, _) in said.items()}.items() >= PASSED.items()
    wrong = written(tmp_path / "wrong", quiet_rules)
    text = wrong.read_text(encoding="utf-8").replace("to_date(changed_at)", "no_such_function(changed_at)")
    wrong.write_text(text, encoding="utf-8")
    said = checked(tmp_path / "wrong", COMMAND, str(wrong), "--language", "sql")
    assert said["pipeline dry run"][0] == "failed"
    assert said["tests pass"][0] == "failed"
