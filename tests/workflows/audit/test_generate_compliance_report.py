"""`generate-compliance-report` on the sandbox: pass, fail or not evidenced, each with evidence; erasures verified."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from orchestrator.workspace.governance.compliance import STANDARDS, checks, standards
from orchestrator.workspace.governance.facts import FACTS
from tests.cli.command import orchestrate
from tests.workflows.audit.reports import BAD_INPUT, FOUND, Audited, audited, planted, run
from tests.workflows.operate.failing import staged

pytestmark = pytest.mark.enable_socket
COMMAND = "generate-compliance-report"
LATE = "retail_prod.silver.customers=2026-10-13"
DONE = "insurance_prod.curated.claimants=2026-10-01"
STANDINGS = {"pass", "fail", "not evidenced"}


def of(standard: str, catalog: str = "retail_prod", *words: str) -> Audited:
    return audited(COMMAND, "--standard", standard, "--catalog", catalog, *words)


def standing(found: Audited) -> dict[str, str]:
    return {row["control"]: row["standing"] for row in found.rows("Controls of")}


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_control_of_a_standard_has_a_standing_and_the_evidence_for_it(standard: str) -> None:
    rows = of(standard).rows("Controls of")
    assert [row["control"] for row in rows] == [control.number for control in standards()[standard].controls]
    assert {row["standing"] for row in rows} <= STANDINGS
    assert all(row["evidence"] for row in rows)
    for control, row in zip(standards()[standard].controls, rows, strict=True):
        if not control.facts:
            assert row["standing"] == "not evidenced", row


def test_the_controls_of_the_general_data_protection_regulation_are_as_the_workspace_is() -> None:
    assert standing(of("GDPR")) == {
        "Art. 5(1)(c)": "fail",
        "Art. 5(1)(e)": "fail",
        "Art. 5(1)(f)": "fail",
        "Art. 5(2)": "pass",
        "Art. 9": "not evidenced",
        "Art. 17": "fail",
        "Art. 25": "fail",
        "Art. 30": "fail",
        "Art. 32": "fail",
        "Art. 33": "not evidenced",
        "Art. 35": "not evidenced",
    }


def test_a_fact_that_fails_several_controls_is_one_finding_that_names_them() -> None:
    found = of("GDPR").findings()
    assert len({each["rule"] for each in found}) == len(found)
    (wide,) = of("GDPR").findings("no-wide-access-to-personal-data")
    assert wide["message"].startswith("against GDPR Art. 5(1)(c), Art. 5(1)(f): 2 of 8 tables")
    assert wide["severity"] == "high"


def test_planted_mistakes_are_evidence_and_what_is_right_is_not() -> None:
    rows = {row["fact"]: row for row in of("GDPR").rows("Evidence")}
    untagged = rows["personal_data_tagged"]["objects"].split(", ")
    assert sorted(untagged) == sorted(planted("audience-untagged")[0])
    assert rows["sharing_restricted"]["objects"] == f"recipient {planted('open-recipient')[0][0]}"
    unmasked = rows["personal_data_protected"]["objects"].split(", ")
    assert set(planted("gold-unmasked")[0]) <= set(unmasked)
    assert not any(name.startswith("retail_prod.silver.customers.") for name in unmasked)
    assert rows["lineage_recorded"]["standing"] == "pass"


def test_what_is_kept_for_sixty_days_is_no_log_of_a_year() -> None:
    card = of("PCI-DSS")
    assert standing(card)["10.5.1"] == "fail"
    assert standing(card)["10.2.1"] == "pass"
    assert standing(card)["12.10.1"] == "not evidenced"


def test_that_nothing_was_found_is_no_evidence_that_it_would_be_protected() -> None:
    assert standing(of("PCI-DSS", "insurance_prod"))["3.4.1"] == "not evidenced"
    assert standing(of("PCI-DSS", "insurance_prod"))["3.3.1"] == "pass"


def test_a_request_of_erasure_is_verified_down_to_the_files_and_the_copies() -> None:
    found = of("GDPR", "retail_prod", "--erasure", f"{LATE},{DONE}")
    (late,) = found.findings("erasure-not-carried-out")
    assert late["message"].startswith("the erasure from retail_prod.silver.customers that was requested on 2026-10-13")
    assert "no VACUUM ended after the retention had passed" in late["message"]
    rows = {row["table"]: row["standing"] for row in found.rows("Requests of erasure")}
    assert rows["insurance_prod.curated.claimants"] == "purged"
    assert rows["insurance_prod.marts.regulator_export"] == "not deleted"
    evidence = {row["fact"]: row for row in found.rows("Evidence")}["erasure_requests"]
    assert evidence["says"] == "requests: 2, not carried out in time: 1, cannot be told: 1"


def test_an_erasure_whose_copies_may_hold_the_rows_is_not_taken_as_carried_out() -> None:
    found = of("GDPR", "insurance_prod", "--erasure", DONE)
    assert found.findings("erasure-not-carried-out") == []
    evidence = {row["fact"]: row for row in found.rows("Evidence")}["erasure_requests"]
    assert evidence["standing"] == "not evidenced"


def test_a_request_whose_deadline_is_still_to_come_is_no_failure() -> None:
    found = of("GDPR", "retail_prod", "--erasure", "retail_prod.silver.customers=2026-11-20")
    assert found.findings("erasure-not-carried-out") == []


def test_rules_over_code_can_speak_against_a_control_and_never_for_it(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    words = (COMMAND, "--standard", "PCI-DSS", "--catalog", "retail_prod", "--path", ".", "--workspace", "sandbox")
    clean = run(tmp_path, *words)
    assert standing(clean)["3.5.1"] == "not evidenced"
    weak = 'from Crypto.Cipher import DES\n\nDES.new(b"8bytekey", DES.MODE_ECB)\n'
    (tmp_path / "job.py").write_text(weak, encoding="utf-8")
    found = run(tmp_path, *words)
    assert found.findings("ENC001", "ENC002")
    assert standing(found)["3.5.1"] == "fail"
    assert standing(found)["10.2.1"] == standing(clean)["10.2.1"] == "pass"


def test_auditors_get_it_as_html_json_and_csv_without_a_legal_claim(tmp_path: Path) -> None:
    words = [word for name in ("html", "csv", "json") for word in ("--output", f"{name}={tmp_path / name}")]
    orchestrate(tmp_path, COMMAND, "--catalog", "retail_prod", "--workspace", "sandbox", "--quiet", *words)
    texts = {name: (tmp_path / name).read_text(encoding="utf-8") for name in ("html", "csv", "json")}
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    heads = rows.index(["control", "title", "standing", "evidence", "shown by", "rules"])
    assert {row[2] for row in rows[heads + 1 : heads + 12]} <= STANDINGS
    for text in texts.values():
        assert "no legal advice" in text
        assert re.search(r"\b(?:is|are|fully|not|non-?) ?compliant\b|\bcertified\b|\bguarantee", text, re.I) is None


def test_what_was_refused_is_not_evidenced_and_the_run_is_incomplete(tmp_path: Path) -> None:
    with staged(tmp_path, principal="data-analyst-1@example.com") as stage:
        ran = stage.run(COMMAND, "--catalog", "retail_prod", "--standard", "SOC2", "--fail-on", "never")
    assert ran.code == 3
    controls = next(each for each in ran.report["tables"] if each["title"].startswith("Controls of"))
    found = {row[0]: (row[2], row[3]) for row in controls["rows"]}
    assert found["CC7.2"][0] == "not evidenced"
    assert "cannot read the audit log" in found["CC7.2"][1]
    assert "pass" not in {found[number][0] for number in ("CC6.3", "CC7.2", "C1.2")}


def test_the_matrix_names_facts_and_rules_that_exist_and_says_what_each_checks() -> None:
    from orchestrator.rules.catalog import pages

    rules = {page.id for page in pages()}
    for item in standards().values():
        for control in item.controls:
            assert set(control.rules) <= rules, control.number
    assert set(FACTS) <= set(checks())
    assert all(checks().values())


def test_the_gate_fails_on_a_high_finding() -> None:
    assert of("GDPR").code == FOUND


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "--catalog"),
        (("--catalog", "retail_prod"), "this command asks a workspace and none is named"),
        (("--catalog", "retail_prod", "--standard", "ISO"), "ISO"),
        (("--catalog", "nowhere", "--workspace", "sandbox"), "nowhere"),
        (("--catalog", "retail_prod", "--erasure", "a.b.c", "--workspace", "sandbox"), "write TABLE=YYYY-MM-DD"),
        (("--catalog", "retail_prod", "--erasure", "a.b.c=2026-13-01"), "write TABLE=YYYY-MM-DD"),
        (("--catalog", "retail_prod", "--erasure", "a.b.c=2099-01-01"), "of a day still to come"),
        (("--catalog", "retail_prod", "--erasure", "retail_prod.x.y=2026-10-01", "--workspace", "sandbox"), "x.y"),
    ],
)
def test_bad_input_is_said(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    ended = run(tmp_path, COMMAND, *words)
    assert ended.code == BAD_INPUT
    assert sentence in ended.said
