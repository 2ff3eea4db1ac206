"""A change that means nothing changes nothing: findings move with the code, keep their ids, and no other appears."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestrator.rules.catalog import RulePage, examples, pages
from orchestrator.types import Finding
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection
from tests.rules.changes import UNRELATED, Files, is_shifted, remarked, renamed, reordered, shifted, turned, with_cells

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "customer-360"
TODAY = dt.date(2026, 11, 23)

Place = tuple[str, str, int, str]


def _files() -> Files:
    paths = sorted(path for path in EXAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8") for path in paths}


EXAMPLE_FILES = _files()
PYTHON = sorted(name for name in EXAMPLE_FILES if name.endswith(".py"))


def _review(files: Files, folder: Path, *, select: str = "ALL", jobs: int = 1) -> tuple[Finding, ...]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    request = Request(path=folder, today=TODAY, selection=Selection(select=(select,)), jobs=jobs)
    return cached_review(request, use_cache=False).review.reported


def _places(found: tuple[Finding, ...], *, moved: int = 0) -> list[Place]:
    """Rule, path, line and id of each finding, the lines of files that were shifted moved back."""
    return sorted(
        (each.rule, each.location.path, each.location.start_line - moved * is_shifted(each.location.path), each.id)
        for each in found
    )


def _ids(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return sorted((each.rule, each.location.path, each.id) for each in found)


def _cases() -> list[ParameterSet]:
    return [pytest.param(page, id=page.id) for page in pages()]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finding, ...]:
    found = _review(EXAMPLE_FILES, tmp_path_factory.mktemp("base"))
    assert len(found) > 20
    return found


def test_unrelated_files_change_nothing(base: tuple[Finding, ...], tmp_path: Path) -> None:
    assert _places(_review({**EXAMPLE_FILES, **UNRELATED}, tmp_path)) == _places(base)


def test_reviewing_with_more_processes_changes_nothing(base: tuple[Finding, ...], tmp_path: Path) -> None:
    assert _places(_review(EXAMPLE_FILES, tmp_path, jobs=2)) == _places(base)


@settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate])  # shrinking takes minutes
@given(lines=st.integers(min_value=1, max_value=60))
def test_lines_before_the_code_move_the_findings(
    base: tuple[Finding, ...], tmp_path_factory: pytest.TempPathFactory, lines: int
) -> None:
    found = _review(shifted(EXAMPLE_FILES, lines), tmp_path_factory.mktemp("shifted"))
    assert _places(found, moved=lines) == _places(base)


def test_names_of_variables_do_not_matter(base: tuple[Finding, ...], tmp_path: Path) -> None:
    changed = {name: renamed(EXAMPLE_FILES[name]) for name in PYTHON}
    files = {**EXAMPLE_FILES, **{name: text for name, text in changed.items() if text is not None}}
    assert files != EXAMPLE_FILES
    assert [place[:3] for place in _places(_review(files, tmp_path))] == [place[:3] for place in _places(base)]


def test_the_order_of_functions_does_not_matter(base: tuple[Finding, ...], tmp_path: Path) -> None:
    changed = {name: reordered(EXAMPLE_FILES[name]) for name in PYTHON}
    files = {**EXAMPLE_FILES, **{name: text for name, text in changed.items() if text is not None}}
    assert files != EXAMPLE_FILES
    assert _ids(_review(files, tmp_path)) == _ids(base)


def _rewritten(files: Files) -> Files:
    return {name: with_cells(name, turned(name, remarked(name, text))) for name, text in files.items()}


def test_remarks_cells_of_prose_and_the_order_of_keys_do_not_matter(base: tuple[Finding, ...], tmp_path: Path) -> None:
    files = _rewritten(EXAMPLE_FILES)
    assert files != EXAMPLE_FILES
    assert _ids(_review(files, tmp_path)) == _ids(base)


@pytest.mark.parametrize("page", _cases())
def test_samples_keep_their_findings(page: RulePage, tmp_path: Path) -> None:
    samples = [each for each in examples(page.text) if not each.before]
    for at, example in enumerate(samples):
        title = f"{example.kind} example {at + 1}"
        before = _review(example.files, tmp_path / f"{at}", select=page.id)
        after = _review({**shifted(example.files, 7), **UNRELATED}, tmp_path / f"{at}-shifted", select=page.id)
        assert _places(after, moved=7) == _places(before), f"{title}, shifted among unrelated files"
        rewritten = _review(_rewritten(example.files), tmp_path / f"{at}-rewritten", select=page.id)
        assert _ids(rewritten) == _ids(before), f"{title}, with remarks and keys the other way round"
