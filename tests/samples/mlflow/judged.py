"""Run by the environment with the whole of MLflow: the logged models that the tests of the model commands judge.

Usage: python judged.py TRACKING_URI. It prints `name run-id model-id`, one a line.
"""

import sys

import mlflow
import pandas
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
            input_example=None if bare else ROWS.head(2),
            pip_requirements=requirements or pinned(),
        )
        if data is not None:
            mlflow.log_input(data, context=context)
        for key, value in metrics.items():
            mlflow.log_metric(key, value, dataset=data, model_id=info.model_id)
    return f"{name} {run.info.run_id} {info.model_id}"


def main() -> None:
    mlflow.set_tracking_uri(sys.argv[1])
    mlflow.set_experiment("/Shared/judged")
    slices = {"auc/region:north": 0.80, "auc/region:south": 0.80}
    lines = [
        logged("first", 1.0, {"auc": 0.80, "log_loss": 0.50, **slices}),
        logged("better", 0.5, {"auc": 0.85, "log_loss": 0.40, **slices}),
        logged("worse", 0.1, {"auc": 0.70, "log_loss": 0.60, **slices}),
        logged("elsewhere", 0.2, {"auc": 0.99}, OTHER),
        logged("sliced", 0.3, {"auc": 0.86, **slices, "auc/region:south": 0.60}),
        logged("loose", 0.4, {"auc": 0.87}, requirements=["mlflow", "scikit-learn>=1.0", "no-such-package==1.0"]),
        logged("bare", 0.6, {"auc": float("nan")}, None, bare=True),
        logged("trained", 0.7, {"auc": 1.0}, context="training"),
    ]
    print("\n".join(f"judged {line}" for line in lines))


main()
