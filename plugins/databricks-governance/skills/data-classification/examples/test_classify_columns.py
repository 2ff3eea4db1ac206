"""What the classifier must find, and what it must leave alone."""

from __future__ import annotations

import pytest
from classify_columns import Column, Confidence, classify, is_card, is_iban, words

CARDS = ("4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009", "6011000000000004", "4012888888881881")


def found(name: str, data_type: str = "string", samples: tuple[str, ...] = ()) -> list[tuple[str, Confidence]]:
    """Class and confidence of each candidate of one column."""
    return [(item.pii, item.confidence) for item in classify([Column(name=name, data_type=data_type, samples=samples)])]


def test_name_and_values_together_are_high() -> None:
    assert found("contact_mail", samples=("a@example.com",) * 9 + ("none",)) == [("email", Confidence.HIGH)]


def test_name_alone_is_low() -> None:
    assert found("birthDate", "date") == [("birth_date", Confidence.LOW)]


def test_card_numbers_in_a_column_of_any_name_are_found_by_their_checksum() -> None:
    assert found("reference", samples=CARDS) == [("payment_card", Confidence.LOW)]


@pytest.mark.parametrize(
    "name",
    [
        "email_sent_flag",
        "is_phone_verified",
        "email_hash",
        "mail_count",
        "ip_type",
        "product_name",
        "cardinality",
        "zip",
    ],
)
def test_column_about_the_thing_is_not_the_thing(name: str) -> None:
    assert found(name) == []


def test_values_that_contradict_the_name_win() -> None:
    assert found("email", samples=("yes", "no", "yes", "yes", "no")) == []


def test_sixteen_digit_order_numbers_are_not_cards() -> None:
    assert found("order_id", samples=tuple(f"{4111111111111100 + number}" for number in (0, 2, 3, 4, 5, 6))) == []


def test_long_digits_alone_are_no_phone_numbers() -> None:
    assert found("order_id", samples=("10020030", "10020031", "10020032", "10020033", "10020034")) == []


def test_type_that_cannot_hold_the_class_is_passed_over() -> None:
    assert found("email", "boolean") == []


def test_checksums() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")
    assert is_card(CARDS[0])
    assert not is_card("0000 0000 0000 0000")


def test_names_are_split_at_case_and_underscore_and_pairs_are_joined() -> None:
    assert words("customerFirstName") == ["customer", "firstname"]
    assert words("E_MAIL_address") == ["email", "address"]
