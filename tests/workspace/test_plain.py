"""What the SDK answers, as plain values."""

from __future__ import annotations

import pytest

from orchestrator.workspace.plain import HIDDEN, brief, moment, safe_settings, whole_words


@pytest.mark.parametrize(
    "name",
    ["fs.s3a.secret.key", "spark.password", "API_TOKEN", "fs.azure.account.key.x", "client-credential", "apikey"],
)
def test_a_setting_whose_name_speaks_of_a_credential_is_not_shown(name: str) -> None:
    assert safe_settings({name: "a value"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", ["spark.sql.shuffle.partitions", "keyspace", "primary_key", "monkey"])
def test_an_ordinary_setting_is_shown(name: str) -> None:
    assert safe_settings({name: "a value"}) == {name: "a value"}


def test_a_reference_to_a_secret_is_shown_for_it_is_none() -> None:
    assert safe_settings({"password": "{{secrets/scope/key}}"}) == {"password": "{{secrets/scope/key}}"}


def test_settings_and_texts_are_bounded_and_say_what_is_left_out() -> None:
    assert len(safe_settings({f"name_{number}": "x" for number in range(500)})) == 100
    assert brief("x" * 30, 10) == "x" * 10 + " … (20 more characters)"
    assert brief("x" * 10, 10) == "x" * 10


def test_zero_is_no_time() -> None:
    assert moment(0) is None
    found = moment(1_000)
    assert found is not None
    assert found.isoformat() == "1970-01-01T00:00:01+00:00"


SECRET = "dapi" + "9f3c1e77ab204d5886e0c4b2f9137da5"


@pytest.mark.parametrize(
    "text", [f"the token is {SECRET} of old", f'{{"a":1,"b":"{SECRET}"}}', f"x;password={SECRET};y"]
)
def test_a_cut_leaves_no_half_of_a_credential_that_nobody_could_tell_from_a_word(text: str) -> None:
    start = text.index(SECRET)
    for most in range(start + 1, start + len(SECRET)):
        shown = brief(text, most)
        assert shown is not None
        assert SECRET[:4] not in shown
        assert shown.endswith("more characters)")


def test_a_word_longer_than_the_text_may_lose_is_cut_inside() -> None:
    assert whole_words("x" * 5_000, 1_000) == "x" * 1_000
    assert whole_words("one two three", 8) == "one two"
    assert whole_words("one two three", 7) == "one two"
