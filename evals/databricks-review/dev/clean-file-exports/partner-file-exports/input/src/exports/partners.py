"""Who gets which files."""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Partner:
    """A partner and the folder that its transfer tool empties."""

    code: str
    folder: str


def active_partners(spark: SparkSession, day: date) -> list[Partner]:
    """The partners whose contract runs on the day; there have never been more than thirty."""
    rows = (
        spark.table("travel.contracts.partners")
        .where(F.col("contract_ends") >= F.lit(day))
        .orderBy("partner_code")
        .limit(200)
        .collect()
    )
    return [Partner(code=row.partner_code, folder=row.folder) for row in rows]
