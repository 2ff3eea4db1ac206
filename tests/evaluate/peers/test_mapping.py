"""The map from other linters' rules to the terms of the benchmark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.case import CATEGORIES
from orchestrator.evaluate.match import match
from orchestrator.evaluate.peers.known import linters
from orchestrator.evaluate.peers.mapping import Mapping, mapping
from orchestrator.evaluate.taxonomy import taxonomy
from orchestrator.rules.catalog import page
from orchestrator.types import Severity
from tests.evaluate.exports import samples

RULES = [
    pytest.param(linter, rule, id=f"{linter}-{rule}") for linter, rules in mapping().linters.items() for rule in rules
]


def test_every_linter_is_mapped_and_ranked_and_none_besides() -> None:
    assert set(mapping().linters) == set(linters())
    assert set(mapping().severities) | set(mapping().unranked) == set(linters())
    assert not set(mapping().severities) & set(mapping().unranked)
    assert not set(mapping().absent) & set(linters())


@pytest.mark.parametrize(("linter", "rule"), RULES)
def test_a_rule_is_in_a_category_of_the_benchmark_and_in_that_of_the_same_rule_of_ours(linter: str, rule: str) -> None:
    meaning = mapping().meaning(linter, rule)
    assert meaning.category is None or meaning.category in CATEGORIES
    for ours in meaning.rules:
        assert page(ours) is not None
    if meaning.rules:
        assert meaning.category == taxonomy().category(meaning.rules[0]) or meaning.why


@pytest.mark.parametrize(("linter", "rule"), RULES)
def test_a_rule_without_a_category_has_no_names(linter: str, rule: str) -> None:
    meaning = mapping().meaning(linter, rule)
    assert meaning.category is not None or meaning.names == ()


def test_a_rule_that_nobody_mapped_has_neither_category_nor_names() -> None:
    found = mapping().meaning("cylint", "CY999")
    assert (found.category, found.names) == (None, ())


def test_a_severity_is_translated_and_an_unknown_one_is_a_fault() -> None:
    assert mapping().severity("cylint", "critical") is Severity.HIGH
    assert mapping().severity("ruff", "") is Severity.MEDIUM
    with pytest.raises(OrchestratorError, match="cylint said the severity 'dire', which"):
        mapping().severity("cylint", "dire")


def test_a_key_that_the_map_does_not_know_is_refused() -> None:
    stored = mapping().model_dump(mode="json")
    stored["linters"]["cylint"]["CY001"]["kind"] = "x"
    with pytest.raises(ValidationError):
        Mapping.model_validate(stored)


@pytest.mark.parametrize(
    ("also", "strength"), [(("STR002",), "rule"), (("state-folder-of-two-queries",), "accepted"), ((), None)]
)
def test_a_finding_meets_a_golden_by_any_name_that_its_rule_is_mapped_to(
    also: tuple[str, ...], strength: str | None
) -> None:
    said = replace(samples.said("ruff:S999", 8, samples.OPTION), source="peer", category=None, also=also)
    found = match((said,), samples.DEFECT).found
    assert (found["g1"][1] if found else None) == strength
