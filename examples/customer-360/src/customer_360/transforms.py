"""Pure functions from frames to frames; everything here is tested without a workspace."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def trim_strings(frame: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Trim the columns and turn what is left empty into null."""
    for column in columns:
        trimmed = F.trim(F.col(column))
        frame = frame.withColumn(column, F.when(trimmed != "", trimmed))
    return frame


def normalise_email(column: str) -> Column:
    """Lower case without blanks; null unless it looks like an address."""
    cleaned = F.lower(F.trim(F.col(column)))
    return F.when(cleaned.rlike(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), cleaned)


def normalise_phone(column: str) -> Column:
    """Digits only; null when fewer than eight are left."""
    digits = F.regexp_replace(F.col(column), r"\D", "")
    return F.when(F.length(digits) >= 8, digits)


def keyed_hash(column: Column, key: str) -> Column:
    """A stable pseudonym: SHA-256 over a secret key and the value."""
    return F.sha2(F.concat(F.lit(key), column), 256)


def latest_per_key(frame: DataFrame, keys: Sequence[str], order: Sequence[str]) -> DataFrame:
    """Keep one row per key: the one that is greatest by the columns in `order`."""
    newest_first = Window.partitionBy(*keys).orderBy(*[F.col(column).desc() for column in order])
    return (
        frame.withColumn("_rank", F.row_number().over(newest_first)).filter(F.col("_rank") == 1).drop("_rank")
    )


def clean_customers(frame: DataFrame) -> DataFrame:
    """Normalise contact data and fill the consent flag: no answer means no."""
    return trim_strings(frame, ["email", "phone", "country"]).withColumns(
        {
            "email": normalise_email("email"),
            "phone": normalise_phone("phone"),
            "country": F.upper(F.col("country")),
            "marketing_consent": F.coalesce(F.col("marketing_consent"), F.lit(False)),
        }
    )


def clean_orders(frame: DataFrame) -> DataFrame:
    """Valid orders with a calendar date; cancelled orders stay, with a zero amount."""
    return frame.filter("order_id IS NOT NULL AND customer_id IS NOT NULL").withColumns(
        {
            "order_date": F.to_date("ordered_at"),
            "amount": F.when(F.col("status") == "cancelled", F.lit(0)).otherwise(F.col("amount")),
        }
    )
