"""Controls of standards over facts: a gap wins, and what has no fact cannot be seen."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.governance.compliance import STANDARDS, Fact, Standing, report, standard, standards
from orchestrator.workspace.governance.facts import FACTS

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def fact(name: str, standing: Standing) -> Fact:
    return Fact(name=name, standing=standing, says=f"{name} is {standing}")


def standing_of(number: str, facts: list[Fact]) -> Standing:
    found = report(standard("GDPR"), "main", facts, NOW)
    return next(control.standing for control in found.controls if control.number == number)


def test_every_control_is_shown_by_a_fact_that_exists_or_says_why_it_is_not() -> None:
    assert tuple(standards()) == STANDARDS
    for item in standards().values():
        assert item.source.startswith("https://")
        for control in item.controls:
            assert bool(control.facts) != bool(control.unseen), f"{item.name} {control.number}"
            assert set(control.facts) <= set(FACTS)


def test_every_fact_is_used_by_a_control() -> None:
    assert set().union(*(item.facts for item in standards().values())) == set(FACTS)


def test_one_gap_is_a_gap_of_the_control() -> None:
    facts = [fact("personal_data_protected", "met"), fact("no_wide_access_to_personal_data", "gap")]
    assert standing_of("Art. 5(1)(f)", facts) == "gap"


def test_a_control_is_met_when_all_its_facts_are() -> None:
    facts = [fact("personal_data_protected", "met"), fact("no_wide_access_to_personal_data", "met")]
    assert standing_of("Art. 5(1)(f)", facts) == "met"
    assert standing_of("Art. 5(1)(f)", facts[:1]) == "cannot be seen here"
    assert standing_of("Art. 5(1)(f)", [facts[0], fact(facts[1].name, "cannot be seen here")]) == "cannot be seen here"


def test_the_numbers_of_the_report_add_up() -> None:
    found = report(standard("SOC2"), "main", [fact(name, "met") for name in FACTS], NOW)
    assert found.met + found.gaps + found.unseen == len(found.controls)
    assert (found.gaps, found.unseen) == (0, 2)
    assert {item.name for item in found.facts} == standard("SOC2").facts


@pytest.mark.parametrize("name", ["gdpr", "soc 2", "PCI DSS", "pci-dss"])
def test_usual_ways_to_write_a_standard_are_understood(name: str) -> None:
    assert standard(name).name in STANDARDS


def test_an_unknown_standard_is_refused_with_those_that_exist() -> None:
    with pytest.raises(WorkspaceError, match="GDPR, HIPAA, SOC2, CCPA, PCI-DSS"):
        standard("ISO 27001")
