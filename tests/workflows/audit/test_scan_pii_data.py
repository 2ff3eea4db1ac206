"""`scan-pii-data` on the sandbox: every planted column and no closed one, no value shown, changes that hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import orchestrate
from tests.workflows.audit.reports import BAD_INPUT, FOUND, Audited, audited, planted, quoted, run
from tests.workflows.operate.failing import every_step_fails_in_turn, staged

pytestmark = pytest.mark.enable_socket
COMMAND = "scan-pii-data"
CONTRACTORS_READ_TOO = {
    ("personal-data-unmasked", "insurance_prod.curated.brokers.contact_email"),
    ("personal-data-unmasked", "insurance_prod.curated.claimants.date_of_birth"),
    ("personal-data-unmasked", "insurance_prod.curated.payouts.account_iban"),
}
"""Not planted one by one, and true: contractors may read the whole catalog, and these are shown to them in full."""


_PEOPLE = "SELECT col_b, col_c, col_d FROM ml_platform.scratch.tmp_customers_copy LIMIT 50"
_MASKED_ONCE = """CREATE TABLE main.silver.customers (id BIGINT, email STRING MASK main.gov.mask_email);
CREATE TABLE main.gold.campaigns (campaign STRING, email STRING, sent_at TIMESTAMP);
"""


def of(catalog: str) -> Audited:
    return audited(COMMAND, "--catalog", catalog)


def columns(found: Audited) -> set[tuple[str, str]]:
    return {(each["rule"], quoted(each)["column"]) for each in found.findings()}


def places(rule: str, *names: str) -> set[tuple[str, str]]:
    return {(rule, place) for listed in planted(*names) for place in listed}


@pytest.mark.parametrize(
    ("catalog", "expected"),
    [
        (
            "retail_prod",
            places("personal-data-unmasked", "gold-unmasked", "addresses-unmasked")
            | places("personal-data-untagged", "audience-untagged"),
        ),
        (
            "insurance_prod",
            places("personal-data-untagged", "claimants-untagged", "notes-free-text", "regulator-export")
            | CONTRACTORS_READ_TOO,
        ),
        ("ml_platform", places("personal-data-untagged", "scratch-copy")),
    ],
)
def test_every_planted_column_is_found_and_what_is_masked_or_closed_is_not(
    catalog: str, expected: set[tuple[str, str]]
) -> None:
    found = of(catalog)
    assert columns(found) == expected
    assert len(found.findings()) == len(expected)


def test_columns_that_only_owners_and_jobs_may_read_are_listed_and_no_finding() -> None:
    rows = {row["column"]: row for row in of("retail_prod").rows("Columns with personal data")}
    card = rows["retail_prod.bronze.payment_events.card_number"]
    assert card["readers"] == "only its owner, administrators and service principals may read it"
    assert card["certainty"] == "certain"


def test_addresses_that_are_shared_outside_say_with_whom_and_get_no_mask() -> None:
    (street,) = [each for each in of("retail_prod").findings() if quoted(each)["column"].endswith(".street")]
    assert "shared outside in logistics_orders with partner-logistics" in street["message"]
    assert street["severity"] == "high"
    assert "a table with a mask cannot be shared" in of("retail_prod").notes
    assert not any("addresses" in row["subject"] for row in of("retail_prod").rows("Changes:"))


def test_confidence_and_severity_follow_certainty_and_readers() -> None:
    by_column = {quoted(each)["column"]: each for each in of("insurance_prod").findings()}
    iban = by_column["insurance_prod.curated.claimants.iban"]
    name = by_column["insurance_prod.marts.regulator_export.claimant_name"]
    assert (iban["confidence"], iban["severity"]) == (95, "high")
    assert (name["confidence"], name["severity"]) == (80, "medium")


def test_no_value_of_a_person_is_shown_in_any_format(tmp_path: Path) -> None:
    formats = ("text", "markdown", "html", "csv", "sarif", "json")
    words = [word for name in formats for word in ("--output", f"{name}={tmp_path / name}")]
    orchestrate(tmp_path, COMMAND, "--catalog", "ml_platform", "--workspace", "sandbox", "--quiet", "--all", *words)
    kept = [tmp_path / name for name in formats]
    kept += sorted((tmp_path / ".orchestrate").rglob("*.json*"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in kept)
    shown = _values()
    assert len(shown) > 20
    assert [value for value in shown if value in text] == []
    assert "xxxxx" in text


def _values() -> set[str]:
    """Values of personal columns, as the sandbox's warehouse gives them."""
    from orchestrator.workflows.measured.opening import entered
    from orchestrator.workspace.statements import query

    with entered("sandbox") as (workspace, _now):
        rows = query(workspace, _PEOPLE, what="read values", limit=50).rows
    return {cell for row in rows for cell in row if cell}


