"""What tracking and the gate must guarantee, on a real local MLflow store."""

from __future__ import annotations

from pathlib import Path

import churn_tracking as churn
import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


@pytest.fixture
def split(tmp_path: Path) -> churn.Split:
    churn.use_local_store(tmp_path)
    return churn.customers()


def test_first_version_that_beats_chance_becomes_champion(split: churn.Split) -> None:
    version = churn.train(churn.good_pipeline(), split, "good")

    assert churn.promote_if_better(version, split)
    assert str(MlflowClient().get_model_version_by_alias("churn", "champion").version) == version


def test_version_that_is_worse_leaves_the_alias_and_carries_the_refusal(split: churn.Split) -> None:
    champion = churn.train(churn.good_pipeline(), split, "good")
    churn.promote_if_better(champion, split)

    challenger = churn.train(churn.constant_pipeline(), split, "constant")

    assert not churn.promote_if_better(challenger, split)
    assert str(MlflowClient().get_model_version_by_alias("churn", "champion").version) == champion
    assert MlflowClient().get_model_version("churn", challenger).tags["gate"] == "refused"


def test_registered_model_has_a_signature_and_refuses_a_request_without_a_column(split: churn.Split) -> None:
    version = churn.train(churn.good_pipeline(), split, "good")
    model = mlflow.pyfunc.load_model(f"models:/churn/{version}")

    assert [column.name for column in model.metadata.signature.inputs] == churn.FEATURES
    with pytest.raises(MlflowException, match="tenure_months"):
        model.predict(split.holdout[["orders_90d", "support_calls_90d"]])
