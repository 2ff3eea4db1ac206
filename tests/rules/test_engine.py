"""Findings: their identity, their evidence, and what a faulty rule costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.rules.catalog import RulePage
from orchestrator.rules.engine import collect_hits, make_findings
from orchestrator.rules.rule import Hit, Rule
from orchestrator.types import Edit, Finding, Fix, Severity
from orchestrator.workflows.parallel import hits_in_processes
from tests.code.parsed import project


def page(rule: Rule) -> RulePage:
    return RulePage(rule=rule, specialist="pyspark-optimizer", text="A sentence.\n\nWhy: it costs.")


def calls_rule() -> Rule:
    rule = Rule(id="TST999", name="every-call", severity=Severity.LOW, default=True)

    @rule.on_python
    def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
        for call in file.calls_named("collect"):
            yield Hit(location=file.call_location(call), message=f"{call.name} in {facts.role(file.path)}")

    return rule


def findings(facts: Facts) -> tuple[Finding, ...]:
    rule = page(calls_rule())
    return make_findings(facts.project, [rule], collect_hits(facts, [rule]).hits)


def test_identity_survives_moved_lines_and_changed_indentation(tmp_path: Path) -> None:
    before = findings(project(tmp_path / "a", {"job.py": "def f(df):\n    return df.collect()"}))
    after = findings(
        project(tmp_path / "b", {"job.py": "import os\n\n\ndef f(df):\n    if df:\n        return df.collect()"})
    )
    assert [finding.id for finding in before] == [finding.id for finding in after]
    assert before[0].location.start_line != after[0].location.start_line


def test_identity_differs_by_function_and_by_repetition(tmp_path: Path) -> None:
    text = "def f(df):\n    df.collect()\n    df.collect()\n\ndef g(df):\n    df.collect()"
    assert len({finding.id for finding in findings(project(tmp_path, {"job.py": text}))}) == 3


def test_evidence_is_the_verbatim_line(tmp_path: Path) -> None:
    (finding,) = findings(project(tmp_path, {"job.py": "x = 1\nrows = df.collect()  # all of it"}))
    assert finding.evidence == "rows = df.collect()  # all of it"
    assert finding.location.start_column == 11


def test_a_rule_that_fails_is_a_ledger_entry_and_others_go_on(tmp_path: Path) -> None:
    broken = Rule(id="TST998", name="broken", severity=Severity.LOW, default=True)

    @broken.on_python
    def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
        raise LookupError(f"{file.path} {facts.today}")
        yield

    facts = project(tmp_path, {"job.py": "df.collect()"})
    hits = collect_hits(facts, [page(broken), page(calls_rule())])
    assert [rule for rule, _ in hits.hits] == ["TST999"]
    (entry,) = hits.ledger
    assert entry.incomplete
    assert "TST998 failed" in entry.reason


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    body = "def f(df):\n    return df.collect()\n" + "x = 1\n" * 1_000
    facts = project(tmp_path, {f"src/job{at}.py": body for at in range(9)})
    rule = page(calls_rule())
    alone, shared = hits_in_processes(facts, (rule,), jobs=1), hits_in_processes(facts, (rule,), jobs=2)
    assert make_findings(facts.project, [rule], shared.hits) == make_findings(facts.project, [rule], alone.hits)
    assert len(alone.hits) == 9


def test_the_user_s_severity_replaces_the_rule_s(tmp_path: Path) -> None:
    facts = project(tmp_path, {"job.py": "df.collect()"})
    rule = page(calls_rule())
    hits = collect_hits(facts, [rule]).hits
    (finding,) = make_findings(facts.project, [rule], hits, {"TST999": Severity.CRITICAL})
    assert finding.severity is Severity.CRITICAL


def test_a_finding_off_the_file_is_withheld(tmp_path: Path) -> None:
    facts = project(tmp_path, {"job.py": "df.collect()"})
    rule = page(calls_rule())
    (entry,) = collect_hits(facts, [rule]).hits
    off = replace(entry[1], location=replace(entry[1].location, start_line=99, end_line=99))
    (finding,) = make_findings(facts.project, [rule], [(entry[0], off)])
    assert not finding.counts
    assert facts.today == dt.date(2026, 11, 23)


def secrets_rule() -> Rule:
    rule = Rule(id="TST997", name="every-password", severity=Severity.HIGH, default=True)

    @rule.on_python
    def check(file: PythonFile, _facts: Facts) -> Iterator[Hit]:
        for call in file.calls_named("login"):
            password = file.string(call.argument(0, "password")) or ""
            yield Hit(location=file.call_location(call), message=f"the password is {password}", redact=(password,))

    return rule


def test_evidence_and_messages_of_every_rule_mask_what_one_rule_redacts(tmp_path: Path) -> None:
    facts = project(tmp_path, {"job.py": 'login("hunter2-of-mine").collect()'})
    rules = [page(secrets_rule()), page(calls_rule())]
    found = make_findings(facts.project, rules, collect_hits(facts, rules).hits)
    assert {finding.evidence for finding in found} == {'login("hun…redacted").collect()'}
    assert "the password is hun…redacted" in {finding.message for finding in found}
    assert all(finding.counts for finding in found)


def test_identity_is_that_of_the_true_text(tmp_path: Path) -> None:
    texts = [f'login("hunter2-of-{owner}")' for owner in ("mine", "hers")]
    projects = [project(tmp_path / str(at), {"job.py": text}) for at, text in enumerate(texts)]
    rule = page(secrets_rule())
    found = [make_findings(facts.project, [rule], collect_hits(facts, [rule]).hits)[0] for facts in projects]
    assert [finding.evidence for finding in found] == ['login("hun…redacted")'] * 2
    assert found[0].id != found[1].id


def test_a_fix_that_would_write_a_redacted_value_is_left_out(tmp_path: Path) -> None:
    facts = project(tmp_path, {"job.py": 'login("hunter2-of-mine")'})
    rule = page(secrets_rule())
    (entry,) = collect_hits(facts, [rule]).hits
    edit = Edit(path="job.py", start_line=1, start_column=1, end_line=1, end_column=1, replacement="'hunter2-of-mine'")
    fixed = replace(entry[1], fix=Fix(description="Write it twice", edits=(edit,), safe=True))
    (finding,) = make_findings(facts.project, [rule], [(entry[0], fixed)])
    assert finding.fix is None
