"""A run can be traced and repeated, its model answers as the fitted one did, and nothing leaks into its number."""

from __future__ import annotations

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

pytest.importorskip("template_library", reason="not run: template_library is not installed here")

from made_up import AS_OF, SOURCE, labelled

from template_part import rows
from template_part.model import PARAMETERS, fitted, probabilities
from template_part.rows import parted
from template_part.train import example, measured, train


@pytest.fixture(scope="module")
def version() -> str:
    return train(labelled(), SOURCE, "made_up_model")


def answers(version: str, asked: pd.DataFrame) -> np.ndarray:
    """The probability of 1 as a reader of the registered version gets it."""
    model = mlflow.pyfunc.load_model(f"models:/made_up_model/{version}")
    return np.asarray(model.predict(asked[rows.FEATURES])).reshape(len(asked), -1)[:, -1]


def test_the_run_has_the_rows_their_version_the_parameters_and_the_metrics(version: str) -> None:
    registered = MlflowClient().get_model_version("made_up_model", version)
    run = MlflowClient().get_run(registered.run_id)

    assert {name: run.data.params[name] for name in PARAMETERS} == {k: str(v) for k, v in PARAMETERS.items()}
    assert run.data.params["label_days"] == str(rows.LABEL_DAYS)
    assert [each.dataset.name for each in run.inputs.dataset_inputs] == [SOURCE.table]
    assert registered.tags == SOURCE.tags
    assert run.data.metrics["test_auc"] > 0.8
    assert run.data.metrics["test_brier"] < run.data.metrics["test_brier_baseline"]


def test_training_makes_a_challenger_and_promotes_nothing(version: str) -> None:
    aliases = MlflowClient().get_registered_model("made_up_model").aliases

    assert {name: str(number) for name, number in aliases.items()} == {"challenger": version}


def test_the_stored_model_answers_as_the_fitted_one_and_a_second_training_gives_the_same(version: str) -> None:
    parts = parted(labelled(), AS_OF)
    again = probabilities(fitted(parts, PARAMETERS), parts.test)

    assert answers(version, parts.test) == pytest.approx(again, abs=1e-6)


def test_the_signature_has_the_features_in_order_and_a_request_without_one_is_refused(version: str) -> None:
    model = mlflow.pyfunc.load_model(f"models:/made_up_model/{version}")

    assert model.metadata.signature.inputs.input_names() == rows.FEATURES
    with pytest.raises(MlflowException, match=rows.FEATURES[0]):
        model.predict(labelled(5)[rows.FEATURES].drop(columns=[rows.FEATURES[0]]))


def test_the_stored_example_is_nobodys_row() -> None:
    made = labelled()

    assert not example(made).merge(made, on=rows.FEATURES).shape[0]


def test_a_missing_value_is_answered(version: str) -> None:
    asked = labelled(3)
    asked.loc[1, rows.FEATURES[0]] = np.nan

    assert np.isfinite(answers(version, asked)).all()


def test_labels_of_the_later_parts_change_nothing_that_is_learnt_from_the_training_part() -> None:
    parts = parted(labelled(), AS_OF)
    model = fitted(parts, PARAMETERS)
    turned = labelled()
    turned.loc[parts.test.index, rows.LABEL] = 1 - turned.loc[parts.test.index, rows.LABEL]

    other = fitted(parted(turned, AS_OF), PARAMETERS)

    assert probabilities(other, parts.test) == pytest.approx(probabilities(model, parts.test))
    assert measured(model, parts)["test_auc"] > 0.8
