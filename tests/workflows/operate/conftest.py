"""A sandbox of one's own, and one that nobody changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.operate.failing import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A sandbox of one's own, and a folder."""
    with staged(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A sandbox that nobody changes."""
    with staged(tmp_path_factory.mktemp("reading")) as found:
        yield found
