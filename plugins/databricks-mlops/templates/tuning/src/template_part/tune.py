"""Searches hyperparameters with Optuna by the validation part, then trains once with the best and registers that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import mlflow
import optuna
from mlflow import MlflowClient
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from .model import PARAMETERS, Value, fitted, probabilities
from .rows import FEATURES, LABEL, Parts, Source, parted
from .space import suggested
from .study import opened_study
from .train import opened, options, train

METRIC = "auc"
# Each is a loss, so that the direction is always to minimise.
LOSSES: dict[str, Callable[..., float]] = {
    "auc": lambda labels, scores: 1 - roc_auc_score(labels, scores),
    "average_precision": lambda labels, scores: 1 - average_precision_score(labels, scores),
    "log_loss": lambda labels, scores: log_loss(labels, scores, labels=[0, 1]),
    "brier": brier_score_loss,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When the search ends, whichever comes first."""

    trials: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found: all parameters of the best trial, its loss on the validation part, and its run."""

    parameters: dict[str, Value]
    loss: float
    run_id: str


def loss_of(parts: Parts, trial: optuna.Trial) -> float:
    """The loss of one trial on the validation part, logged under the search. Parameters that cannot be fitted raise."""
    parameters = {**PARAMETERS, **suggested(trial)}
    model = fitted(parts, parameters)
    scores = probabilities(model, parts.validation)
    return float(LOSSES[METRIC](parts.validation[LABEL].to_numpy(dtype=float), scores))


def search(parts: Parts, source: Source, limits: Limits) -> Found:
    """The best parameters. No trial sees a row of the test part: it is taken away before the first.

    Raises: ValueError where no trial came to an end.
    """
    blind = replace(parts, test=parts.test.iloc[0:0])
    with mlflow.start_run(run_name="search") as run:
        mlflow.set_tags(source.tags)
        mlflow.log_params({"metric": METRIC, "trials": limits.trials, "seconds": limits.seconds})
        dataset = mlflow.data.from_pandas(parts.training[[*FEATURES, LABEL]], name=source.table, targets=LABEL)
        mlflow.log_input(dataset, context="training")
        study = opened_study(study_name(source))
        # A trial whose parameters the library refuses has failed: it has no score, and so it cannot win.
        study.optimize(
            lambda trial: loss_of(blind, trial),
            n_trials=limits.trials,
            timeout=limits.seconds,
            catch=(ValueError,),
            callbacks=[keep],
        )
        found = Found(parameters={**PARAMETERS, **study.best_params}, loss=study.best_value, run_id=run.info.run_id)
        mlflow.log_params({f"best_{name}": value for name, value in study.best_params.items()})
        ended = [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
        mlflow.log_metrics({"validation_loss": found.loss, "trials_ended": float(len(ended))})
        return found


def keep(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    """Log a trial as a run below the search; no model is kept, and none is registered."""
    with mlflow.start_run(run_name=f"trial-{trial.number}", nested=True):
        mlflow.set_tags({"study": study.study_name, "state": trial.state.name.lower()})
        mlflow.log_params(trial.params)
        if trial.value is not None:
            mlflow.log_metric("validation_loss", trial.value)


def study_name(source: Source) -> str:
    """A new question gets a new name, so that no former study is resumed with it."""
    return f"template-part-{METRIC}-v{source.version}-{source.as_of.isoformat()}"


def main() -> None:
    """Search, then train once with what was found; the task's parameters say on what and how long."""
    parser = options(__doc__ or "")
    parser.add_argument("--trials", type=int, required=True, help="trials at most")
    parser.add_argument("--timeout", type=int, required=True, help="seconds at most")
    asked = parser.parse_args()
    rows, source = opened(asked)
    found = search(parted(rows, source.as_of), source, Limits(trials=asked.trials, seconds=asked.timeout))
    version = train(rows, source, asked.model, found.parameters)
    MlflowClient().set_model_version_tag(asked.model, version, "search_run", found.run_id)


if __name__ == "__main__":
    main()
