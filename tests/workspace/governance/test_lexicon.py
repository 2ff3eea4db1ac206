"""Names of columns: which speak of personal data, and which only look like it."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.governance.validators import VALIDATORS


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("email", "email"),
        ("customerEmail", "email"),
        ("EMAIL_ADDRESS", "email"),
        ("contact_phone_number", "phone"),
        ("ssn", "us_ssn"),
        ("customer_ssn_last", "us_ssn"),
        ("dob", "date_of_birth"),
        ("DateOfBirth", "date_of_birth"),
        ("first_name", "person_name"),
        ("credit_card_number", "card_number"),
        ("cvv", "card_secret"),
        ("iban", "iban"),
        ("bank_account_number", "bank_account"),
        ("client_ip", "ip_address"),
        ("ip_address_2", "ip_address"),
        ("diagnosis", "health"),
        ("password_hash", "credential"),
        ("zip_code", "address"),
        ("claimant_name", "person_name"),
    ],
)
def test_a_name_speaks_of_its_kind(column: str, kind: str) -> None:
    found = lexicon().named(column)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "column",
    ["order_id", "amount", "product_name", "email_count", "email_sent", "shipment", "description", "ship_date", "tip",
     "span", "company", "japan", "telemetry", "trace", "sexagesimal", "status", "created_at", "hotel_name"],
)  # fmt: skip
def test_a_name_that_only_contains_the_letters_is_none(column: str) -> None:
    assert lexicon().named(column) is None


def test_every_kind_names_a_source_and_a_validator_that_exists() -> None:
    raw = json.loads(files("orchestrator.workspace.governance").joinpath("lexicon.json").read_text(encoding="utf-8"))
    sources = {item["id"] for item in raw["sources"]}
    for item in raw["kinds"]:
        assert item["sources"], item["kind"]
        assert set(item["sources"]) <= sources
        assert item["validator"] is None or item["validator"] in VALIDATORS
    assert {item["validator"] for item in raw["kinds"]} - {None} == set(VALIDATORS)
