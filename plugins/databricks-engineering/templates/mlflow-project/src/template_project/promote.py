"""Decides whether the challenger becomes the champion: both score the same held-out orders.

Ends with exit code 1 where the challenger is refused; the alias is then where it was.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from pyspark.sql import SparkSession
from sklearn.metrics import roc_auc_score

from template_project.train import FEATURES, LABEL, read_orders, split_by_time

# Fixed before training. Above the noise: the metric of one model moves by about this much from week to week.
MARGIN = 0.005
# The first version has no champion to beat; it must be clearly better than a guess.
BASELINE_AUC = 0.55
# A better mean is not bought with a group of customers.
LARGEST_LOSS = 0.02
FEWEST_OF_A_SLICE = 50


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the challenger is promoted, and the sentence that says why."""

    promoted: bool
    reason: str


def slices(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The groups that are looked at one by one, where there are enough orders and both labels in them."""
    is_new = rows["orders_90d"] == 0
    groups = {"all": rows, "new customers": rows[is_new], "known customers": rows[~is_new]}
    return {
        name: group for name, group in groups.items() if len(group) >= FEWEST_OF_A_SLICE and group[LABEL].nunique() == 2
    }


def aucs(model_uri: str, rows: pd.DataFrame) -> dict[str, float]:
    """The area under the ROC curve of a registered version on each slice, scored as a reader would score it."""
    model = mlflow.pyfunc.load_model(model_uri)
    return {
        name: float(roc_auc_score(group[LABEL], model.predict(group[FEATURES])[:, 1]))
        for name, group in slices(rows).items()
    }


def misbehaviour(model_uri: str, rows: pd.DataFrame) -> str | None:
    """What is wrong with the answers of a version, whatever its metric; None where nothing is."""
    model = mlflow.pyfunc.load_model(model_uri)
    if model.metadata.signature is None:
        return "it has no signature"
    scores = model.predict(rows[FEATURES])[:, 1]
    if not np.isfinite(scores).all() or scores.min() < 0 or scores.max() > 1:
        return "its answers are no probabilities"
    if np.ptp(scores) == 0:
        return "it says the same of every order"
    try:
        model.predict(rows[FEATURES[1:]])
    except MlflowException:
        return None
    return f"it answers although {FEATURES[0]} is missing"


def decide(challenger: dict[str, float], champion: dict[str, float] | None) -> Decision:
    """Promotion for a gain of at least the margin over the champion, or over the baseline, with no slice much worse."""
    name, reference = ("baseline", BASELINE_AUC) if champion is None else ("champion", champion["all"])
    gain = challenger["all"] - reference
    said = f"{challenger['all']:.4f} against {name} {reference:.4f}"
    if gain < MARGIN:
        return Decision(promoted=False, reason=f"{said}: a gain of {gain:+.4f} is under {MARGIN}")
    for group, former in (champion or {}).items():
        if former - challenger[group] > LARGEST_LOSS:
            reason = f"{said}, but {group} fall from {former:.4f} to {challenger[group]:.4f}"
            return Decision(promoted=False, reason=reason)
    return Decision(promoted=True, reason=f"{said}: a gain of {gain:+.4f}")


def promote(client: MlflowClient, name: str, version: str, rows: pd.DataFrame) -> Decision:
    """The decision on this very version, written onto it as tags; on promotion `previous` keeps the way back.

    `rows` are the test part of the challenger's training. A champion is older, so it has not seen them either.
    """
    champion = client.get_registered_model(name).aliases.get("champion")
    decision = _judge(name, version, None if champion is None else str(champion), rows)
    client.set_model_version_tag(name, version, "gate", "passed" if decision.promoted else "refused")
    client.set_model_version_tag(name, version, "gate_reason", decision.reason)
    if decision.promoted:
        if champion is not None:
            client.set_registered_model_alias(name, "previous", champion)
        client.set_registered_model_alias(name, "champion", version)
    return decision


def _judge(name: str, version: str, champion: str | None, rows: pd.DataFrame) -> Decision:
    if version == champion:
        return Decision(promoted=False, reason=f"version {version} is the champion, and is not compared with itself")
    challenger = f"models:/{name}/{version}"
    wrong = misbehaviour(challenger, rows)
    if wrong is not None:
        return Decision(promoted=False, reason=f"version {version}: {wrong}")
    return decide(aucs(challenger, rows), None if champion is None else aucs(f"models:/{name}/{champion}", rows))


def main() -> None:
    """Judge the version that holds the alias `challenger` on the rows that its training held out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    options = parser.parse_args()

    mlflow.set_registry_uri("databricks-uc")
    client = MlflowClient()
    # From here on it is this number: an alias that moves in the meantime changes nothing.
    version = client.get_model_version_by_alias(options.model, "challenger").version
    data = client.get_model_version(options.model, version).tags
    spark = SparkSession.builder.getOrCreate()
    rows = read_orders(spark, data["data_table"], int(data["data_version"]))
    test = split_by_time(rows, date.fromisoformat(data["as_of"])).test
    decision = promote(client, options.model, str(version), test)
    if not decision.promoted:
        raise SystemExit(f"refused: {decision.reason}")


if __name__ == "__main__":
    main()
