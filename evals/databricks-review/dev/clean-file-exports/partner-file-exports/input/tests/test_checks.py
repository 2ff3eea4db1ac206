"""The checks refuse what must not leave the house."""

from decimal import Decimal

import pytest
from exports.checks import check_prices
from pyspark.sql import SparkSession

SCHEMA = "offer_id LONG, price_eur DECIMAL(10,2)"


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    return SparkSession.builder.master("local[1]").getOrCreate()


def test_offer_without_price_is_named(spark: SparkSession) -> None:
    offers = spark.createDataFrame([(1, Decimal("80.00")), (2, None)], SCHEMA)
    with pytest.raises(ValueError, match=r"\[2\]"):
        check_prices(offers)


def test_good_offers_pass(spark: SparkSession) -> None:
    offers = spark.createDataFrame([(1, Decimal("80.00"))], SCHEMA)
    check_prices(offers)
    assert offers.collect()[0].offer_id == 1
