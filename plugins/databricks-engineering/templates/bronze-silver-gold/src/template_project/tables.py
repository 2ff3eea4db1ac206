"""The tables: their names, their definitions, and every write that needs Delta.

The writes are SQL texts. Each may run twice: a merge by key, or the replacement of a range in one commit.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.resources import files

from pyspark.sql import DataFrame, SparkSession

MERGE_ORDERS = """
MERGE INTO IDENTIFIER(:orders) AS target
USING {newest} AS source
ON target.order_id = source.order_id
WHEN MATCHED AND source.changed_at > target.changed_at THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *
"""

REPLACE_REFUSED = """
INSERT INTO IDENTIFIER(:refused) REPLACE WHERE ingested_at >= :since
SELECT raw, broken, source_file, ingested_at FROM {lines}
"""

REPLACE_REVENUE = """
INSERT INTO IDENTIFIER(:revenue) REPLACE WHERE order_date >= :from_day
SELECT order_date, revenue, orders FROM {days}
"""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The full names of the tables of one environment: `landed` is bronze, `revenue` gold, the others are silver."""

    landed: str
    orders: str
    refused: str
    revenue: str

    @classmethod
    def of(cls, *, catalog: str, bronze: str, silver: str, gold: str) -> "Tables":
        """The names in a catalog with one schema a layer."""
        return cls(
            landed=f"{catalog}.{bronze}.orders",
            orders=f"{catalog}.{silver}.orders",
            refused=f"{catalog}.{silver}.orders_quarantine",
            revenue=f"{catalog}.{gold}.daily_revenue",
        )


def definitions() -> list[str]:
    """The statements of `tables.sql`; each names its table by a parameter."""
    text = files("template_project").joinpath("tables.sql").read_text(encoding="utf-8")
    return [statement for statement in text.split(";\n") if statement.strip()]


def create(spark: SparkSession, tables: Tables) -> None:
    """Make the tables that do not exist yet."""
    for statement in definitions():
        spark.sql(statement, asdict(tables))


def merge_orders(spark: SparkSession, newest: DataFrame, tables: Tables) -> None:
    """Bring each order to its newest state; `newest` has one row a key, and an older change never wins."""
    spark.sql(MERGE_ORDERS, {"orders": tables.orders}, newest=newest)


def replace_refused(spark: SparkSession, lines: DataFrame, tables: Tables, since: datetime) -> None:
    """Put the refused lines that arrived from `since` on in the place of those of an earlier attempt."""
    spark.sql(REPLACE_REFUSED, {"refused": tables.refused, "since": since}, lines=lines)


def replace_revenue(spark: SparkSession, days: DataFrame, tables: Tables, from_day: date) -> None:
    """Replace every day from `from_day` on."""
    spark.sql(REPLACE_REVENUE, {"revenue": tables.revenue, "from_day": from_day}, days=days)
