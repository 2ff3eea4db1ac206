"""`work-pipeline`: a plan becomes files; a plan that was edited into nonsense is refused with its place and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command import orchestrate, told
from tests.workflows.generate.pipelines import USAGE, checked, generated, is_tidy, rows, texts

pytestmark = pytest.mark.enable_socket
COMMAND = "work-pipeline"
RESULT = "daily_revenue from orders by to_date(ordered_at) as day: sum(total_amount) as revenue"
BRIEF = f"Source: retail_prod.silver.orders\nSource: retail_prod.silver.order_items\nResult: {RESULT}\n"
Plan = dict[str, Any]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plan as plan-pipeline writes it: `order_items` is stopped, for nobody knows its key."""
    folder = tmp_path_factory.mktemp("planned")
    (folder / "wish.md").write_text(BRIEF, encoding="utf-8")
    generated(folder, "plan-pipeline", "shop-revenue", "--brief", "wish.md", "--workspace", "sandbox")
    return (folder / "plans" / "shop-revenue.yaml").read_text(encoding="utf-8")


def _kept(folder: Path, planned: str, edit: Callable[[Plan], object] | None = None) -> Path:
    """The plan in its place, edited."""
    path = folder / "plans" / "shop-revenue.yaml"
    path.parent.mkdir(exist_ok=True)
    if edit is None:
        path.write_text(planned, encoding="utf-8")
        return path
    document = yaml.safe_load(planned)
    edit(document)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def _answered(plan: Plan) -> None:
    """The key is known: the question is answered and gone."""
    plan["pipeline"]["tables"][1]["key"] = ["order_id", "line_number"]
    plan["questions"] = []


def test_a_plan_becomes_tidy_files_without_what_a_question_stops(planned: str, tmp_path: Path) -> None:
    _kept(tmp_path, planned)
    report = generated(tmp_path, COMMAND, "shop-revenue")
    states = {row[0]: row[2] for row in rows(report, "Planned tables")}
    assert states["orders"] == states["daily_revenue"] == "built"
    assert states["order_items"] == "stopped: Which columns identify a row of retail_prod.silver.order_items?"
    assert not any("order_items" in text for path, text in texts(tmp_path).items() if path.endswith(".py"))
    is_tidy(tmp_path)


def test_an_answered_question_lets_its_table_be_built(planned: str, tmp_path: Path) -> None:
    _kept(tmp_path, planned, _answered)
    report = generated(tmp_path, COMMAND, "shop-revenue")
    assert {row[2] for row in rows(report, "Planned tables")} == {"built"}
    is_tidy(tmp_path)


def test_a_layer_is_built_with_those_below_it_and_none_above(planned: str, tmp_path: Path) -> None:
    _kept(tmp_path, planned, _answered)
    report = generated(tmp_path, COMMAND, "shop-revenue", "--layer", "silver")
    assert {row[0]: row[2] for row in rows(report, "Planned tables")}["daily_revenue"] == "not begun"
    assert not any(path.endswith("gold.py") for path in texts(tmp_path))


def test_the_same_plan_twice_changes_nothing_and_a_changed_one_needs_force(planned: str, tmp_path: Path) -> None:
    _kept(tmp_path, planned)
    generated(tmp_path, COMMAND, "shop-revenue")
    again = generated(tmp_path, COMMAND, "shop-revenue")
    assert {row[1] for row in rows(again, "Files")} == {"unchanged"}
    _kept(tmp_path, planned, _answered)
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert ended.returncode == USAGE
    assert "--force writes over" in told(ended)
    generated(tmp_path, COMMAND, "shop-revenue", "--force")


def test_a_live_column_that_differs_from_the_plan_is_told_and_built_as_it_is(planned: str, tmp_path: Path) -> None:
    def edit(plan: Plan) -> None:
        plan["pipeline"]["sources"][0]["columns"][1]["type"] = "STRING"

    _kept(tmp_path, planned, edit)
    report = generated(tmp_path, COMMAND, "shop-revenue", "--workspace", "sandbox")
    assert any("customer_id is BIGINT, written is STRING" in note for note in report["notes"])


def test_a_source_without_columns_stops_only_the_tables_that_read_it(planned: str, tmp_path: Path) -> None:
    def edit(plan: Plan) -> None:
        plan["pipeline"]["sources"][1].pop("columns")

    _kept(tmp_path, planned, edit)
    report = generated(tmp_path, COMMAND, "shop-revenue")
    assert {row[0]: row[2] for row in rows(report, "Planned tables")}["orders"] == "built"


