"""The template data-product: a scaffolded product is whole, explained and clean, and its promises are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.templates import scaffolding

TEMPLATE = "data-product"
LOADER = scaffolding.ROOT / "tests" / "samples" / "bundles" / "load_types.py"
CONTRACT = "contracts/orders.odcs.yaml"
JOBS = "resources/product.yml"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A project that a test may change."""
    return scaffolding.scaffold(TEMPLATE, tmp_path)


def change(project: Path, path: str, before: str, after: str) -> None:
    """Replace a text of a file, which must be there."""
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_it_has_the_files_that_the_marketplace_promises(project: Path) -> None:
    assert len(scaffolding.texts(project)) == 12


def test_the_readme_explains_every_file_and_no_word_of_the_template_is_left(project: Path) -> None:
    assert scaffolding.unexplained(project) == []
    assert scaffolding.leftovers(project) == []


def test_its_contract_names_its_standard_its_sla_and_who_answers_for_it(project: Path) -> None:
    contract = yaml.safe_load(scaffolding.texts(project)[CONTRACT])
    assert (contract["kind"], contract["apiVersion"], contract["status"]) == ("DataContract", "v3.2.0", "active")
    assert [promise["property"] for promise in contract["slaProperties"]] == ["latency", "frequency"]
    assert contract["team"]["name"] == "shop-orders"
    assert {server["catalog"] for server in contract["servers"]} == {"shop_dev", "shop_staging", "shop_prod"}


def test_its_python_compiles_and_is_the_file_that_the_jobs_run(project: Path) -> None:
    path = "src/shop_orders/product.py"
    texts = scaffolding.texts(project)
    compile(texts[path], path, "exec")
    assert texts[JOBS].count(f"python_file: ../{path}\n") == 3


def test_a_review_with_all_rules_finds_nothing(project: Path) -> None:
    ended = scaffolding.review(project)
    assert ended.returncode == 0, ended.stdout
    assert "CLEAN: no findings" in ended.stdout


@pytest.mark.parametrize(
    ("path", "before", "after", "rule"),
    [
        (CONTRACT, "        logicalType: number\n", "        logicalType: decimal\n", "CON001"),
        (CONTRACT, "element: orders.changed_at", "element: orders.loaded_at", "CON001"),
        ("sql/tables.sql", "amount_eur DECIMAL(18,2)", "amount_eur DECIMAL(10,0)", "CON002"),
        (JOBS, "quartz_cron_expression: 0 15 5 * * ?", "quartz_cron_expression: 0 15 5 ? * MON", "SLA003"),
        (
            JOBS,
            '      email_notifications:\n        on_failure: ["${var.alerts}"]\n      tasks:',
            "      tasks:",
            "SLA001",
        ),
        (JOBS, "            - task_key: check # readers", "            - task_key: checks # readers", "BND006"),
    ],
)
def test_a_promise_that_is_not_kept_is_found(own_project: Path, path: str, before: str, after: str, rule: str) -> None:
    change(own_project, path, before, after)
    ended = scaffolding.review(own_project)
    assert ended.returncode == 1
    assert rule in ended.stdout


def test_a_breaking_change_without_a_new_major_version_is_found(own_project: Path) -> None:
    git = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.com"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "the promise"]):
        assert scaffolding.run([*git, *command], own_project).returncode == 0
    change(own_project, CONTRACT, "customer_id\n", "client_id\n")
    change(own_project, "sql/tables.sql", "customer_id", "client_id")

    ended = scaffolding.review(own_project, "--diff", "HEAD")

    assert ended.returncode == 1
    assert "CON003" in ended.stdout


@pytest.mark.real
def test_its_own_tests_pass_on_real_spark(project: Path) -> None:
    ended = scaffolding.make_test(project)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "28 passed" in ended.stdout


@pytest.mark.real
def test_its_bundle_loads_in_the_types_of_databricks_bundles(project: Path) -> None:
    ended = scaffolding.run([scaffolding.REAL / "python", LOADER, "."], project)
    assert ended.returncode == 0, ended.stderr
    assert set(ended.stdout.split()) == {"schemas.internal", "schemas.ports", "jobs.publish", "jobs.sla"}
