"""Check a logged model in its serving form on a local store: `python serving_check.py`. Needs mlflow 3 and scikit-
learn, no network.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import convert_input_example_to_serving_input
from mlflow.pyfunc import PyFuncModel
from sklearn.linear_model import LinearRegression

PAYLOAD_LIMIT_BYTES = 16_000_000


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one request in serving form showed: bytes sent, seconds taken, predictions received."""

    payload_bytes: int
    seconds: float
    predictions: list[float]


def logged_model(folder: Path) -> str:
    """The URI of a small model with a signature, in a sqlite store under `folder`."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = mlflow.create_experiment("serving-check", artifact_location=(folder / "artifacts").as_uri())
    rows = pd.DataFrame({"orders": [1.0, 2.0, 3.0], "returns": [0.0, 1.0, 0.0]})
    model = LinearRegression().fit(rows, [10.0, 18.0, 30.0])
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.sklearn.log_model(model, name="value", input_example=rows, pip_requirements=["scikit-learn"])
    return str(info.model_uri)


def answer(model: PyFuncModel, body: str) -> list[float]:
    """The predictions for one JSON body as a caller would send it.

    Raises:
        ValueError: the body holds neither dataframe_split nor dataframe_records.
        MlflowException: the rows do not match the model's signature.
    """
    request = json.loads(body)
    if "dataframe_split" in request:
        split = request["dataframe_split"]
        rows = pd.DataFrame(split["data"], columns=split["columns"])
    elif "dataframe_records" in request:
        rows = pd.DataFrame(request["dataframe_records"])
    else:
        raise ValueError(f"the body has {', '.join(request)}; send dataframe_split or dataframe_records")
    return [float(value) for value in model.predict(rows)]


def check(model_uri: str) -> Check:
    """One request made of the model's own input example.

    Raises:
        ValueError: the model has no signature or no example, or its example is larger than an endpoint takes.
    """
    model = mlflow.pyfunc.load_model(model_uri)
    example = model.input_example
    if model.metadata.signature is None or example is None:
        raise ValueError(f"{model_uri} has no signature or no input example; log it again with input_example=")
    body = convert_input_example_to_serving_input(example)
    size = len(body.encode())
    if size > PAYLOAD_LIMIT_BYTES:
        raise ValueError(f"the example is {size:,} bytes; an endpoint takes {PAYLOAD_LIMIT_BYTES:,}")
    start = time.perf_counter()
    predictions = answer(model, body)
    return Check(payload_bytes=size, seconds=time.perf_counter() - start, predictions=predictions)


def refused(model_uri: str, records: list[dict[str, object]]) -> str:
    """The sentence with which the model refuses these records.

    Raises:
        AssertionError: it accepted them.
    """
    model = mlflow.pyfunc.load_model(model_uri)
    try:
        predictions = answer(model, json.dumps({"dataframe_records": records}))
    except MlflowException as error:
        return str(error.message)
    raise AssertionError(f"accepted {records}: {predictions}")


def main(folder: Path) -> None:
    """Log, check, and see that a request without a column is refused by name."""
    uri = logged_model(folder)
    result = check(uri)
    print(f"{result.payload_bytes} bytes, {result.seconds:.4f} s, predictions {result.predictions}")
    assert len(result.predictions) == 3
    sentence = refused(uri, [{"orders": 1.0}])
    print(f"refused: {sentence}")
    assert "returns" in sentence


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place))
