"""Compare a new version with the champion on the same held-out rows and move the alias only if it is better.

Runs as a job task after training, as the identity that owns the model. Exit code 0: promoted; 1: refused, alias
unmoved.
Needs Databricks for the Unity Catalog registry; `examples/test_promote_template.py` runs it on a local one.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import mlflow
import pandas as pd
from mlflow import MlflowClient
from pyspark.sql import SparkSession
from sklearn.metrics import roc_auc_score

LABEL = "churned"
MARGIN = 0.005
BASELINE_AUC = 0.5


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the challenger is promoted, and the sentence that says why."""

    promoted: bool
    reason: str


def decide(
    challenger: float, champion: float | None, margin: float = MARGIN, baseline: float = BASELINE_AUC
) -> Decision:
    """Promotion where the challenger beats the champion, or the baseline if there is none, by at least the margin."""
    reference, name = (baseline, "baseline") if champion is None else (champion, "champion")
    gain = challenger - reference
    if gain < margin:
        return Decision(
            promoted=False,
            reason=f"{challenger:.4f} against {name} {reference:.4f}: a gain of {gain:+.4f} is under {margin}",
        )
    return Decision(promoted=True, reason=f"{challenger:.4f} against {name} {reference:.4f}: a gain of {gain:+.4f}")


def champion_version(client: MlflowClient, name: str) -> str | None:
    """The version that holds the alias, or None where no version has ever been promoted."""
    version = client.get_registered_model(name).aliases.get("champion")
    return None if version is None else str(version)


def auc(model_uri: str, rows: pd.DataFrame) -> float:
    """The area under the ROC curve of a logged classifier on these rows."""
    model = mlflow.sklearn.load_model(model_uri)
    return float(roc_auc_score(rows[LABEL], model.predict_proba(rows.drop(columns=[LABEL]))[:, 1]))


def promote(client: MlflowClient, name: str, version: str, rows: pd.DataFrame) -> Decision:
    """The decision, written onto the version as tags; on promotion `previous` keeps the way back."""
    former = champion_version(client, name)
    champion = None if former is None else auc(f"models:/{name}/{former}", rows)
    decision = decide(auc(f"models:/{name}/{version}", rows), champion)
    client.set_model_version_tag(name, version, "gate", "passed" if decision.promoted else "refused")
    client.set_model_version_tag(name, version, "gate_reason", decision.reason)
    if not decision.promoted:
        return decision
    if former is not None:
        client.set_registered_model_alias(name, "previous", former)
    client.set_registered_model_alias(name, "champion", version)
    return decision


def main() -> None:
    """Parse the task's parameters and decide."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    parser.add_argument("--version", required=True)
    parser.add_argument("--holdout", required=True, help="catalog.schema.table that no training has read")
    arguments = parser.parse_args()
    mlflow.set_registry_uri("databricks-uc")
    rows = SparkSession.builder.getOrCreate().table(arguments.holdout).toPandas()
    decision = promote(MlflowClient(), arguments.model, arguments.version, rows)
    print(decision.reason)
    sys.exit(0 if decision.promoted else 1)


if __name__ == "__main__":
    main()
