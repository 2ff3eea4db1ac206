"""Every rule's page is its test: `Bad::` is reported, `Good::` is silent, and a safe fix turns Bad into Fixed."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from orchestrator.code.secrets import MASK
from orchestrator.rules.catalog import Example, RulePage, examples, pages
from orchestrator.types import Finding
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.fix import fix_project
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

TODAY = dt.date(2026, 11, 23)


def _request(folder: Path, page: RulePage) -> Request:
    base = "HEAD" if (folder / ".git").exists() else None
    return Request(path=folder, today=TODAY, selection=Selection(select=(page.id,)), base=base)


def _write(folder: Path, example: Example) -> None:
    if example.before:
        _write_files(folder, example.before)
        _git(folder, "init", "-q")
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", "before")
        for name in example.before:
            (folder / name).unlink()
    _write_files(folder, example.files)


def _write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Tess", "-c", "user.email=tess@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


def _findings(folder: Path, page: RulePage) -> tuple[Finding, ...]:
    reviewed = cached_review(_request(folder, page), use_cache=False)
    assert not reviewed.review.incomplete, [entry.reason for entry in reviewed.review.incomplete]
    return reviewed.review.reported


def _cases(kind: str) -> list[ParameterSet]:
    found: list[ParameterSet] = []
    for page in pages():
        chosen = [example for example in examples(page.text) if example.kind == kind]
        found += [pytest.param(page, example, id=f"{page.id}-{at}") for at, example in enumerate(chosen, start=1)]
    return found


@pytest.mark.parametrize(("page", "example"), _cases("bad"))
def test_bad_example_is_reported(page: RulePage, example: Example, tmp_path: Path) -> None:
    _write(tmp_path, example)
    assert [finding.rule for finding in _findings(tmp_path, page)], "the rule is silent on its own bad example"


@pytest.mark.parametrize(("page", "example"), _cases("good"))
def test_good_example_is_silent(page: RulePage, example: Example, tmp_path: Path) -> None:
    _write(tmp_path, example)
    assert [(str(finding.location), finding.message) for finding in _findings(tmp_path, page)] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=page.id) for page in pages()])
def test_safe_fix_silences_the_rule_and_gives_the_fixed_example(page: RulePage, tmp_path: Path) -> None:
    bad = [example for example in examples(page.text) if example.kind == "bad"]
    fixed = [example for example in examples(page.text) if example.kind == "fixed"]
    for at, (before, after) in enumerate(zip(bad, fixed, strict=False)):
        folder = tmp_path / str(at)
        _write(folder, before)
        assert fix_project(_request(folder, page)).changed, "no safe fix was applied"
        assert {name: (folder / name).read_text(encoding="utf-8") for name in after.files} == after.files
        assert _findings(folder, page) == ()


@pytest.mark.parametrize("page", [pytest.param(page, id=page.id) for page in pages()])
def test_page_says_what_why_and_when_it_is_silent(page: RulePage) -> None:
    kinds = {example.kind for example in examples(page.text)}
    assert {"bad", "good"} <= kinds
    assert len(page.summary) <= 120, "the first sentence is too long for a list"
    for section in ("What: ", "Why: ", "Silent when: ", "Source: "):
        assert f"\n{section}" in page.text, f"the page lacks the paragraph {section!r}"


@pytest.mark.parametrize("page", [pytest.param(page, id=page.id) for page in pages()])
def test_finding_quotes_the_file_verbatim(page: RulePage, tmp_path: Path) -> None:
    example = next(example for example in examples(page.text) if example.kind == "bad")
    _write(tmp_path, example)
    for finding in _findings(tmp_path, page):
        lines = (tmp_path / finding.location.path).read_text(encoding="utf-8").split("\n")
        shown = lines[finding.location.start_line - 1 : finding.location.end_line]
        if not finding.location.path.endswith(".ipynb"):
            assert _is_quoted(finding.evidence, "\n".join(shown))


def _is_quoted(evidence: str, lines: str) -> bool:
    """Whether the lines begin with the evidence, where a masked credential stands for any run of characters."""
    return re.match(".*".join(re.escape(part) for part in evidence.split(MASK)), lines) is not None