def test_tags_and_masks_are_proposed_in_the_words_and_with_the_functions_of_the_catalog() -> None:
    rows = {row["subject"]: row["after"] for row in of("retail_prod").rows("Changes:")}
    assert rows["tag pii of column retail_prod.gold.marketing_audience.first_name"] == "name"
    mask = rows["mask of column retail_prod.gold.customer_360.date_of_birth"]
    assert mask == "retail_prod.reference.mask_birth_date"
    insurance = {row["subject"]: row["after"] for row in of("insurance_prod").rows("Changes:")}
    assert "allows no value for the kind: ml_platform.scratch.tmp_customers_copy.col_d" in of("ml_platform").notes
    assert insurance["tag pii of column insurance_prod.raw.call_notes_feed.note"] == "phone"
    assert "insurance_prod.curated.claimants.date_of_birth; setup-data-masking" in of("insurance_prod").notes


def test_a_schema_is_tagged_and_masked_as_the_whole_catalog_is() -> None:
    gold = audited(COMMAND, "--catalog", "retail_prod", "--schema", "gold")
    rows = {row["subject"]: row["after"] for row in gold.rows("Changes:")}
    assert rows["mask of column retail_prod.gold.customer_360.email"] == "retail_prod.reference.mask_email"


def test_names_and_tags_alone_find_no_column_that_only_its_values_show() -> None:
    assert columns(audited(COMMAND, "--catalog", "ml_platform", "--rows", "0")) == set()


def test_the_least_certainty_is_kept() -> None:
    certain = audited(COMMAND, "--catalog", "insurance_prod", "--least", "certain")
    assert {quoted(each)["certainty"] for each in certain.findings()} == {"certain"}


def test_one_table_can_be_scanned() -> None:
    table = audited(COMMAND, "--table", "retail_prod.gold.marketing_audience")
    assert columns(table) == places("personal-data-untagged", "audience-untagged")


def test_the_approved_changes_are_applied_and_another_approval_is_refused(tmp_path: Path) -> None:
    words = (COMMAND, "--catalog", "ml_platform", "--workspace", "sandbox", "--apply", "--approve")
    sha = of("ml_platform").notes.partition("--approve ")[2][:12]
    done = run(tmp_path, *words, sha)
    assert done.code == FOUND
    assert [row["standing"] for row in done.rows("What became of each step")] == ["verified"] * 3
    refused = run(tmp_path, *words, "0" * 12)
    assert refused.code == BAD_INPUT
    assert "is of another change set" in refused.said


def test_a_step_that_fails_takes_all_before_it_back(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        every_step_fails_in_turn(stage, COMMAND, "--table", "retail_prod.gold.marketing_audience", "--fail-on", "never")


def test_who_may_not_read_the_values_learns_which_tables_were_not_looked_at(tmp_path: Path) -> None:
    with staged(tmp_path, principal="data-analyst-1@example.com") as stage:
        ran = stage.run(COMMAND, "--catalog", "retail_prod")
    assert ran.code == FOUND
    missing = [each for each in ran.report["coverage"] if each["incomplete"]]
    assert any(each["path"].startswith("retail_prod.silver.") for each in missing), missing
    assert "no change is proposed for tables that the asking identity may not read" in ran.notes


def test_the_code_alone_is_looked_at_without_a_catalog(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "t.sql").write_text(_MASKED_ONCE, encoding="utf-8")
    found = run(tmp_path, COMMAND, "--path", "p")
    assert {each["rule"] for each in found.findings()} == {"PRV001"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nothing to scan is named"),
        (("--schema", "gold"), "--schema gold needs --catalog"),
        (("--catalog", "retail_prod"), "this command asks a workspace and none is named"),
        (("--catalog", "nowhere", "--workspace", "sandbox"), "nowhere"),
        (("--table", "retail_prod.gold.nothing", "--workspace", "sandbox"), "nothing"),
        (("--catalog", "retail_prod", "--rows", "-1"), "rows: Input should be"),
    ],
)
def test_bad_input_is_one_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    ended = run(tmp_path, COMMAND, *words)
    assert ended.code == BAD_INPUT
    assert sentence in ended.said
    assert ended.said.strip().count("\n") == 0
