"""Columns with personal data: two signals are certain, one is not, and no value is shown."""

from __future__ import annotations

import datetime as dt

from orchestrator.workspace.governance.personal import Certainty, PersonalColumn, at_least, judged
from orchestrator.workspace.governance.tables import Column, Table

EMAILS = [f"person{number}@example.org" for number in range(10)]
CARDS = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "4012888888881881"]
TEXTS = [f"note {number}" for number in range(10)]


def found(
    column: str, values: list[str] | None = None, tags: dict[str, str] | None = None, type_text: str = "string"
) -> PersonalColumn | None:
    table = Table(
        name="main.s.t",
        kind="MANAGED",
        owner="o",
        columns=(Column(name=column, type=type_text),),
        row_filter="main.s.f",
    )
    judgement = judged(table, {f"main.s.t.{column}": tags or {}}, {column: values or []})
    return judgement[0] if judgement else None


def verdict(item: PersonalColumn | None) -> tuple[str, Certainty] | None:
    return (item.kind, item.certainty) if item else None


def test_name_and_values_that_agree_are_certain() -> None:
    item = found("email", EMAILS)
    assert verdict(item) == ("email", "certain")
    assert item is not None
    assert item.signals == ("name: email", "values: 10 of 10 have the form")
    assert item.row_filter == "main.s.f"


def test_values_alone_are_probable_under_any_name() -> None:
    assert verdict(found("notes", EMAILS)) == ("email", "probable")
    assert verdict(found("reference", CARDS)) == ("card_number", "probable")


def test_a_name_whose_values_were_not_read_is_probable() -> None:
    assert verdict(found("email")) == ("email", "probable")


def test_a_name_that_its_values_deny_is_only_possible() -> None:
    item = found("email", TEXTS)
    assert verdict(item) == ("email", "possible")
    assert item is not None
    assert item.doubts == ("of 10 values too few have the form of email",)


def test_a_name_whose_kind_has_no_form_is_probable_whatever_the_values() -> None:
    assert verdict(found("first_name", TEXTS)) == ("person_name", "probable")


def test_values_win_over_the_name_and_the_name_is_a_doubt() -> None:
    item = found("phone", EMAILS)
    assert verdict(item) == ("email", "possible")
    assert item is not None
    assert item.doubts == ("the name speaks of phone",)


def test_a_weak_form_under_another_name_is_only_possible() -> None:
    born = [f"19{year}-05-0{day}" for year in range(60, 75) for day in (1, 2)]
    assert verdict(found("dob", born)) == ("date_of_birth", "certain")
    assert verdict(found("col_c", born)) == ("date_of_birth", "possible")
    assert verdict(found("col_c", [f"+49 30 12345{number:02}" for number in range(10)])) == ("phone", "possible")


def test_a_weak_form_never_overrules_a_name() -> None:
    numbers = [f"9{number:02}-70-12{number:02}" for number in range(10)]
    assert verdict(found("national_id", numbers)) == ("national_id", "probable")
    assert verdict(found("col_d", numbers)) == ("us_tax_number", "possible")


def test_a_tag_names_the_kind_where_nothing_else_does() -> None:
    assert verdict(found("blob", tags={"pii": "health"})) == ("health", "probable")
    assert verdict(found("blob", tags={"pii": "yes"})) == ("tagged", "probable")


def test_dates_that_are_not_spread_like_births_are_none() -> None:
    today = dt.datetime.now(dt.UTC).date()
    assert found("order_day", [str(today - dt.timedelta(days=number)) for number in range(30)]) is None
    assert found("expiry", [f"19{year}-05-01" for year in range(70, 76)]) is None


def test_a_weak_form_beside_personal_columns_is_probable() -> None:
    phones = [f"+49 30 12345{number:02}" for number in range(10)]
    columns = tuple(Column(name=name, type="string") for name in ("col_a", "col_b"))
    table = Table(name="main.s.t", kind="MANAGED", owner="o", columns=columns)
    items = judged(table, {}, {"col_a": EMAILS, "col_b": phones})
    assert [(item.kind, item.certainty) for item in items] == [("email", "probable"), ("phone", "probable")]


def test_a_denied_name_stays_possible_beside_personal_columns() -> None:
    columns = tuple(Column(name=name, type="string") for name in ("col_a", "email"))
    table = Table(name="main.s.t", kind="MANAGED", owner="o", columns=columns)
    items = judged(table, {}, {"col_a": EMAILS, "email": TEXTS})
    assert [item.certainty for item in items] == ["probable", "possible"]


def test_personal_data_inside_longer_texts_is_found() -> None:
    notes = [f"Called back on +49 30 12345{number:02}, will write." for number in range(5)] + TEXTS
    assert verdict(found("note", notes)) == ("phone", "probable")
    assert found("note", notes[3:]) is None
    assert found("note", notes[2:] + TEXTS) is None
    assert verdict(found("note", [f"pay with {card} please" for card in CARDS])) == ("card_number", "probable")
    assert found("note", [f"order {card[:-1]}0 please" for card in CARDS if card[-1] != "0"]) is None


def test_a_tag_is_a_signal_and_its_denial_is_none() -> None:
    assert verdict(found("email", tags={"pii": "email"})) == ("email", "certain")
    assert verdict(found("blob", tags={"class.email_address": ""})) == ("email", "probable")
    assert verdict(found("blob", tags={"pii": "none"})) is None
    assert verdict(found("blob", tags={"owner": "sales"})) is None


def test_few_values_tell_nothing() -> None:
    assert found("notes", EMAILS[:4]) is None


def test_mostly_other_values_are_no_sign() -> None:
    assert found("notes", EMAILS[:7] + TEXTS[:3]) is None
    assert verdict(found("notes", EMAILS[:8] + TEXTS[:2])) == ("email", "probable")


def test_no_value_is_in_the_result() -> None:
    item = found("email", EMAILS)
    assert item is not None
    assert item.shapes == ("xxxxxx9@xxxxxxx.xxx",)
    assert "person" not in item.model_dump_json().replace("personal", "")


def test_one_can_ask_for_those_that_are_certain() -> None:
    items = [item for item in (found("email", EMAILS), found("email"), found("email", TEXTS)) if item]
    assert [len(at_least(items, level)) for level in ("possible", "probable", "certain")] == [3, 2, 1]
