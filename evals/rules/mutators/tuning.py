"""Defects of searches and promotions: no end, every trial registered, the test set in the search, no gate."""

from planting import Mutator, edits

_SEARCH = """
# file: src/tune.py
import mlflow
import optuna
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_score


def tune(x_train, y_train, x_test, y_test):
    def objective(trial):
        model = RandomForestClassifier(max_depth=trial.suggest_int("max_depth", 2, 16))
        return cross_val_score(model, x_train, y_train).mean()

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=50)
    best = RandomForestClassifier(**study.best_params).fit(x_train, y_train)
    mlflow.log_metric("f1", f1_score(y_test, best.predict(x_test)))
    return best
"""

_PROMOTE = """
# file: src/promote.py
import mlflow
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression


def train(features, labels, holdout, truth):
    model = LogisticRegression().fit(features, labels)
    info = mlflow.sklearn.log_model(model, name="model", input_example=features, registered_model_name="main.ml.churn")
    if model.score(holdout, truth) > 0.8:
        MlflowClient().set_registered_model_alias("main.ml.churn", "champion", info.registered_model_version)
"""


def _of(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="project", clean=clean, edits=edits(*given))


MUTATORS = (
    _of(
        "HPO002",
        _SEARCH,
        (
            "fitted and scored on the test part",
            "return cross_val_score(model, x_train, y_train).mean()",
            "model.fit(x_train, y_train)\n        return model.score(x_test, y_test)§",
        ),
        (
            "predicted on the test part",
            "return cross_val_score(model, x_train, y_train).mean()",
            "fitted = model.fit(x_train, y_train)\n        guessed = fitted.predict(x_test)\n        return f1_score(y_test, guessed)",
        ),
    ),
    _of(
        "HPO003",
        _SEARCH,
        ("neither trials nor time", ", n_trials=50", ""),
        ("only jobs", "n_trials=50", "n_jobs=4"),
    ),
    _of(
        "MLF002",
        _SEARCH,
        (
            "registered by log_model",
            "        return cross_val_score",
            '        mlflow.sklearn.log_model(model, name="m", input_example=x_train, registered_model_name="main.ml.m")\n        return cross_val_score',
        ),
        (
            "registered by its address",
            "        return cross_val_score",
            '        with mlflow.start_run(nested=True) as run:\n            mlflow.register_model(f"runs:/{run.info.run_id}/m", "main.ml.m")\n        return cross_val_score',
        ),
    ),
    _of(
        "MLP002",
        _PROMOTE,
        (
            "no condition",
            "    if model.score(holdout, truth) > 0.8:\n        MlflowClient()",
            "    mlflow.log_metric('score', model.score(holdout, truth))\n    MlflowClient()",
        ),
        (
            "a client in a variable",
            "    if model.score(holdout, truth) > 0.8:\n        MlflowClient()",
            "    client = MlflowClient()\n    client",
        ),
        (
            "by keywords",
            '    if model.score(holdout, truth) > 0.8:\n        MlflowClient().set_registered_model_alias("main.ml.churn", "champion", info.registered_model_version)',
            '    MlflowClient().set_registered_model_alias(name="main.ml.churn", alias="production", version=info.registered_model_version)',
        ),
    ),
)
