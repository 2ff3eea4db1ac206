"""The search gets better or stays, never sees the test part, and a trial that fails does not win."""

from __future__ import annotations

from collections.abc import Mapping

import mlflow
import pytest
from mlflow import MlflowClient

for name in ("optuna", "template_library"):
    pytest.importorskip(name, reason=f"not run: {name} is not installed here")

import optuna
from made_up import AS_OF, SOURCE, labelled

from template_part import tune
from template_part.model import PARAMETERS, Model, Value
from template_part.rows import Parts, parted
from template_part.space import suggested
from template_part.train import train
from template_part.tune import Found, Limits, search

TRIALS = 3


def seeded(name: str) -> optuna.Study:
    """Trials run here, one after the other, whatever the job does."""
    return optuna.create_study(study_name=name, sampler=optuna.samplers.TPESampler(seed=7))


def searched(trials: int = TRIALS) -> Found:
    return search(parted(labelled(), AS_OF), SOURCE, Limits(trials=trials, seconds=300))


@pytest.fixture(autouse=True)
def one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "opened_study", seeded)


@pytest.fixture(scope="module")
def found() -> Found:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tune, "opened_study", seeded)
        return searched()


def trials_of(found: Found) -> list[mlflow.entities.Run]:
    """The runs of the trials in the order in which they ran."""
    experiment = MlflowClient().get_run(found.run_id).info.experiment_id
    below = f"tags.`mlflow.parentRunId` = '{found.run_id}'"
    return mlflow.search_runs([experiment], below, output_format="list", order_by=["attributes.start_time"])


def test_each_parameter_of_the_space_is_one_of_the_model() -> None:
    point = suggested(optuna.create_study().ask())

    assert set(point) <= set(PARAMETERS)
    assert {type(value) for value in point.values()} <= {int, float, str, bool}


def test_the_best_is_the_smallest_loss_of_the_trials_and_is_logged(found: Found) -> None:
    losses = [run.data.metrics["validation_loss"] for run in trials_of(found)]

    assert len(losses) == TRIALS
    assert found.loss == pytest.approx(min(losses)) and found.loss <= losses[0]
    assert MlflowClient().get_run(found.run_id).data.metrics["trials_ended"] == TRIALS


def test_no_trial_is_given_a_row_of_the_test_part(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    fit = tune.fitted

    def watched(parts: Parts, parameters: Mapping[str, Value]) -> Model:
        given.append(len(parts.test))
        return fit(parts, parameters)

    monkeypatch.setattr(tune, "fitted", watched)
    searched(1)

    assert given == [0]


def test_a_trial_that_fails_has_no_score_and_does_not_win(monkeypatch: pytest.MonkeyPatch) -> None:
    points = []
    fit = tune.fitted

    def first_fails(parts: Parts, parameters: Mapping[str, Value]) -> Model:
        points.append(parameters)
        if len(points) == 1:
            raise ValueError("refused")
        return fit(parts, parameters)

    monkeypatch.setattr(tune, "fitted", first_fails)
    found = searched(2)

    assert [run.data.tags["state"] for run in trials_of(found)] == ["fail", "complete"]
    assert found.parameters == points[1]


def test_a_search_in_which_every_trial_fails_has_no_best(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> Model:
        raise ValueError(f"refused {len(given)}")

    monkeypatch.setattr(tune, "fitted", fails)

    with pytest.raises(ValueError, match="No trials are completed yet"):
        searched(2)


def test_the_final_fit_uses_what_was_found_and_registers_one_version(found: Found) -> None:
    version = train(labelled(), SOURCE, "tuned_model", found.parameters)

    run = MlflowClient().get_run(MlflowClient().get_model_version("tuned_model", version).run_id)
    used = {name: run.data.params[name] for name in found.parameters}
    assert used == {name: str(value) for name, value in found.parameters.items()}
    assert len(MlflowClient().search_model_versions("name = 'tuned_model'")) == 1
    assert run.data.metrics["test_auc"] > 0.5
