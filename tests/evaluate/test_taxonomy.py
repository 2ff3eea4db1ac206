"""The names that the scorer knows: every rule has one category, every alias one kind."""

from __future__ import annotations

from collections import Counter

import pytest

from orchestrator.evaluate.case import CATEGORIES
from orchestrator.evaluate.prediction import category_of
from orchestrator.evaluate.taxonomy import taxonomy
from orchestrator.rules.catalog import pages


def test_every_rule_has_a_category() -> None:
    missing = [page.id for page in pages() if taxonomy().category(page.id) not in CATEGORIES]
    assert not missing, "name the letters of their ids under `families:` of taxonomy.yaml"


def test_what_the_taxonomy_names_is_a_rule_and_stands_once() -> None:
    named = Counter(rule for rules in taxonomy().rules.values() for rule in rules)
    known = {page.id for page in pages()}
    assert set(named) <= known
    assert set(taxonomy().families) == {rule.rstrip("0123456789") for rule in known}
    assert max(named.values()) == 1


def test_an_alias_belongs_to_one_kind_and_is_none_itself() -> None:
    aliases = Counter(alias for names in taxonomy().aliases.values() for alias in names)
    assert max(aliases.values()) == 1
    assert not aliases.keys() & taxonomy().aliases.keys()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pys001", "PYS001"),
        ("collect-unbounded", "unbounded-collect"),
        ("Driver_Collect", "unbounded-collect"),
        ("something-new", "something-new"),
        ("ABC123", "abc123"),
    ],
)
def test_names_are_compared_in_one_spelling(name: str, kind: str) -> None:
    assert taxonomy().kind(name) == kind


def test_a_rule_of_nobody_has_no_category() -> None:
    assert [category_of(name) for name in ("E501", "ZZZ001", "made-up", "streaming", "STR999", "SRV002")] == [
        None, None, None, "streaming", "streaming", "deployment",
    ]  # fmt: skip
