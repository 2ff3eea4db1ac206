"""What training, the gate and scoring must do, on a real local MLflow store; scoring on local Spark."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from pyspark.sql import SparkSession

from template_project import promote, train
from template_project.score import AmbiguousOrdersError, NoChampionError, champion, score

AS_OF = date(2026, 11, 23)
SOURCE = "template_catalog_dev.sales.labelled_orders"


def orders(count: int = 3_000, *, seed: int = 7, noise: float = 0.0) -> pd.DataFrame:
    """Made-up orders of 300 days until `AS_OF`: who returned often returns again; `noise` replaces labels by chance."""
    random = np.random.default_rng(seed)
    returns = random.poisson(1.0, count).astype("float64")
    amount = random.gamma(2.0, 40.0, count)
    tendency = -2.0 + 1.2 * returns + 0.004 * amount
    labels = random.random(count) < 1 / (1 + np.exp(-tendency))
    return pd.DataFrame(
        {
            "order_id": [f"o-{number}" for number in range(count)],
            "ordered_on": [AS_OF - timedelta(days=int(number * 300 / count)) for number in range(count)],
            "items": random.integers(1, 9, count).astype("float64"),
            "amount_eur": amount.round(2),
            "promised_days": random.integers(1, 6, count).astype("float64"),
            "orders_90d": random.poisson(1.0, count).astype("float64"),
            "returns_90d": returns,
            "returned": np.where(random.random(count) < noise, random.random(count) < 0.5, labels).astype("float64"),
        }
    )


@pytest.fixture(scope="session", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs and registry in one sqlite file, models in one folder beside it: MLflow as it is, without a server."""
    folder = tmp_path_factory.mktemp("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.create_experiment("returns", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("returns")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A registered model for each test."""
    return str(request.node.name)


def trained(rows: pd.DataFrame, name: str) -> str:
    return train.train(rows, source=SOURCE, data_version=12, as_of=AS_OF, model_name=name)


def held_out(rows: pd.DataFrame) -> pd.DataFrame:
    return train.split_by_time(rows, AS_OF).test


def aliases(name: str) -> dict[str, str]:
    """Version by alias; a local store answers with numbers where Unity Catalog answers with texts."""
    held = MlflowClient().get_registered_model(name).aliases
    return {alias: str(version) for alias, version in held.items()}


def test_no_label_of_the_training_part_was_unknown_on_the_first_day_of_the_test_part() -> None:
    split = train.split_by_time(orders(), AS_OF)

    assert max(split.training["ordered_on"]) + timedelta(days=train.RETURN_DAYS) < split.first_test_day
    assert min(split.test["ordered_on"]) == split.first_test_day
    # An order that may still come back is no order that did not.
    assert max(split.test["ordered_on"]) + timedelta(days=train.RETURN_DAYS) < AS_OF
    assert not set(split.training["order_id"]) & set(split.test["order_id"])


@pytest.mark.parametrize("column", ["order_id", "ordered_on", "returned"])
def test_an_order_without_key_day_or_label_stops_the_training(column: str) -> None:
    rows = orders()
    rows.loc[5, column] = None

    with pytest.raises(train.TrainingDataError, match="1 orders without key, day or label"):
        train.split_by_time(rows, AS_OF)


def test_an_order_that_stands_there_twice_and_a_period_without_orders_stop_the_training() -> None:
    rows = orders()

    with pytest.raises(train.TrainingDataError, match="and 1 that stand there already"):
        train.split_by_time(pd.concat([rows, rows.head(1)]), AS_OF)
    with pytest.raises(train.TrainingDataError, match="the test part has 0 orders"):
        train.split_by_time(rows, AS_OF + timedelta(days=100))


def test_a_run_says_what_was_trained_on_what_and_the_model_refuses_an_order_without_a_feature(name: str) -> None:
    version = MlflowClient().get_model_version(name, trained(orders(), name))
    run = MlflowClient().get_run(version.run_id)

    assert run.data.params["gap_days"] == "30"
    assert run.data.metrics["test_auc"] > 0.7
    assert [entry.dataset.name for entry in run.inputs.dataset_inputs] == [SOURCE]
    assert version.tags == {"data_table": SOURCE, "data_version": "12", "as_of": "2026-11-23"}
    model = mlflow.pyfunc.load_model(f"models:/{name}@challenger")
    assert model.metadata.signature.inputs.input_names() == train.FEATURES
    assert model.input_example.columns.to_list() == train.FEATURES
    with pytest.raises(MlflowException, match="items"):
        model.predict(orders()[train.FEATURES[1:]])


def test_training_does_not_promote_and_the_gate_promotes_what_beats_the_baseline(name: str) -> None:
    rows, client = orders(), MlflowClient()
    version = trained(rows, name)
    assert aliases(name).keys() == {"challenger"}

    decision = promote.promote(client, name, version, held_out(rows))

    assert decision.promoted, decision.reason
    assert aliases(name)["champion"] == version
    assert client.get_model_version(name, version).tags["gate"] == "passed"


def test_a_worse_challenger_and_the_champion_itself_are_refused_and_a_better_one_keeps_the_way_back(name: str) -> None:
    rows, client = orders(), MlflowClient()
    first = trained(orders(noise=0.97), name)
    good = trained(rows, name)
    assert promote.promote(client, name, good, held_out(rows)).promoted

    worse = promote.promote(client, name, first, held_out(rows))
    itself = promote.promote(client, name, good, held_out(rows))

    assert "is under 0.005" in worse.reason
    assert "is not compared with itself" in itself.reason
    assert client.get_model_version(name, first).tags["gate_reason"] == worse.reason
    assert aliases(name)["champion"] == good
    assert "previous" not in aliases(name)


def test_the_former_champion_stays_reachable(name: str) -> None:
    rows, client = orders(), MlflowClient()
    first, second = trained(orders(noise=0.97), name), trained(rows, name)
    client.set_registered_model_alias(name, "champion", first)

    assert promote.promote(client, name, second, held_out(rows)).promoted
    assert aliases(name) == {"challenger": second, "champion": second, "previous": first}


def test_a_version_that_says_the_same_of_every_order_is_refused_whatever_its_metric(name: str) -> None:
    rows = orders()
    constant = trained(rows.assign(**dict.fromkeys(train.FEATURES, 1.0)), name)

    decision = promote.promote(MlflowClient(), name, constant, held_out(rows))

    assert decision.reason == f"version {constant}: it says the same of every order"
    assert "champion" not in aliases(name)


@pytest.mark.parametrize(
    ("challenger", "former", "promoted"),
    [
        ({"all": 0.80}, {"all": 0.79}, True),
        ({"all": 0.80}, {"all": 0.80}, False),
        ({"all": 0.80}, None, True),
        ({"all": 0.55}, None, False),
        ({"all": 0.82, "new customers": 0.70}, {"all": 0.80, "new customers": 0.73}, False),
        ({"all": 0.82, "new customers": 0.70}, {"all": 0.80, "new customers": 0.71}, True),
    ],
)
def test_the_gate_demands_the_margin_and_no_slice_that_falls(
    challenger: dict[str, float], former: dict[str, float] | None, promoted: bool
) -> None:
    assert promote.decide(challenger, former).promoted is promoted


def test_scoring_without_a_champion_says_what_to_do(name: str) -> None:
    trained(orders(), name)

    with pytest.raises(NoChampionError, match="run the training job first"):
        champion(MlflowClient(), name)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small session for all tests."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark may bind an address that nothing can reach
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the first python3 of the path runs the model
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_each_order_is_scored_once_by_the_champion_as_the_model_itself_would(spark: SparkSession, name: str) -> None:
    version = trained(orders(), name)
    rows = orders(20)[["order_id", *train.FEATURES]]
    rows.loc[3, "amount_eur"] = None
    keyless = rows.head(1).assign(order_id=None)
    frame = spark.createDataFrame(pd.concat([rows, keyless]).astype(object).where(lambda cells: cells.notna(), None))

    predicted = score(spark, frame, name, version, AS_OF).orderBy("order_id").toPandas()

    expected = mlflow.pyfunc.load_model(f"models:/{name}/{version}").predict(rows[train.FEATURES])[:, 1]
    by_order = dict(zip(rows["order_id"], expected, strict=True))
    assert predicted["order_id"].to_list() == sorted(by_order)
    assert predicted["return_probability"].to_list() == pytest.approx([by_order[key] for key in sorted(by_order)])
    assert set(predicted["model_version"]) == {int(version)}
    assert set(predicted["scored_on"]) == {AS_OF}


def test_an_order_with_two_rows_is_not_scored_by_chance(spark: SparkSession, name: str) -> None:
    version = trained(orders(), name)
    row = orders(1)[["order_id", *train.FEATURES]]

    with pytest.raises(AmbiguousOrdersError):
        score(spark, spark.createDataFrame(pd.concat([row, row.assign(items=2.0)])), name, version, AS_OF)


def test_the_tasks_train_then_judge_the_challenger_on_what_was_held_out_and_fail_where_it_is_refused(
    spark: SparkSession, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions_read = []

    def read_orders(_spark: SparkSession, _table: str, version: int) -> pd.DataFrame:
        versions_read.append(version)
        return orders()

    # What needs Databricks: its registry, and Delta with its versions.
    monkeypatch.setattr(mlflow, "set_registry_uri", lambda _uri: None)
    monkeypatch.setattr(train, "newest_version", lambda _spark, _table: 12)
    monkeypatch.setattr(train, "read_orders", read_orders)
    monkeypatch.setattr(promote, "read_orders", read_orders)
    judged = []
    judge = promote.promote
    monkeypatch.setattr(promote, "promote", lambda *given: judged.append(given[-1]) or judge(*given))
    experiment = mlflow.get_experiment_by_name("returns").experiment_id
    task = ["train", "--table", SOURCE, "--as-of", AS_OF.isoformat(), "--model", name, "--experiment-id", experiment]

    monkeypatch.setattr(sys, "argv", task)
    train.main()
    monkeypatch.setattr(sys, "argv", ["promote", "--model", name])
    promote.main()

    assert aliases(name) == {"challenger": "1", "champion": "1"}
    assert versions_read == [12, 12]
    assert judged[0]["order_id"].to_list() == held_out(orders())["order_id"].to_list()
    with pytest.raises(SystemExit, match="refused: version 1 is the champion"):
        promote.main()
