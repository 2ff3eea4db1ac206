"""Runs rules over a project and makes findings of their hits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import TypeVar

from orchestrator.code.facts import Facts
from orchestrator.code.project import Project
from orchestrator.code.python import PythonFile
from orchestrator.code.secrets import masked
from orchestrator.code.source import SourceFile
from orchestrator.rules.catalog import RulePage
from orchestrator.rules.evidence import quote
from orchestrator.rules.rule import Hit
from orchestrator.types import Coverage, Finding, Location, Severity, Standing, Status

RULE_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a faulty rule raises: it costs the run its completeness, never the other rules' findings."""

InputT = TypeVar("InputT")


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The hits of some rules on some files, each with its rule's id, and where a rule failed."""

    hits: tuple[tuple[str, Hit], ...]
    ledger: tuple[Coverage, ...]


def collect_hits(
    facts: Facts,
    selected: Iterable[RulePage],
    *,
    only: frozenset[str] | None = None,
    project_wide: bool = True,
) -> Hits:
    """The hits of the selected rules.

    `only` limits the checks of single files to those paths, and `project_wide=False` leaves out the checks of bundles
    and of the whole project: so several processes share a run.
    """
    run = _Run(facts, tuple(selected), only)
    run.check_python()
    run.check_others()
    if project_wide:
        run.check_project()
    return Hits(hits=tuple(run.hits), ledger=tuple(run.ledger))


@dataclass
class _Run:
    facts: Facts
    pages: tuple[RulePage, ...]
    only: frozenset[str] | None
    hits: list[tuple[str, Hit]] = field(default_factory=list)
    ledger: list[Coverage] = field(default_factory=list)

    def check_python(self) -> None:
        """Every rule on one file, then the next file, so that a large project never stands in memory whole."""
        for file in self.facts.project.python:
            if not self._wanted(file.path):
                continue
            with self.facts.looking_at(file):
                self._check_file(file)

    def _check_file(self, file: PythonFile) -> None:
        for page in self.pages:
            self._run(page, page.rule.python_checks, file.path, file)
        for unit in file.sql_units.values():
            for page in self.pages:
                self._run(page, page.rule.sql_checks, file.path, unit)

    def check_others(self) -> None:
        """Every rule on SQL files and cells, on notebooks and on the plain text of every file."""
        project = self.facts.project
        for page in self.pages:
            for unit in project.sql:
                self._run(page, page.rule.sql_checks, unit.source.path, unit)
            for notebook in project.notebooks:
                self._run(page, page.rule.notebook_checks, notebook.source.path, notebook)
            for source in project.sources:
                self._run(page, page.rule.text_checks, source.path, source)

    def check_project(self) -> None:
        """Every rule on the bundles, and on the project as a whole."""
        for page in self.pages:
            for bundle in self.facts.project.bundles:
                for bundle_check in page.rule.bundle_checks:
                    self._collect(page, bundle.path, partial(bundle_check, bundle, self.facts))
            for check in page.rule.project_checks:
                self._collect(page, "", partial(check, self.facts))

    def _wanted(self, path: str) -> bool:
        return self.only is None or path in self.only

    def _run(
        self, page: RulePage, checks: list[Callable[[InputT, Facts], Iterator[Hit]]], path: str, given: InputT
    ) -> None:
        if checks and self._wanted(path):
            for check in checks:
                self._collect(page, path, partial(check, given, self.facts))

    def _collect(self, page: RulePage, path: str, check: Callable[[], Iterator[Hit]]) -> None:
        try:
            for hit in check():
                symbol = hit.symbol or _symbol(self.facts, hit.location)
                self.hits.append((page.id, replace(hit, symbol=symbol)))
        except RULE_FAULTS as error:
            reason = f"rule {page.id} failed on this file ({type(error).__name__}: {error})"
            self.ledger.append(Coverage(path=path or ".", status=Status.PARTIAL, reason=reason, incomplete=True))


def make_findings(
    project: Project,
    selected: Iterable[RulePage],
    hits: Iterable[tuple[str, Hit]],
    severities: dict[str, Severity] | None = None,
) -> tuple[Finding, ...]:
    """The findings of the hits, in the order of `order`; `severities` replaces a rule's severity by the user's."""
    pages = {page.id: page for page in selected}
    hits = tuple(hits)
    hidden = _hidden(hits)
    seen: set[tuple[str, Location, str]] = set()
    twins: Counter[str] = Counter()
    findings: list[Finding] = []
    for rule_id, hit in sorted(hits, key=_place):
        source = project.by_path.get(hit.location.path)
        same = (rule_id, hit.location, hit.message)
        if same in seen or source is None or hit.location.path in project.context_only:
            continue
        seen.add(same)
        evidence = quote(source, hit.location) or _output(project, hit.location)
        key = "\0".join((rule_id, hit.location.path, hit.symbol, " ".join(evidence.split())))
        twins[key] += 1
        identity = sha256(f"{key}\0{twins[key]}".encode()).hexdigest()[:16]
        finding = _finding(pages[rule_id], hit, source, evidence, identity, severities or {})
        findings.append(_without_secrets(finding, hidden[hit.location.path]))
    return tuple(sorted(findings, key=order))


def _output(project: Project, location: Location) -> str:
    """The first line of what a notebook's cell had shown when it was saved, at the place of that output."""
    found = (output for output in project.outputs.get(location.path, ()) if output.line == location.start_line)
    return next((line for output in found for line in output.text.split("\n") if line.strip()), "")


def _hidden(hits: Iterable[tuple[str, Hit]]) -> defaultdict[str, set[str]]:
    """The values that no report may print, by the file that holds them."""
    hidden: defaultdict[str, set[str]] = defaultdict(set)
    for _, hit in hits:
        hidden[hit.location.path].update(hit.redact)
    return hidden


def _without_secrets(finding: Finding, values: set[str]) -> Finding:
    """The finding as reports may print it; a fix that would write a credential anew is left out."""
    fix = finding.fix
    if fix is not None and any(masked(edit.replacement, values) != edit.replacement for edit in fix.edits):
        fix = None
    evidence, message = masked(finding.evidence, values), masked(finding.message, values)
    return replace(finding, evidence=evidence, message=message, fix=fix)


def _place(pair: tuple[str, Hit]) -> tuple[str, int, str, int, int, int, str]:
    """The order in which twins are counted: the same whichever process or check found a hit first."""
    rule, hit = pair
    at = hit.location
    return at.path, at.start_line, rule, at.start_column, at.end_line, at.end_column or 0, hit.message


def order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    """The order of findings in every report: by place, then by rule."""
    at = finding.location
    return at.path, at.start_line, at.start_column, finding.rule, finding.message, finding.id


def _finding(
    page: RulePage, hit: Hit, source: SourceFile, evidence: str, identity: str, severities: dict[str, Severity]
) -> Finding:
    return Finding(
        id=identity,
        rule=page.id,
        specialists=(page.specialist,),
        severity=severities.get(page.id, hit.severity or page.severity),
        confidence=hit.confidence,
        location=hit.location,
        message=hit.message,
        why=page.why,
        evidence=evidence,
        fix=hit.fix if hit.on_disk or not source.is_jupyter else None,
        references=page.references,
        standing=Standing.VERIFIED if evidence.strip() else Standing.WITHHELD,
    )


def _symbol(facts: Facts, location: Location) -> str:
    """The function or class around a line of Python code, so that a finding keeps its id when lines move."""
    file = facts.project.python_by_path.get(location.path)
    if file is None or file.source.is_jupyter:
        return ""
    return file.symbol_at(location.start_line)
