"""A second look at values moves the certainty as documented, and the answer tells who was asked."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.governance.personal import NOT_INSTALLED, Certainty, PersonalScan, Sampling, judged, scan
from orchestrator.workspace.governance.recognisers import KINDS, VALUES, Match, Recognisers
from orchestrator.workspace.governance.tables import Column, Table, tables_under
from orchestrator.workspace.sandbox import Sandbox
from tests.tools.governed import workspace

NUMBERS = [f"{number:011d}" for number in range(0, 37_000, 1_000)]
PHONES = [f"+49 30 12345{number:02}" for number in range(10)]
EMAILS = [f"person{number}@example.org" for number in range(10)]


@dataclass(frozen=True, kw_only=True)
class Found:
    start: int
    end: int
    score: float


class Stand:
    """A recogniser as Presidio's are: a pattern and the score of its matches; it counts the texts that it is given."""

    def __init__(self, entity: str, pattern: str, score: float) -> None:
        self.supported_entities: Sequence[str] = [entity]
        self.pattern, self.score = re.compile(pattern), score
        self.texts: list[str] = []

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: None = None) -> Sequence[Match]:
        assert list(entities) == list(self.supported_entities)
        assert nlp_artifacts is None
        self.texts.append(text)
        return [Found(start=at.start(), end=at.end(), score=self.score) for at in self.pattern.finditer(text)]


def number(score: float) -> Recognisers:
    """Someone who takes eleven digits for a national id."""
    return Recognisers(known=(("national_id", Stand("PL_PESEL", r"\d{11}", score)),), release="0")


def phone(score: float) -> Recognisers:
    return Recognisers(known=(("phone", Stand("PHONE_NUMBER", r"[+\d][\d ]{8,}", score)),), release="0")


def verdict(column: str, values: list[str], second: Recognisers | None) -> tuple[str, Certainty] | None:
    table = Table(name="main.s.t", kind="MANAGED", owner="o", columns=(Column(name=column, type="string"),))
    found = judged(table, {}, {column: values}, second)
    return (found[0].kind, found[0].certainty) if found else None


def test_check_digits_alone_are_probable_and_a_form_that_other_data_has_is_possible() -> None:
    assert verdict("col_a", NUMBERS, None) is None
    assert verdict("col_a", NUMBERS, number(1.0)) == ("national_id", "probable")
    assert verdict("col_a", NUMBERS, number(0.5)) == ("national_id", "possible")
    assert verdict("col_a", NUMBERS, number(0.3)) is None


def test_a_name_with_the_same_kind_makes_it_certain() -> None:
    assert verdict("national_id", NUMBERS, None) == ("national_id", "probable")
    assert verdict("national_id", NUMBERS, number(0.5)) == ("national_id", "certain")


def test_a_name_of_another_kind_gives_way_to_check_digits_only_and_stays_as_a_doubt() -> None:
    assert verdict("first_name", NUMBERS, number(0.5)) == ("person_name", "probable")
    assert verdict("first_name", NUMBERS, number(1.0)) == ("national_id", "possible")


def test_a_weak_form_that_both_see_is_probable_and_no_more_since_they_look_at_the_same_values() -> None:
    assert verdict("col_b", PHONES, None) == ("phone", "possible")
    assert verdict("col_b", PHONES, phone(0.4)) == ("phone", "probable")
    assert verdict("col_b", EMAILS, None) == ("email", "probable")
    seen = Recognisers(known=(("email", Stand("EMAIL_ADDRESS", r"\S+@\S+", 1.0)),), release="0")
    assert verdict("col_b", EMAILS, seen) == ("email", "probable")


def test_a_strong_form_of_ours_is_not_overruled() -> None:
    seen = Recognisers(known=(("national_id", Stand("X", r".+", 1.0)),), release="0")
    assert verdict("col_b", EMAILS, seen) == ("email", "probable")


def test_bare_digits_are_no_phone_number() -> None:
    assert verdict("col_b", NUMBERS, phone(0.4)) is None


def test_what_stands_in_some_longer_texts_is_found() -> None:
    texts = [f"seen: {value}, again" for value in NUMBERS[:4]] + [f"note {index}" for index in range(12)]
    assert verdict("note", texts, number(1.0)) == ("national_id", "probable")
    assert verdict("note", texts[1:], number(1.0)) == ("national_id", "probable")
    assert verdict("note", texts[2:], number(1.0)) is None


def test_few_values_are_asked_about_and_those_without_a_digit_never() -> None:
    stand = Stand("X", r"\d{11}", 1.0)
    asked = Recognisers(known=(("national_id", stand),), release="0")
    asked.opinion([*NUMBERS, *NUMBERS])
    assert stand.texts == NUMBERS[:VALUES]
    stand.texts.clear()
    asked.opinion(["no digit here"] * 9)
    assert stand.texts == []


def test_nobody_is_asked_when_the_time_is_over() -> None:
    assert number(1.0).opinion(NUMBERS, until=time.monotonic() - 1) is None


def test_no_value_is_in_what_is_said() -> None:
    opinion = number(1.0).opinion(NUMBERS)
    assert opinion is not None
    assert opinion.says == "presidio: 20 of 20 values are PL_PESEL"


def test_every_kind_is_one_of_the_lexicon() -> None:
    assert set(KINDS.values()) <= {item.kind for item in lexicon().kinds}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with workspace() as sandbox:
        yield sandbox


def scanned(sandbox: Sandbox, rows: int) -> PersonalScan:
    connected = Workspace(Access(host=sandbox.host, token=sandbox.token))
    return scan(connected, "lab", tables_under(connected, "lab", 5), Sampling(rows=rows))


@pytest.mark.enable_socket
def test_the_answer_says_which_methods_were_used(running: Sandbox) -> None:
    read, unread = scanned(running, 20), scanned(running, 0)
    assert [method.partition(":")[0] for method in unread.methods] == ["names", "tags of the columns"]
    assert "values: check digits and forms of validators.py" in read.methods
    is_installed = find_spec("presidio_analyzer") is not None
    assert any("presidio" in method for method in read.methods) == is_installed
    assert (NOT_INSTALLED in read.limits) != is_installed
    assert NOT_INSTALLED not in unread.limits
