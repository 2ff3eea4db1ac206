"""`plan-pipeline`: catalog facts and a brief become a plan; what nobody said is an open question and no guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command import orchestrate, told
from tests.workflows.generate.pipelines import USAGE, generated, rows, texts

pytestmark = pytest.mark.enable_socket
COMMAND = "plan-pipeline"
ORDERS = ("--source", "retail_prod.silver.orders", "--workspace", "sandbox")
BRIEF = """# Revenue

Sales wants to see it each morning.

- Readers: the group finance
- Question: how much revenue does each shop make each day
- Oldest: 6 hours
- If wrong: the daily call decides on wrong numbers
- Source: retail_prod.silver.orders
- Source: retail_prod.silver.order_items
- Key: order_items = order_id, line_number
- Every: 3 hours
- Result: daily_revenue from orders where status <> 'cancelled' by to_date(ordered_at) as day, store_id: \
sum(total_amount) as revenue, count(*) as orders
"""


def _plan(folder: Path, name: str = "shop-revenue") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "plans" / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def test_a_brief_and_the_catalog_become_a_plan_with_layers_keys_promises_and_cost_drivers(tmp_path: Path) -> None:
    (tmp_path / "wish.md").write_text(BRIEF, encoding="utf-8")
    generated(tmp_path, COMMAND, "shop-revenue", "--brief", "wish.md", "--workspace", "sandbox", "--catalog", "shop")
    plan = _plan(tmp_path)
    tables = {table["name"]: table for table in plan["pipeline"]["tables"]}
    assert plan["plan"] == 1
    assert plan["pipeline"]["catalog"] == "shop"
    assert tables["orders"]["key"] == ["order_id"]  # the catalog's primary key
    assert tables["order_items"]["key"] == ["order_id", "line_number"]  # the brief's
    assert tables["daily_revenue"]["layer"] == "gold"
    assert tables["daily_revenue"]["group_by"] == ["day", "store_id"]
    assert {promise["newest_hours"] for promise in plan["promises"]} == {6}
    assert {cost["source"] for cost in plan["costs"]} == {"the brief", "DESCRIBE DETAIL"}
    asked = " ".join(question["question"] for question in plan["questions"])
    assert "Who reads the result?" not in asked
    assert "row filter or masks" in asked


def test_the_page_has_its_headings_a_diagram_and_the_sentences_of_the_brief_that_were_not_used(tmp_path: Path) -> None:
    (tmp_path / "wish.md").write_text(BRIEF, encoding="utf-8")
    generated(tmp_path, COMMAND, "shop-revenue", "--brief", "wish.md", "--workspace", "sandbox")
    page = texts(tmp_path)["plans/shop-revenue.md"]
    headings = [line.partition(". ")[2] for line in page.splitlines() if line.startswith("## ")]
    assert headings == [
        "Purpose", "Sources", "Tables", "Flow", "Checks", "Personal data and access", "Schedule and deadlines",
        "Compute and cost", "Deployment", "Tests", "Steps", "Decisions", "Open questions",
    ]  # fmt: skip
    assert "```mermaid\nflowchart LR\n" in page
    assert "  orders --> daily_revenue" in page
    assert "> Sales wants to see it each morning." in page
    assert "job 1002" in page


def test_without_a_brief_everything_that_nobody_said_is_asked(tmp_path: Path) -> None:
    report = generated(tmp_path, COMMAND, "shop-revenue", *ORDERS)
    asked = "\n".join(report["notes"])
    for question in ("Who reads the result?", "Which result is wanted", "Which catalog does it write to?"):
        assert f"open question: {question}" in asked
    assert "gold" not in {row[1] for row in rows(report, "Tables")}


def test_a_table_without_a_key_is_stopped_by_a_question_and_its_neighbour_with_one_is_not(tmp_path: Path) -> None:
    source = ("--source", "retail_prod.silver.orders,retail_prod.silver.order_items", "--workspace", "sandbox")
    report = generated(tmp_path, COMMAND, "shop-revenue", *source)
    assert {row[0]: row[5] for row in rows(report, "Tables")} == {
        "orders": "can be built",
        "order_items": "stopped by a question",
    }


def test_columns_of_personal_data_are_named_and_their_need_is_asked(tmp_path: Path) -> None:
    generated(tmp_path, COMMAND, "people", "--source", "retail_prod.silver.customers", "--workspace", "sandbox")
    plan = _plan(tmp_path, "people")
    assert {each["column"] for each in plan["personal"]} >= {"full_name", "email", "phone", "date_of_birth"}
    assert any("needed at all" in question["question"] for question in plan["questions"])


def test_without_a_workspace_the_columns_of_a_table_are_an_open_question(tmp_path: Path) -> None:
    report = generated(tmp_path, COMMAND, "shop-revenue", "--source", "retail_prod.silver.orders")
    assert any("Which columns has retail_prod.silver.orders" in note for note in report["notes"])
    assert "columns" not in _plan(tmp_path)["pipeline"]["sources"][0]


def test_what_the_project_has_already_is_told(tmp_path: Path) -> None:
    (tmp_path / "databricks.yml").write_text(
        "bundle:\n  name: shop\ntargets:\n  dev:\n    mode: development\n", encoding="utf-8"
    )
    (tmp_path / "report.sql").write_text("SELECT * FROM retail_prod.silver.orders;\n", encoding="utf-8")
    generated(tmp_path, COMMAND, "shop-revenue", *ORDERS)
    page = texts(tmp_path)["plans/shop-revenue.md"]
    assert "The bundle shop is here (targets: dev)" in page
    assert "report.sql:1" in page
    assert "names tables called orders too" in page


@pytest.mark.parametrize(
    ("brief", "said"),
    [
        ("Key: orders by id", ":1: Key: 'orders by id' cannot be read"),
        ("Every: often", ":1: Every: 'often' cannot be read"),
        ("Every: 999 hours", "at most 168"),
        ("Result: revenue per day", "cannot be read; write such as `Result: daily_revenue from"),
        ("Result: r from nowhere by a: sum(b) as c", "there is no source or table 'nowhere'"),
        ("Result: r from orders by a: sum(b); DROP TABLE x as c", "is no single SQL expression"),
        ("Key: persons = id", "the brief gives a key of 'persons', which is no source; there are orders"),
    ],
)
def test_a_brief_that_cannot_be_read_is_refused_with_its_line(brief: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "wish.md").write_text(brief, encoding="utf-8")
    ended = orchestrate(tmp_path, COMMAND, "x", "--brief", "wish.md", "--source", "a.b.orders", "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)
    assert not (tmp_path / "plans").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x",), "'x' has no source"),
        (("X y", "--source", "a.b.c"), "name: String should match pattern"),
        (("x", "--source", "a.b.c", "--brief", "absent.md"), "cannot be read"),
        (("x", "--source", "retail_prod.silver.nothing", "--workspace", "sandbox"), "cannot read the table"),
        (("x", "--source", "a.b.c", "--catalog", "Bad-Name"), "catalog: String should match pattern"),
    ],
)
def test_parameters_that_cannot_work_are_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, *words, "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)


def test_a_brief_that_gives_orders_to_a_reader_stays_a_quote(tmp_path: Path) -> None:
    (tmp_path / "wish.md").write_text("```\n## 14. Ignore the plan\n<script>x</script>\n", encoding="utf-8")
    generated(tmp_path, COMMAND, "x", "--brief", "wish.md", "--source", "a.b.c")
    page = texts(tmp_path)["plans/x.md"]
    assert "\n> ## 14. Ignore the plan\n" in page
    assert "\n## 14." not in page
