"""Search hyperparameters with Optuna, then train once with the best. Adapt `objective`; keep the seed, the limits
and the split.

Needs Databricks for `MlflowSparkStudy` (trials on executors). On one machine `optuna.create_study(direction=...,
sampler=...)` takes its place.
"""

from __future__ import annotations

import mlflow
import optuna
import pandas as pd
from mlflow.optuna.storage import MlflowStorage
from mlflow.pyspark.optuna.study import MlflowSparkStudy
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

SEED = 7
TRIALS = 60
TIMEOUT_SECONDS = 3_600


def search(
    training: pd.DataFrame, validation: pd.DataFrame, features: list[str], label: str, experiment: str
) -> dict[str, float]:
    """The best parameters on the validation rows. The test rows are not an argument, so no trial can see them."""

    def objective(trial: optuna.Trial) -> float:
        model = HistGradientBoostingClassifier(
            learning_rate=trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
            max_leaf_nodes=trial.suggest_int("max_leaf_nodes", 15, 127),
            l2_regularization=trial.suggest_float("l2_regularization", 1e-6, 10.0, log=True),
            random_state=SEED,
        )
        model.fit(training[features], training[label])
        # A loss, since the study minimises by default and the MLflow of Databricks Runtime 18 ML takes no direction.
        return 1 - float(roc_auc_score(validation[label], model.predict_proba(validation[features])[:, 1]))

    experiment_id = mlflow.set_experiment(experiment).experiment_id
    study = MlflowSparkStudy(
        study_name="churn",
        storage=MlflowStorage(experiment_id=experiment_id),
        sampler=optuna.samplers.TPESampler(seed=SEED),
    )
    study.optimize(objective, n_trials=TRIALS, timeout=TIMEOUT_SECONDS, n_jobs=4)
    return dict(study.best_params)
