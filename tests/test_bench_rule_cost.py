"""bench/rule_cost.py clocks every kind of check and changes nothing of what the rules find."""

from __future__ import annotations

import runpy
from collections import defaultdict
from pathlib import Path

import pytest

from orchestrator.rules.catalog import pages
from orchestrator.rules.engine import collect_hits

ROOT = Path(__file__).parent.parent


def test_clocked_rules_find_what_the_rules_find_and_each_of_them_is_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    bench = runpy.run_path(str(ROOT / "bench" / "rule_cost.py"))
    facts = bench["read"](ROOT / "examples" / "customer-360")
    spent: defaultdict[str, float] = defaultdict(float)
    found = collect_hits(facts, bench["clocked"](pages(), spent))
    assert found == collect_hits(facts, pages())
    assert {rule for rule, _ in found.hits} <= spent.keys()
    assert all(page.id in spent for page in pages() if page.rule.project_checks or page.rule.bundle_checks)
    assert len(found.hits) > 10
