"""What must hold before files leave the house."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

CONTRACT = "travel.contracts.partner_offers_v3"
COLUMNS = ["offer_id", "partner_code", "hotel_id", "arrival", "nights", "price_eur", "changed_at"]


def check_columns(spark: SparkSession) -> None:
    """Stops when the view is not the one that was agreed.

    Raises:
        ValueError: a column is missing, new, or at another place.
    """
    found = [row.col_name for row in spark.sql(f"DESCRIBE TABLE {CONTRACT}").collect()]
    if found != COLUMNS:
        raise ValueError(f"{CONTRACT} has the columns {found}, agreed are {COLUMNS}")


def check_prices(offers: DataFrame) -> None:
    """Stops when prices are missing or negative.

    Raises:
        ValueError: at least one offer has no usable price.
    """
    strange = offers.where(F.col("price_eur").isNull() | (F.col("price_eur") <= 0))
    if not strange.isEmpty():
        examples = [row.offer_id for row in strange.select("offer_id").limit(5).collect()]
        raise ValueError(f"offers without a usable price, for instance {examples}")
