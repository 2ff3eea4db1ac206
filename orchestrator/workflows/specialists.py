"""What each specialist did: its subject was there and read, there in part, or not there at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from orchestrator.code.project import Project
from orchestrator.rules.catalog import RulePage
from orchestrator.rules.rule import Rule
from orchestrator.types import Coverage, Finding, SpecialistCoverage, Status

ABSENT = "nothing of its subject is here"
NO_RULES = "it has no rules, only an agent: ask it with --model or in Claude Code"
OPT_IN = "none of its rules is selected (it has {rules}): name them with --select, or ask its agent with --model"


def specialist_coverage(
    pages: Iterable[RulePage], project: Project, findings: Iterable[Finding], ledger: Iterable[Coverage]
) -> tuple[SpecialistCoverage, ...]:
    """One line a specialist, by name; partial where a file of a kind that its rules read was not reviewed whole."""
    by_name: dict[str, list[Rule]] = {}
    for page in pages:
        by_name.setdefault(page.specialist, []).append(page.rule)
    found = Counter(name for finding in findings if finding.counts for name in finding.specialists)
    missed = [entry.path for entry in ledger if entry.incomplete]
    return tuple(
        _line(name, rules, found[name], project, [path for path in missed if _concerns(rules, path)])
        for name, rules in sorted(by_name.items())
    )


def without_work(idle: Mapping[str, tuple[str, ...]]) -> tuple[SpecialistCoverage, ...]:
    """A line for each specialist that was asked for and could do nothing: such a review is never clean."""
    return tuple(
        SpecialistCoverage(
            name=name,
            status=Status.SKIPPED,
            rules=0,
            findings=0,
            reason=OPT_IN.format(rules=", ".join(rules)) if rules else NO_RULES,
            incomplete=True,
        )
        for name, rules in idle.items()
    )


def _line(name: str, rules: list[Rule], findings: int, project: Project, missed: list[str]) -> SpecialistCoverage:
    status, reason = Status.FULL, ""
    if missed:
        others = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
        status, reason = Status.PARTIAL, f"not reviewed whole: {missed[0]}{others}"
    elif not any(_has_subject(rule, project) for rule in rules):
        status, reason = Status.SKIPPED, ABSENT
    return SpecialistCoverage(name=name, status=status, rules=len(rules), findings=findings, reason=reason)


def _has_subject(rule: Rule, project: Project) -> bool:
    """Whether the project holds any input for one of the rule's checks."""
    return bool(
        (rule.python_checks and project.python)
        or (rule.sql_checks and (project.sql or any(file.sql_units for file in project.python)))
        or (rule.notebook_checks and project.notebooks)
        or (rule.bundle_checks and project.bundles)
        or (rule.text_checks and project.sources)
        or (rule.project_checks and project.sources)
    )


def _concerns(rules: list[Rule], path: str) -> bool:
    """Whether a file of this name would have been read by some check; a failed rule names no file and concerns all."""
    return any(_reads(rule, path) for rule in rules)


def _reads(rule: Rule, path: str) -> bool:
    if rule.text_checks or rule.project_checks:
        return True
    if path.endswith((".py", ".ipynb")):
        return bool(rule.python_checks or rule.notebook_checks or rule.sql_checks)
    if path.endswith(".sql"):
        return bool(rule.sql_checks or rule.notebook_checks)
    return bool(rule.bundle_checks)
