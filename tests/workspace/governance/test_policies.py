"""Attribute-based policies: which columns and tables they protect, by their tags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.workspace.governance.personal import protected
from orchestrator.workspace.governance.policies import Policies, Policy, holds
from orchestrator.workspace.governance.tables import Column, Table

PII = {"pii": "email"}
MASK = Policy(
    name="mask_mail", on="main", masks=True, conditions={"m": "has_tag_value('pii', 'email')"}, column="m", when=None
)
FILTER = Policy(name="rows", on="main.s", masks=False, conditions={"r": "hasTag('region')"}, column=None, when=None)
COLUMNS = (
    Column(name="mail", type="string"),
    Column(name="own", type="string", mask="main.s.f"),
    Column(name="area", type="string"),
)
TABLE = Table(name="main.s.t", kind="MANAGED", owner="o", columns=COLUMNS)
TAGS = {"main.s.t.mail": PII, "main.s.t.own": PII, "main.s.t.area": {"region": ""}}


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("has_tag('pii')", True),
        ("hasTag('other')", False),
        ("hasTagValue('pii', 'phone')", False),
        ("has_tag('pii') AND NOT has_tag_value('pii','phone')", True),
        ("(has_tag('x') OR has_tag('pii'))", True),
        ("TRUE", True),
        ("has_tag('x') OR column_name = 'a'", None),
        ("has_tag('pii') OR column_name = 'a'", True),
        ("has_tag('x') AND unknown()", False),
        ("NOT unknown()", None),
        ("((", None),
    ],
)
def test_a_condition_over_tags_is_evaluated(condition: str, value: object) -> None:
    assert holds(condition, PII) is value


def test_a_policy_protects_what_carries_its_tag() -> None:
    found = protected(TABLE, TAGS, Policies(items=(MASK, FILTER)))
    assert [column.mask for column in found.columns] == ["policy mask_mail", "main.s.f", None]
    assert found.row_filter == "policy rows"


def test_a_policy_of_another_schema_protects_nothing_here() -> None:
    other = Table(name="main.sx.t", kind="MANAGED", owner="o", columns=TABLE.columns[:1])
    found = protected(other, {"main.sx.t.mail": {"region": ""}}, Policies(items=(FILTER,)))
    assert found == other


def test_a_policy_that_cannot_be_evaluated_protects_nothing_and_is_named() -> None:
    conditional = Policy(name="sometimes", on="main", masks=True, conditions=MASK.conditions, column="m", when="f(x)")
    rules = Policies(items=(conditional, MASK))
    hard = replace(FILTER, conditions={"r": "f(x)"})
    assert (hard.filters_table([PII]), replace(FILTER, when="f(x)").filters_table([{"region": ""}])) == (None, None)
    assert replace(hard, conditions={"r": "f(x)", "s": "has_tag('none')"}).filters_table([PII]) is False
    assert Policies(items=(conditional,)).masking("main.s.t", PII) is None
    assert rules.masking("main.s.t", PII) == "mask_mail"
    assert rules.limits == (
        "policies with conditions that cannot be evaluated here are not taken into account: sometimes",
    )
    assert Policies(items=(MASK, FILTER)).limits == ()
    assert "not taken into account: no right" in Policies(lack="no right").limits[0]
