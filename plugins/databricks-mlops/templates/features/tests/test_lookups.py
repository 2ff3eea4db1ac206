"""The lookups ask by the key and the moment. The client runs on Databricks only: elsewhere this is not run."""

from __future__ import annotations

import pytest

pytest.importorskip("databricks.feature_engineering", reason="not run: databricks-feature-engineering is not installed")

from template_part.features import ENTITY, feature_names
from template_part.lookups import LOOKBACK, lookups


def test_a_lookup_has_key_moment_and_lookback() -> None:
    (lookup,) = lookups("ml.features.activity", "asked_at")

    assert lookup.lookup_key == ENTITY
    assert lookup.timestamp_lookup_key == "asked_at"
    assert lookup.feature_names == feature_names()
    assert lookup.lookback_window == LOOKBACK