def test_a_mistake_below_a_stopped_table_is_named_at_its_own_place(planned: str, tmp_path: Path) -> None:
    def edit(plan: Plan) -> None:
        plan["questions"][0]["stops"] = ["order_items"]
        _tables(plan)[2]["key"] = ["nothing"]

    _kept(tmp_path, planned, edit)
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert "pipeline.tables[2].key: 'daily_revenue' has no column 'nothing'" in told(ended)


def _tables(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plan["pipeline"]["tables"]
    return found


NONSENSE: dict[str, tuple[Callable[[Plan], object], str]] = {
    "an unknown key": (lambda plan: plan.update(planing=1), "planing: unknown key 'planing'"),
    "an unknown key below": (
        lambda plan: _tables(plan)[0].update(keys=["order_id"]), "pipeline.tables[0].keys: unknown key 'keys'"),
    "no version": (lambda plan: plan.pop("plan"), "plan: the key 'plan' is missing"),
    "another version": (lambda plan: plan.update(plan=2), "plan: Input should be 1 (given: '2')"),
    "no name": (lambda plan: plan["pipeline"].pop("name"), "pipeline.name: the key 'name' is missing"),
    "no layer": (lambda plan: _tables(plan)[0].pop("layer"), "pipeline.tables[0].layer: the key 'layer' is missing"),
    "an unknown layer": (
        lambda plan: _tables(plan)[0].update(layer="platinum"), "pipeline.tables[0].layer: Input should be 'bronze'"),
    "a cycle": (lambda plan: _tables(plan)[0].update(reads="daily_revenue", layer="gold"), "a cycle: orders reads"),
    "reads itself": (lambda plan: _tables(plan)[0].update(reads="orders"), "a cycle: orders reads orders"),
    "a key that is no column": (
        lambda plan: _tables(plan)[0].update(key=["id"]), "pipeline.tables[0].key: 'orders' has no column 'id'"),
    "a question about nothing": (
        lambda plan: plan["questions"][0].update(stops=["nothing"]), "questions[0].stops: the plan has no table"),
    "a promise of nothing": (
        lambda plan: plan["promises"].append({"table": "gone"}), "promises[2].table: the plan has no table 'gone'"),
    "another pipeline": (lambda plan: plan["pipeline"].update(name="other"), "is the plan of 'other'"),
    "a list for a text": (lambda plan: plan["pipeline"].update(comment=["x"]), "pipeline.comment: Input should be a"),
    "columns that are gone": (
        lambda plan: plan["pipeline"]["sources"][0].pop("columns"), "the columns of 'orders_in' are not known"),
}  # fmt: skip


@pytest.mark.parametrize("what", NONSENSE)
def test_a_plan_that_was_edited_into_nonsense_is_refused_with_place_and_reason(
    what: str, planned: str, tmp_path: Path
) -> None:
    edit, said = NONSENSE[what]
    _kept(tmp_path, planned, edit)
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert ended.returncode == USAGE
    assert said in told(ended)
    assert "plans/shop-revenue.yaml" in told(ended)
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "pipelines").exists()


def test_the_line_that_is_named_is_the_line_of_the_mistake(planned: str, tmp_path: Path) -> None:
    lines = planned.splitlines()
    number = next(number for number, line in enumerate(lines) if line.strip() == "layer: gold")
    lines[number] = "      layer: platinum"
    _kept(tmp_path, "\n".join(lines))
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert f"shop-revenue.yaml:{number + 1}: pipeline.tables[2].layer" in told(ended)


def test_no_plan_names_the_command_that_makes_one(tmp_path: Path) -> None:
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert ended.returncode == USAGE
    assert "make one with `orchestrate plan-pipeline shop-revenue`" in told(ended)


def test_a_plan_of_which_every_table_is_stopped_says_by_which_question(planned: str, tmp_path: Path) -> None:
    def edit(plan: Plan) -> None:
        plan["questions"] = [
            {"question": "Which day counts?", "who": "x", "assumed": "y", "otherwise": "z",
             "stops": ["orders", "order_items"]}
        ]  # fmt: skip

    _kept(tmp_path, planned, edit)
    ended = orchestrate(tmp_path, COMMAND, "shop-revenue", "--quiet")
    assert ended.returncode == USAGE
    assert "nothing of 'shop-revenue' can be built: Which day counts?" in told(ended)


@pytest.mark.real
def test_what_is_built_passes_its_tests_and_a_dry_run_of_spark(planned: str, tmp_path: Path) -> None:
    _kept(tmp_path, planned, _answered)
    said = checked(tmp_path, COMMAND, "shop-revenue")
    assert said["pipeline dry run"][0] == said["tests pass"][0] == "passed"
