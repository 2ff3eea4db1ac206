"""The profile reads columns that the table has, runs on a schedule, and an alarm names what a person needs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytest.importorskip("databricks.sdk", reason="not run: databricks-sdk is not installed here")

from template_part import watched
from template_part.profile import profile

ROOT = Path(__file__).parent.parent
RESOURCES = yaml.safe_load((ROOT / "resources" / "template_part.job.yml").read_text())["resources"]
CONFIG = profile("schema-id", "ml.logs.baseline", "team@example.com")


def test_the_profile_has_moment_version_prediction_and_baseline() -> None:
    log = CONFIG.inference_log

    assert [log.timestamp_column, log.model_id_column, log.prediction_column] == watched.columns()[:3]
    assert log.label_column == (watched.LABEL or None)
    assert CONFIG.baseline_table_name == "ml.logs.baseline"


def test_it_is_refreshed_and_a_failed_refresh_is_told() -> None:
    assert CONFIG.schedule.quartz_cron_expression
    assert CONFIG.notification_settings.on_failure.email_addresses == ["team@example.com"]


def test_each_alarm_is_explained_by_the_runbook() -> None:
    runbook = (ROOT / "RUNBOOK.md").read_text()

    names = [alert["display_name"] for alert in RESOURCES["alerts"].values()]
    assert names and not [name for name in names if name not in runbook]


def test_an_alarm_of_drift_asks_for_two_windows_the_version_and_the_threshold_of_the_column() -> None:
    query = RESOURCES["alerts"]["drift"]["query_text"]

    for needed in (watched.VERSION, "threshold.distance", "threshold.minimum_rows", "count(*) = 2"):
        assert needed in query
