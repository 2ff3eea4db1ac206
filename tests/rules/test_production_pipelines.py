"""BND007 on `development: true` of a pipeline: grave where a target in production mode cannot be deployed for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestrator.types import Finding, Severity
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

BUNDLE = """bundle: {name: shop}
variables: {draft: {default: true}}
resources:
  pipelines:
    marts:
      catalog: main
      development: %s
targets:
  dev: {mode: development}
  prod: %s
"""
OVERRIDDEN = "{mode: production, resources: {pipelines: {marts: {development: false}}}}"


def finding(folder: Path, development: str, prod: str) -> Finding:
    (folder / "databricks.yml").write_text(BUNDLE % (development, prod), encoding="utf-8")
    request = Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=("BND007",)))
    (found,) = cached_review(request, use_cache=False).review.reported
    return found


@pytest.mark.parametrize("development", ["true", "${var.draft}"])
def test_a_pipeline_in_development_keeps_a_target_in_production_mode_from_being_deployed(
    tmp_path: Path, development: str
) -> None:
    found = finding(tmp_path, development, "{mode: production}")
    assert found.severity is Severity.HIGH
    assert found.location.start_line == 7
    assert "in target `prod`, which has `mode: production`: the CLI refuses to deploy that" in found.message


@pytest.mark.parametrize("prod", [OVERRIDDEN, "{}", "{mode: development}"])
def test_elsewhere_the_flag_is_only_deprecated(tmp_path: Path, prod: str) -> None:
    found = finding(tmp_path, "true", prod)
    assert found.severity is Severity.LOW
    assert "is deprecated" in found.message
