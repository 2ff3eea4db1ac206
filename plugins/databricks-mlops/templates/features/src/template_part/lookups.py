"""How a model gets these features: as of the moment of each label, and not older than the lookback."""

from __future__ import annotations

from datetime import timedelta

from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup
from databricks.feature_engineering.training_set import TrainingSet
from pyspark.sql import DataFrame

from .features import ENTITY, WINDOWS, feature_names

# An entity without an event in the longest window has no newer row: beyond that a value is stale, and null is right.
LOOKBACK = timedelta(days=max(WINDOWS))


def lookups(table: str, moment: str) -> list[FeatureLookup]:
    """The newest row that production could have read at the moment of a label."""
    return [
        FeatureLookup(
            table_name=table,
            lookup_key=ENTITY,
            feature_names=feature_names(),
            timestamp_lookup_key=moment,
            lookback_window=LOOKBACK,
        )
    ]


def training_set(labels: DataFrame, table: str, moment: str, label: str) -> TrainingSet:
    """The labels with their features; keys and moments are no features of a model."""
    return FeatureEngineeringClient().create_training_set(
        df=labels, feature_lookups=lookups(table, moment), label=label, exclude_columns=[*ENTITY, moment]
    )
