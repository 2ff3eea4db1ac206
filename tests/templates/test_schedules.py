"""A scaffolded project starts by itself in production only.

The CLI pauses a schedule of a development target, or of one with the preset, only where the job does not say itself
whether it is paused: an explicit `UNPAUSED` runs in everybody's copy (`apply_presets.go` of the Databricks CLI).
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.templates import scaffolding

TEMPLATES = scaffolding.ROOT / "plugins" / "databricks-engineering" / "templates"
NAMES = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def started(resources: Path) -> dict[str, object]:
    """What starts each job by itself, by its key."""
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(resources.glob("*.yml"))]
    jobs = [item for document in documents for item in document["resources"].get("jobs", {}).items()]
    return {key: job.get("schedule") or job.get("trigger") for key, job in jobs}


@pytest.mark.parametrize("template", NAMES)
def test_no_job_overrules_the_pause_of_development_and_staging(template: str) -> None:
    starts = started(TEMPLATES / template / "resources")
    assert any(starts.values())
    assert [key for key, start in starts.items() if "pause_status" in str(start)] == []
    targets = yaml.safe_load((TEMPLATES / template / "databricks.yml").read_text(encoding="utf-8"))["targets"]
    assert targets["dev"]["mode"] == "development"
    assert targets["staging"]["presets"]["trigger_pause_status"] == "PAUSED"
    assert targets["prod"]["mode"] == "production"
