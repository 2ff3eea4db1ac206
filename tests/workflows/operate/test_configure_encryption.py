"""`configure-encryption` on the sandbox: who may read the keys, who may decrypt, and the steps for others."""

from __future__ import annotations

import pytest

from orchestrator.workspace.statements import query
from tests.workflows.operate.failing import CLEAN, USAGE, Stage, every_step_fails_in_turn

pytestmark = pytest.mark.enable_socket
HOLDERS = "insurance_prod.curated.holders"
OWN = ("configure-encryption", "--table", "insurance_prod.curated.claimants", "--columns", "iban", "--scope",
       "claims-keys", "--readers", "claims-team", "--writers", "governance-team,etl-insurance")  # fmt: skip
SHARED = ("configure-encryption", "--table", HOLDERS, "--columns", "iban", "--scope", "shared", "--readers",
          "claims-team", "--writers", "data-engineers", "--fail-on", "never")  # fmt: skip


def _with_encrypted_column(stage: Stage) -> None:
    """A table whose column was filled, with the function that decrypts it and a reader of clear values."""
    for text in (
        f"CREATE TABLE {HOLDERS} (iban STRING, iban_encrypted STRING, iban_key INT)",
        "CREATE FUNCTION insurance_prod.curated.decrypt_holders_iban(value STRING) RETURNS STRING RETURN value",
        f"GRANT SELECT ON TABLE {HOLDERS} TO `claims-team`",
    ):
        query(stage.workspace(), text, what="prepare")


def test_before_the_column_is_there_nothing_is_changed_and_the_steps_are_for_others(reading: Stage) -> None:
    ran = reading.run(*OWN)
    assert ran.code == CLEAN
    assert [rule for rule, _message in ran.findings] == ["clear-column-stays"]
    assert ran.table("Changes") == []
    steps = [row[2] for row in ran.table("The move")]
    assert any("aes_encrypt(CAST(`iban` AS STRING), secret('claims-keys', 'iban_v1'))" in step for step in steps)
    assert steps[-1].startswith("VACUUM")
    assert "EXECUTE on insurance_prod.curated.decrypt_claimants_iban for claims-team waits" in ran.notes


def test_readers_may_decrypt_and_read_no_clear_values_and_everybody_loses_the_keys(stage: Stage) -> None:
    _with_encrypted_column(stage)
    shown = stage.run(*SHARED)
    assert [row[1] for row in shown.table("Changes")] == [
        "permission of users on secret scope shared",
        "privileges of claims-team on function insurance_prod.curated.decrypt_holders_iban",
        f"privileges of claims-team on table {HOLDERS}",
        f"tag encryption of column {HOLDERS}.iban_encrypted",
    ]
    ran = stage.applied(*SHARED)
    assert (ran.code, set(ran.standings)) == (CLEAN, {"verified"})
    assert stage.live(ran.sha) == [None, ("EXECUTE",), (), ("aes_gcm",)]
    assert stage.applied(*SHARED, "--take-back", ran.sha[:12]).code == CLEAN
    assert stage.run(*SHARED).sha == shown.sha


def test_every_step_fails_in_turn(stage: Stage) -> None:
    _with_encrypted_column(stage)
    every_step_fails_in_turn(stage, *SHARED)


def test_a_scope_with_other_secrets_and_other_readers_stops(reading: Stage) -> None:
    words = (*OWN[:6], "shared", *OWN[7:])
    shown = reading.run(*words)
    assert shown.code == 1
    assert {"scope-holds-others", "scope-read-by-more"} <= {rule for rule, _message in shown.findings}
    ran = reading.run(*words, "--apply", "--approve", shown.sha[:12])
    assert (ran.code, ran.standings) == (1, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--table", "curated.claimants", "--columns", "iban"), "is not the name of a table"),
        (("--table", "insurance_prod.curated.claimants", "--columns", "nothing"), "has no column 'nothing'"),
        (("--table", "insurance_prod.curated.nothing", "--columns", "iban"), "there is no such object"),
        (("--table", "retail_prod.gold.order_summary", "--columns", "status"), "is a view"),
        ((*OWN[1:5], "--scope", "no-such-scope"), "does not exist"),
        ((*OWN[1:5], "--scope", "a'b"), "scope: String should match pattern"),
        ((*OWN[1:5], "--readers", "data-analyst-1@example.com"), "there is no group"),
    ],
)
def test_bad_input_is_one_sentence(reading: Stage, words: tuple[str, ...], said: str) -> None:
    ran = reading.run("configure-encryption", *words)
    assert ran.code in {USAGE, 3}, ran
    assert said in ran.said, ran.said
    assert "Traceback" not in ran.said
