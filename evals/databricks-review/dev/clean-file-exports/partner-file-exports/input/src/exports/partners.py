"""Who gets which files."""

from dataclasses import dataclass

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Partner:
    """A partner and the folder that its transfer tool empties."""

    code: str
    folder: str


def active_partners(spark: SparkSession) -> list[Partner]:
    """The partners with a running contract; there have never been more than thirty."""
    rows = (
        spark.table("travel.contracts.partners")
        .where(F.col("contract_ends") >= F.current_date())
        .orderBy("partner_code")
        .limit(200)
        .collect()
    )
    return [Partner(code=row.partner_code, folder=row.folder) for row in rows]
