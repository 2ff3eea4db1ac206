"""What the tests of hostile projects share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.hostile.examining import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Where a review is run."""
    monkeypatch.chdir(_made(tmp_path / "here"))
    return Bench(folder=_made(tmp_path / "run"), patch=monkeypatch, capture=capsys)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
