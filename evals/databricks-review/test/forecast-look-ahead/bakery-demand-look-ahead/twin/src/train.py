"""Trains one LightGBM model over all shops and products and registers it."""

import sys

import lightgbm as lgb
import mlflow
import numpy as np
import optuna
import pandas as pd
from history import FEATURES, with_history
from mlflow.models import infer_signature
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

SEED = 4711
YEARS_OF_HISTORY = 2


def absolute_error(model: lgb.LGBMRegressor, rows: pd.DataFrame) -> float:
    """Mean absolute error in pieces."""
    return float(np.abs(np.expm1(model.predict(rows[FEATURES])) - rows["quantity"]).mean())


def fit(rows: pd.DataFrame, params: dict[str, float]) -> lgb.LGBMRegressor:
    """Fit on the logarithm, because shops differ by orders of magnitude."""
    return lgb.LGBMRegressor(random_state=SEED, verbosity=-1, **params).fit(rows[FEATURES], np.log1p(rows["quantity"]))


def main() -> None:
    """Search the parameters, fit, measure on held-out rows, register."""
    catalog = sys.argv[1]
    mlflow.set_registry_uri("databricks-uc")
    spark = SparkSession.builder.getOrCreate()

    sales = spark.table(f"{catalog}.sales.daily_quantities")
    holidays = spark.table(f"{catalog}.calendar.holidays")
    weather = spark.table(f"{catalog}.weather.forecast_archive").where("lead_days = 7").select("shop_id", "day", "rain_mm")
    rows = with_history(sales, holidays).join(weather, ["shop_id", "day"], "left")
    rows = rows.where((F.col("day") >= F.add_months(F.current_date(), -12 * YEARS_OF_HISTORY)) & F.col("lag_28").isNotNull())

    newest = F.current_date()
    train_rows = rows.where(F.col("day") < F.date_sub(newest, 112))
    valid_rows = rows.where(F.col("day").between(F.date_sub(newest, 105), F.date_sub(newest, 57)))
    test_rows = rows.where(F.col("day") >= F.date_sub(newest, 49))
    train, valid, test = train_rows.toPandas(), valid_rows.toPandas(), test_rows.toPandas()

    def objective(trial: optuna.Trial) -> float:
        params = {
            "num_leaves": trial.suggest_int("num_leaves", 31, 255),
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
            "n_estimators": trial.suggest_int("n_estimators", 100, 800),
        }
        return absolute_error(fit(train, params), valid)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=SEED))
    study.optimize(objective, n_trials=40)
    model = fit(train, study.best_params)

    mlflow.set_experiment(f"/Shared/{catalog}-demand-forecast")
    with mlflow.start_run(run_name="forecast"):
        mlflow.log_params(study.best_params)
        mlflow.log_metrics({"valid_mae": absolute_error(model, valid), "test_mae": absolute_error(model, test)})
        mlflow.lightgbm.log_model(
            model,
            name="model",
            signature=infer_signature(test[FEATURES], model.predict(test[FEATURES])),
            registered_model_name=f"{catalog}.forecast.demand",
        )


if __name__ == "__main__":
    main()
