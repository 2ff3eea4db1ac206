"""`configure-delta-share`: objects, recipients and logins of a share, on a running sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.workspace.catalog.share_settings import RecipientSetting
from tests.workflows.operate.failing import (
    CLEAN,
    ROOT,
    USAGE,
    Stage,
    a_lost_answer_is_taken_back,
    every_step_fails_in_turn,
    staged,
)

pytestmark = pytest.mark.enable_socket
FILES = ROOT / "examples/commands/configure-delta-share/shares"
BROKERS = ("configure-delta-share", "broker_figures")
ORDERS = ("configure-delta-share", "logistics_orders")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    shutil.copytree(FILES, tmp_path / "shares")
    with staged(tmp_path) as found:
        yield found


def readers(stage: Stage, share: str) -> set[str | None]:
    found = stage.workspace().client.shares.share_permissions(share).privilege_assignments or []
    return {each.principal for each in found if each.privileges}


def test_the_share_becomes_what_its_file_says_and_nobody_loses_it_unasked(stage: Stage) -> None:
    ran = stage.applied(*BROKERS)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"] * 4), ran
    assert readers(stage, "broker_figures") == {"broker-network", "analytics-sister-company", "broker-app"}
    assert "recipient analytics-sister-company; --allow-removals" in ran.notes
    policy = next(iter(stage.workspace().client.recipient_federation_policies.list("broker-app"))).oidc_policy
    assert policy is not None
    assert (policy.issuer, policy.subject) == ("https://login.brokers.example.com", "figures-app")
    again = stage.run(*BROKERS)
    assert "nothing is to be changed" in again.notes
    gone = stage.applied(*BROKERS, "--allow-removals")
    assert [row[1] for row in gone.table("What became")] == [
        "recipient analytics-sister-company of share broker_figures"
    ]
    assert readers(stage, "broker_figures") == {"broker-network", "broker-app"}


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *BROKERS)


def test_a_lost_answer_is_taken_back(stage: Stage) -> None:
    a_lost_answer_is_taken_back(stage, *BROKERS, step=3)


def test_a_new_share_is_made_and_taken_back_whole(stage: Stage) -> None:
    words = ("configure-delta-share", "kpis", "--table", "retail_prod.gold.store_kpis", "--recipient", "broker-network")
    ran = stage.applied(*words)
    assert ran.standings == ["verified"] * 3, ran
    back = stage.applied(*words, "--take-back", ran.sha[:12])
    assert set(back.standings) == {"verified"}, back
    assert "kpis" not in {each.name for each in stage.workspace().client.shares.list_shares()}


def test_what_must_not_leave_is_found_and_its_correct_neighbour_is_not(stage: Stage) -> None:
    shown = stage.run(*ORDERS, "--table", "retail_prod.silver.customers", "--recipient", "somebody", "--login", "token")
    said = {(rule, message.partition(" ")[0]) for rule, message in shown.findings}
    assert ("protection-does-not-travel", "retail_prod.silver.customers") in said
    assert ("personal-data-leaves", "retail_prod.silver.addresses.street") in said, "planted: shared unmasked"
    assert ("login-by-token", "the") in said
    assert any(rule == "token-ends-soon" for rule, _ in shown.findings), "planted: the token of partner-logistics"
    assert not any("retail_prod.silver.addresses.city" in message for _, message in shown.findings)
    refused = stage.run(*ORDERS, "--table", "retail_prod.silver.customers", "--apply", "--approve", shown.sha[:12])
    assert "nothing was applied" in refused.notes, refused


def test_a_contract_may_let_a_column_leave(stage: Stage) -> None:
    words = ("configure-delta-share", "audience", "--table", "retail_prod.gold.marketing_audience")
    before = [message for rule, message in stage.run(*words).findings if rule == "personal-data-leaves"]
    assert any(message.startswith("retail_prod.gold.marketing_audience.email ") for message in before)
    (stage.folder / "audience.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\nschema:\n"
        "  - name: marketing_audience\n    properties:\n"
        "      - {name: email, logicalType: string, classification: public}\n",
        encoding="utf-8",
    )
    after = [message for rule, message in stage.run(*words).findings if rule == "personal-data-leaves"]
    assert not any(message.startswith("retail_prod.gold.marketing_audience.email ") for message in after)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("share: broker_figures\ntables: []\n", "tables: Extra inputs are not permitted"),
        ("share: other\n", "is of the share 'other'"),
        ("share: [\n", "is not valid YAML"),
        ("share: broker_figures\nobjects: []\n", "would be empty"),
        ("share: broker_figures\nobjects:\n  - {name: retail_prod.gold.absent}\n", "retail_prod.gold.absent"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(stage: Stage, text: str, said: str) -> None:
    (stage.folder / "shares/broker_figures.yml").write_text(text, encoding="utf-8")
    ran = stage.run(*BROKERS)
    assert (ran.code != CLEAN, said in ran.said) == (True, True), ran


def test_a_share_without_file_or_words_and_a_wrong_approval_are_refused(stage: Stage) -> None:
    ran = stage.run(*ORDERS)
    assert (ran.code, "there is no share file" in ran.said) == (USAGE, True), ran
    ran = stage.run(*BROKERS, "--apply", "--approve", "0123456789ab")
    assert (ran.code, "another change set" in ran.said) == (USAGE, True), ran


def test_a_recipient_on_databricks_is_known_by_its_metastore(stage: Stage) -> None:
    made = RecipientSetting(name="sister", login="DATABRICKS", comment="c", metastore="aws:eu-west-1:0")
    made.write(stage.workspace(), None, made.wanted())
    assert made.read(stage.workspace()) == ("login DATABRICKS", "comment c", "metastore aws:eu-west-1:0")
    made.write(stage.workspace(), made.wanted(), None)
    assert made.read(stage.workspace()) is None
