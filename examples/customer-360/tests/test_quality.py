from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from customer_360 import quality


def test_null_rates_are_shares(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(1, None), (2, "x")], "id INT, name STRING")
    assert quality.null_rates(frame, ["id", "name"]) == {"id": 0.0, "name": 0.5}


def test_duplicate_keys_fail_the_table(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(1,), (1,)], "id INT")
    with pytest.raises(quality.QualityError, match="duplicate_keys"):
        quality.check_table(frame, ["id"], {"id": 0.0})
