"""The dated facts: what is supported on a day, what is gone, and that every entry says where it is from."""

from __future__ import annotations

from datetime import date

import pytest

from orchestrator.code.platform import Platform

TODAY = date(2026, 11, 22)


@pytest.fixture(name="platform")
def loaded() -> Platform:
    return Platform.load()


@pytest.mark.parametrize(
    ("version", "support"),
    [
        ("19", "supported"),
        ("17.3", "supported"),
        ("15.4", "supported"),
        ("14.3", "ending"),
        ("13.3", "ended"),
        ("16.2", "ended"),
        ("7.3", "ended"),
        ("18.1", "unknown"),
        ("42.0", "unknown"),
    ],
)
def test_support_of_a_runtime_on_a_day(platform: Platform, version: str, support: str) -> None:
    assert platform.support(version, TODAY) == support


def test_support_lasts_through_its_last_day(platform: Platform) -> None:
    end = platform.end_of_support("13.3")
    assert end == date(2026, 8, 22)
    assert platform.support("13.3", end) == "ending"
    assert platform.support("13.3", date(2026, 8, 23)) == "ended"
    assert platform.support("13.3", date(2026, 5, 24)) == "supported"


def test_runtime_that_is_not_listed_has_no_dates(platform: Platform) -> None:
    assert platform.runtime("16.2") is None
    assert platform.end_of_support("16.2") is None


def test_ml_runtime_says_which_mlflow_it_brings(platform: Platform) -> None:
    runtime = platform.runtime("17.3")
    assert runtime is not None
    assert (runtime.spark, runtime.mlflow, runtime.lts) == ("4.0.0", "3.0.1", True)


def test_removed_module_is_absent_from_its_runtime_on_and_only_where_it_was(platform: Platform) -> None:
    assert platform.removed_from("hyperopt", "17.3", ml=True)
    assert not platform.removed_from("hyperopt", "16.4", ml=True)
    assert not platform.removed_from("hyperopt", "17.3", ml=False)
    assert platform.removed_from("databricks.automl", "18", ml=True)
    assert not platform.removed_from("pandas", "18", ml=True)


def test_feature_is_there_from_its_runtime_on(platform: Platform) -> None:
    assert platform.has_feature("replace_on", "17.3")
    assert not platform.has_feature("replace_on", "16.4")
    assert not platform.has_feature("nonsense", "19")


def test_only_renames_that_keep_the_meaning_are_safe(platform: Platform) -> None:
    safe = {
        f"{field.resource}.{field.path}": field.replacement for field in platform.deprecated_fields if field.safe_rename
    }
    assert safe == {"jobs.environments[].spec.client": "environment_version", ".environments": "targets"}


def test_every_entry_names_its_source_and_a_day_not_after_the_collection_s(platform: Platform) -> None:
    entries = (
        *platform.runtimes.values(),
        *platform.deprecated_fields,
        *platform.removed_apis.values(),
        *platform.features.values(),
        *platform.facts.values(),
        platform.audit_services,
    )
    assert len(entries) > 60
    assert all(str(getattr(entry, "source", "")).startswith("https://") for entry in entries)
    assert all(getattr(entry, "as_of", date.max) <= platform.as_of for entry in entries)


def test_facts_are_read_once(platform: Platform) -> None:
    assert Platform.load() is platform
