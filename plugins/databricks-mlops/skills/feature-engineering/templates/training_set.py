"""A training set by point-in-time lookup, and a model that carries its lookups. Needs Databricks: the feature
engineering client runs only there.
"""

from __future__ import annotations

from datetime import timedelta

import mlflow
from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup
from pyspark.sql import DataFrame, SparkSession
from sklearn.ensemble import HistGradientBoostingClassifier

FEATURE_TABLE = "prod.features.customer_activity"
LABELS_TABLE = "prod.ml.churn_labels"
MODEL = "prod.ml.churn"
FEATURES = ["orders_90d", "support_calls_90d", "tenure_months"]


def lookups() -> list[FeatureLookup]:
    """The features as of the moment at which production would have asked, and at most 60 days old."""
    return [
        FeatureLookup(
            table_name=FEATURE_TABLE,
            lookup_key="customer_id",
            feature_names=FEATURES,
            timestamp_lookup_key="scored_at",
            lookback_window=timedelta(days=60),
        )
    ]


def train(labels: DataFrame) -> None:
    """Log and register a model whose scoring needs `customer_id` and `scored_at` only; `labels` adds the column
    `churned`.
    """
    client = FeatureEngineeringClient()
    training_set = client.create_training_set(
        df=labels,
        feature_lookups=lookups(),
        label="churned",
        exclude_columns=["customer_id", "scored_at"],
    )
    rows = training_set.load_df().toPandas()
    with mlflow.start_run():
        model = HistGradientBoostingClassifier(random_state=7).fit(rows[FEATURES], rows["churned"])
        client.log_model(
            model=model,
            artifact_path="churn",  # this client's own parameter; `name` belongs to mlflow.<flavor>.log_model
            flavor=mlflow.sklearn,
            training_set=training_set,
            registered_model_name=MODEL,
        )


def score(client: FeatureEngineeringClient, customers: DataFrame) -> DataFrame:
    """Predictions for `customer_id` and `scored_at`; a feature column left in the frame would be used instead of
    the store's.
    """
    keys = customers.select("customer_id", "scored_at")
    return client.score_batch(model_uri=f"models:/{MODEL}@champion", df=keys)


if __name__ == "__main__":
    mlflow.set_registry_uri("databricks-uc")
    train(SparkSession.builder.getOrCreate().table(LABELS_TABLE))
