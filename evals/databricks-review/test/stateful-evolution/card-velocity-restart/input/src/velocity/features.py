"""Features of card authorisations."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor, StatefulProcessorHandle
from pyspark.sql.types import BooleanType, LongType, StringType, StructField, StructType

NEW_MERCHANTS = StructType([StructField("card_token", StringType()), StructField("new_merchants", LongType())])


def velocity(authorisations: DataFrame) -> DataFrame:
    """Authorisations of a card in a merchant country, per ten minutes, sliding by one."""
    return (
        authorisations.withWatermark("authorised_at", "15 minutes")
        .groupBy(F.window("authorised_at", "10 minutes", "1 minute"), "card_token", "merchant_country")
        .agg(F.count("*").alias("authorisations"), F.sum("amount_minor").alias("amount_minor"))
        .select(F.col("window.start").alias("window_start"), "card_token", "merchant_country", "authorisations", "amount_minor")
    )


class MerchantMemory(StatefulProcessor):
    """Remembers the merchants that a card has met."""

    def init(self, handle: StatefulProcessorHandle) -> None:
        merchant = StructType([StructField("merchant_id", StringType())])
        met = StructType([StructField("met", BooleanType())])
        self._merchants = handle.getMapState("merchants", merchant, met)

    def handleInputRows(self, key: tuple[str], rows: Iterator[pd.DataFrame], timerValues: Any) -> Iterator[pd.DataFrame]:
        first_meetings = 0
        for frame in rows:
            for merchant_id in frame["merchant_id"].drop_duplicates():
                first_meetings += not self._merchants.containsKey((merchant_id,))
                self._merchants.updateValue((merchant_id,), (True,))
        yield pd.DataFrame({"card_token": [key[0]], "new_merchants": [first_meetings]})

    def close(self) -> None:
        """Nothing to release."""


def new_merchants(authorisations: DataFrame) -> DataFrame:
    """Merchants that a card meets for the first time, per micro-batch."""
    return authorisations.groupBy("card_token").transformWithStateInPandas(
        statefulProcessor=MerchantMemory(),
        outputStructType=NEW_MERCHANTS,
        outputMode="append",
        timeMode="ProcessingTime",
    )
