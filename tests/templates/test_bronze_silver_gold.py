"""The template bronze-silver-gold: a scaffolded project is whole, explained and clean, and its tests pass on Spark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.templates import scaffolding

TEMPLATE = "bronze-silver-gold"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


def test_it_has_the_files_that_the_marketplace_promises(project: Path) -> None:
    assert len(scaffolding.texts(project)) == 19
