"""`enforce-data-lineage` on the sandbox: gaps between code and lineage, lost tags, readers that a change breaks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workflows.audit.reports import BAD_INPUT, CLEAN, FOUND, INCOMPLETE, Audited, audited, planted, quoted, run
from tests.workflows.operate.failing import staged

pytestmark = pytest.mark.enable_socket
COMMAND = "enforce-data-lineage"
PROJECT = Path(__file__).parents[3] / "examples" / "commands" / COMMAND
IN_SANDBOX = ("--workspace", "sandbox")


def of_project() -> Audited:
    return audited(COMMAND, str(PROJECT))


def lost(found: Audited) -> set[tuple[str, str]]:
    return {(quoted(each)["source"], quoted(each)["target"]) for each in found.findings("tag-lost-on-the-way")}


def silent(found: Audited) -> set[str]:
    return {quoted(each)["table"] for each in found.findings("table-without-lineage")}


def repository(folder: Path) -> Path:
    """The example as a commit that changes can be compared with."""
    shutil.copytree(PROJECT, folder / "p")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "base")):
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        subprocess.run(["git", *who, *words], cwd=folder / "p", check=True, capture_output=True)
    return folder / "p"


def test_an_edge_of_the_code_that_lineage_does_not_know_is_the_only_one_reported() -> None:
    found = of_project()
    (gap,) = found.findings("edge-not-recorded")
    assert gap["message"].startswith("sql/store_figures.sql:8 writes retail_prod.gold.store_kpis from")
    assert gap["message"].endswith("retail_prod.silver.returns, and the lineage of 90 days has no such edge")
    edges = {(row["from"], row["to"]): row for row in found.rows("Edges")}
    known = edges["retail_prod.silver.orders", "retail_prod.gold.daily_sales"]
    assert (known["code"], known["workspace"], known["last seen"]) == (
        "sql/store_figures.sql:2",
        "job 1003",
        "2026-11-23",
    )
    python = edges["retail_prod.gold.customer_360", "retail_prod.gold.marketing_audience"]
    assert (python["code"], python["workspace"]) == ("src/audience.py:10", "job 1003")


def test_a_view_of_the_code_is_no_gap_for_it_has_lineage_only_when_it_is_read(tmp_path: Path) -> None:
    view = "CREATE OR REPLACE VIEW retail_prod.gold.order_summary AS SELECT * FROM retail_prod.silver.returns;\n"
    (tmp_path / "v.sql").write_text(view, encoding="utf-8")
    assert run(tmp_path, COMMAND, ".", *IN_SANDBOX).findings("edge-not-recorded") == []


def test_tags_that_end_at_a_copy_are_found_and_copies_with_tags_are_not() -> None:
    found = audited(COMMAND, "--table", "retail_prod,insurance_prod")
    assert lost(found) == {
        ("retail_prod.gold.customer_360.email", "retail_prod.gold.marketing_audience.email"),
        ("retail_prod.gold.customer_360.full_name", "retail_prod.gold.marketing_audience.first_name"),
        ("retail_prod.silver.customers.email", "ml_platform.scratch.tmp_customers_copy.col_b"),
        ("retail_prod.silver.customers.full_name", "ml_platform.scratch.tmp_customers_copy.col_a"),
        ("insurance_prod.curated.claimants.full_name", "insurance_prod.marts.regulator_export.claimant_name"),
    }
    (audience, export) = planted("audience-untagged", "regulator-export")
    assert {*audience, *export} <= {target for _source, target in lost(found)}


def test_a_table_that_nothing_feeds_and_nothing_reads_is_found_and_its_neighbours_are_not() -> None:
    assert silent(audited(COMMAND, "--table", "retail_prod.bronze")) == set(planted("no-downstream")[0])


@pytest.mark.parametrize(
    ("change", "what", "readers"),
    [
        (
            "ALTER TABLE retail_prod.silver.customers DROP COLUMN phone;\n",
            "column phone of retail_prod.silver.customers is taken away",
            ["retail_prod.gold.customer_360.phone by job 1003"],
        ),
        (
            "ALTER TABLE retail_prod.silver.orders RENAME COLUMN total_amount TO amount;\n",
            "column total_amount of retail_prod.silver.orders is renamed to amount",
            [
                "ml_platform.features.customer_features.revenue_30d by job 1006",
                "retail_prod.gold.customer_360.lifetime_value by job 1003",
            ],
        ),
        (
            "DROP TABLE retail_prod.silver.web_sessions;\n",
            "retail_prod.silver.web_sessions is dropped",
            [
                "ml_platform.features.session_features by a query",
                "retail_prod.gold.abandoned_carts by pipeline 5f1d7c1e-0000-4000-8000-000000000002",
            ],
        ),
    ],
)
def test_a_change_names_the_readers_that_it_breaks(change: str, what: str, readers: list[str], tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / "sql" / "020_change.sql").write_text(change, encoding="utf-8")
    found = run(folder, COMMAND, ".", "--diff", "HEAD", *IN_SANDBOX)
    assert found.code == FOUND
    (broken,) = found.findings("reader-of-removed-name")
    assert broken["message"] == f"sql/020_change.sql:1: {what}, and is read by {'; '.join(readers)}"


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE retail_prod.silver.payments DROP COLUMN method;\n",
        "ALTER TABLE retail_prod.silver.customers ADD COLUMN nickname STRING;\n",
        "DROP TABLE retail_prod.gold.churn_scores;\n",
    ],
)
def test_a_change_of_what_nobody_reads_breaks_nothing(change: str, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / "sql" / "020_change.sql").write_text(change, encoding="utf-8")
    found = run(folder, COMMAND, ".", "--diff", "HEAD", *IN_SANDBOX)
    assert (found.code, found.findings("reader-of-removed-name")) == (CLEAN, [])


def test_an_old_migration_is_no_change() -> None:
    assert of_project().findings("reader-of-removed-name") == []


def test_a_name_with_a_computed_catalog_is_found_where_one_catalog_has_it(tmp_path: Path) -> None:
    text = 'spark.table(f"{catalog}.silver.returns").write.saveAsTable(f"{catalog}.gold.store_kpis")\n'
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    (gap,) = run(tmp_path, COMMAND, ".", *IN_SANDBOX).findings("edge-not-recorded")
    assert "writes retail_prod.gold.store_kpis from retail_prod.silver.returns" in gap["message"]


def test_without_a_workspace_the_edges_of_the_code_are_shown_and_what_is_missing_is_said(tmp_path: Path) -> None:
    found = run(tmp_path, COMMAND, str(PROJECT))
    assert found.code == CLEAN
    assert len(found.rows("Edges")) == 4
    assert any(
        "readers outside of the project were not looked for" in each["reason"] for each in found.report["coverage"]
    )


def test_lineage_that_may_not_be_read_calls_no_table_silent(tmp_path: Path) -> None:
    with staged(tmp_path, principal="data-analyst-1@example.com") as stage:
        ran = stage.run(COMMAND, "--table", "retail_prod.bronze,retail_prod.gold")
    assert (ran.code, ran.report["findings"]) == (INCOMPLETE, [])
    assert "cannot read the lineage of tables" in " ".join(each["reason"] for each in ran.report["coverage"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "writes no table whose name is known"),
        (("not-there",), "not-there"),
        (IN_SANDBOX, "writes no table that the workspace has"),
        (("--table", "retail_prod.gold"), "--table asks for readers of live tables: name a workspace"),
        (("--table", "retail_prod.gold.nothing", *IN_SANDBOX), "nothing"),
        (("--table", "a.b.c.d", *IN_SANDBOX), "a.b.c.d"),
        (("--diff", "HEAD", *IN_SANDBOX), "is not in a git repository"),
    ],
)
def test_bad_input_is_one_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    ended = run(tmp_path, COMMAND, *words)
    assert ended.code == BAD_INPUT
    assert sentence in ended.said
    assert ended.said.strip().count("\n") == 0
