"""Decides whether a new version becomes the champion: both score the same held-out rows, now, by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.metrics import roc_auc_score

from .rows import FEATURES, LABEL, Source

# Fixed before training, and above the noise of the metric from week to week.
MARGIN = 0.005
# The first version has no champion to beat; it must be clearly better than a guess.
BASELINE_AUC = 0.55


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the version is promoted, and the sentence that says why."""

    promoted: bool
    reason: str


def decide(challenger: float, champion: float | None) -> Decision:
    """Promotion for a gain of at least the margin over the champion, or over the baseline where there is none."""
    name, reference = ("baseline", BASELINE_AUC) if champion is None else ("champion", champion)
    if not np.isfinite([challenger, reference]).all():
        return Decision(promoted=False, reason=f"{challenger} against {name} {reference}: not both are numbers")
    gain = challenger - reference
    said = f"{challenger:.4f} against {name} {reference:.4f}: a gain of {gain:+.4f}"
    return Decision(promoted=gain >= MARGIN, reason=said if gain >= MARGIN else f"{said} is under {MARGIN}")


def answers(model_uri: str, rows: pd.DataFrame) -> np.ndarray:
    """The probability of 1 for each row, asked as a reader would ask."""
    answer = mlflow.pyfunc.load_model(model_uri).predict(rows[FEATURES])
    return np.asarray(answer, dtype=float).reshape(len(rows), -1)[:, -1]


def misbehaviour(model_uri: str, rows: pd.DataFrame) -> str | None:
    """What is wrong with the answers of a version, whatever its metric; None where nothing is."""
    scores = answers(model_uri, rows)
    if not np.isfinite(scores).all() or scores.min() < 0 or scores.max() > 1:
        return "its answers are no probabilities"
    if np.ptp(scores) == 0:
        return "it says the same of every row"
    try:
        mlflow.pyfunc.load_model(model_uri).predict(rows[FEATURES].drop(columns=FEATURES[:1]))
    except MlflowException:
        return None
    return f"it answers although {FEATURES[0]} is missing"


def promote(client: MlflowClient, name: str, version: str, rows: pd.DataFrame) -> Decision:
    """The decision on this very version, written onto it as tags; on promotion `previous` keeps the way back.

    Tried again after a promotion it changes nothing: a champion is not compared with itself.
    """
    former = client.get_registered_model(name).aliases.get("champion")
    if former is not None and str(former) == version:
        return Decision(promoted=True, reason=f"version {version} is the champion already")
    decision = _judged(name, version, None if former is None else str(former), rows)
    client.set_model_version_tag(name, version, "gate", "passed" if decision.promoted else "refused")
    client.set_model_version_tag(name, version, "gate_reason", decision.reason)
    if decision.promoted:
        if former is not None:
            client.set_registered_model_alias(name, "previous", str(former))
        client.set_registered_model_alias(name, "champion", version)
    return decision


def source_of(client: MlflowClient, name: str, version: str) -> Source:
    """The rows that a version was trained on and judged by, as its own tags say."""
    tags = client.get_model_version(name, version).tags
    return Source(table=tags["data_table"], version=int(tags["data_version"]), as_of=date.fromisoformat(tags["as_of"]))


def _judged(name: str, version: str, champion: str | None, rows: pd.DataFrame) -> Decision:
    if rows.empty or rows[LABEL].nunique() != 2:
        return Decision(promoted=False, reason=f"{len(rows)} held-out rows and not both labels: nothing to judge by")
    wrong = misbehaviour(f"models:/{name}/{version}", rows)
    if wrong is not None:
        return Decision(promoted=False, reason=f"version {version}: {wrong}")
    scores = [None if each is None else _auc(f"models:/{name}/{each}", rows) for each in (version, champion)]
    return decide(scores[0], scores[1])


def _auc(model_uri: str, rows: pd.DataFrame) -> float:
    return float(roc_auc_score(rows[LABEL], answers(model_uri, rows)))
