"""The forms of values: what each validator accepts, and that a masked value shows nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.workspace.governance.validators import VALIDATORS, counted, luhn, masked

GOOD = {
    "email": ["a.b+c@example.co.uk", "x@example.org"],
    "card": ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011111111111117"],
    "iban": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "fr1420041010050500013m02606"],
    "ssn": ["123-45-6789", "899 12 3456"],
    "ip": ["192.0.2.7", "2001:db8::1", "::1"],
    "phone": ["+49 30 1234567", "(555) 123-4567", "555-123-4567", "+14155550100"],
    "tax_number": ["912-34-5678", "900 70 0001"],
    "birth_date": ["1980-02-29", "12/31/1999", "31.12.1999", "1980-01-01T00:00:00.000Z"],
}
BAD = {
    "email": ["a@b", "a b@example.org", "@example.org", "user at example.org", "a@example..org"],
    "card": ["4111 1111 1111 1112", "0000000000000000", "9111111111111111", "411111111111", "4111.1111.1111.1111"],
    "iban": ["DE89 3704 0044 0532 0130 01", "DE8937040044053201300", "XX00", "GB82WEST1234569876543"],
    "ssn": ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123456789", "123-456789"],
    "ip": ["256.1.1.1", "1.2.3", "12:30", "1.2.3.4.5", "10.0.0.0/8"],
    "phone": ["5551234567", "2024-01-31", "123-45-6789", "192.0.2.17", "12", "+1234567890123456", "12.5"],
    "tax_number": ["899-12-3456", "912345678", "912-345-678"],
    "birth_date": ["1980-02-30", "1850-01-01", "2999-01-01", "1980-13-01", "19800101"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_values_of_the_kind_are_accepted(name: str, value: str) -> None:
    assert VALIDATORS[name](value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_values_that_only_look_like_it_are_not(name: str, value: str) -> None:
    assert not VALIDATORS[name](value)


def test_every_validator_has_examples_of_both() -> None:
    assert set(GOOD) == set(BAD) == set(VALIDATORS)


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_exactly_one_check_digit_makes_a_number_pass_luhn(digits: str) -> None:
    assert sum(luhn(digits + str(last)) for last in range(10)) == 1


@given(st.text(max_size=80))
def test_no_text_breaks_a_validator(text: str) -> None:
    assert set(counted([text])) == set(VALIDATORS)


@given(st.text(max_size=60))
def test_a_masked_value_has_no_letter_and_no_digit_of_it(text: str) -> None:
    shown = masked(text)
    assert len(shown) <= 25
    assert all(item in "x9…" or not item.isalnum() for item in shown)


def test_the_shape_of_a_value_stays() -> None:
    assert masked("Ann.Lee7@example.org") == "xxx.xxx9@xxxxxxx.xxx"
