"""Run by the environment with the whole of MLflow: the models that the tests of the model commands judge.

Usage: python judged.py TRACKING_URI. It prints name=run id, one a line.
"""

import sys

import mlflow
import pandas
from mlflow import MlflowClient
from mlflow.data.pandas_dataset import PandasDataset
from sklearn.linear_model import LogisticRegression

ROWS = pandas.DataFrame({"visits": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "spend": [5.0, 3.0, 4.0, 1.0, 2.0, 0.0]})
LABEL = [0, 0, 1, 0, 1, 1]
HOLDOUT = mlflow.data.from_pandas(ROWS.assign(churned=LABEL), name="holdout", targets="churned")
OTHER = mlflow.data.from_pandas(ROWS.assign(churned=LABEL).head(4), name="other-holdout", targets="churned")
PINNED = ["mlflow", "scikit-learn", "pandas", "numpy", "skops"]


def pinned() -> list[str]:
    from importlib.metadata import version

    return [f"{name}=={version(name)}" for name in PINNED]


def logged(
    name: str,
    strength: float,
    metrics: dict[str, float],
    data: PandasDataset | None = HOLDOUT,
    *,
    requirements: list[str] | None = None,
    bare: bool = False,
    context: str = "evaluation",
) -> str:
    with mlflow.start_run(run_name=name) as run:
        model = LogisticRegression(C=strength).fit(ROWS, LABEL)
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            registered_model_name=name.partition(" ")[0],
            input_example=None if bare else ROWS.head(2),
            pip_requirements=requirements or pinned(),
        )
        if data is not None:
            mlflow.log_input(data, context=context)
        for key, value in metrics.items():
            mlflow.log_metric(key, value, dataset=data, model_id=info.model_id)
    return run.info.run_id


def main() -> None:
    mlflow.set_tracking_uri(sys.argv[1])
    mlflow.set_experiment("/Shared/judged")
    client = MlflowClient()
    slices = {"auc/region:north": 0.80, "auc/region:south": 0.80}
    runs = {
        "first": logged("churn first", 1.0, {"auc": 0.80, "log_loss": 0.50, **slices}),
        "better": logged("churn better", 0.5, {"auc": 0.85, "log_loss": 0.40, **slices}),
        "worse": logged("churn worse", 0.1, {"auc": 0.70, "log_loss": 0.60, **slices}),
        "elsewhere": logged("churn elsewhere", 0.2, {"auc": 0.99}, OTHER),
        "sliced": logged("churn sliced", 0.3, {"auc": 0.86, **slices, "auc/region:south": 0.60}),
        "loose": logged("churn loose", 0.4, {"auc": 0.87}, requirements=["mlflow", "scikit-learn>=1.0", "pandas"]),
        "bare": logged("churn bare", 0.6, {"auc": 0.88}, None, bare=True),
        "trained": logged("churn trained", 0.7, {"auc": 1.0}, context="training"),
        "alone": logged("fresh alone", 0.8, {"auc": 0.81}),
    }
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "challenger", "2")
    first = client.get_model_version("churn", "1")
    client.create_model_version("churn", first.source, first.run_id, model_id=first.source.removeprefix("models:/"))
    print("\n".join(f"{name}={run_id}" for name, run_id in runs.items()))


main()
