"""docs/evals.md is of the cases that are locked."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_names_the_dataset_that_is_locked() -> None:
    lock = json.loads((ROOT / "evals" / "databricks-review" / "LOCK.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "evals.md").read_text(encoding="utf-8")
    assert f"{lock['version']} (sha256 `{lock['sha256'][:12]}`)" in " ".join(page.split())
