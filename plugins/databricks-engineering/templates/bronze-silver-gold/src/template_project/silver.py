"""Silver: type, judge, split off what is invalid, choose the newest version: functions of frames, tested locally."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

SCHEMA = T.StructType(
    [
        T.StructField("order_id", T.StringType()),
        T.StructField("customer_id", T.StringType()),
        T.StructField("status", T.StringType()),
        T.StructField("amount", T.DecimalType(12, 2)),
        T.StructField("ordered_at", T.TimestampType()),
        T.StructField("changed_at", T.TimestampType()),
    ]
)

# Each rule says what must be true, and says it for NULL too. Its name is what the quarantine table shows.
RULES = {
    "has_order_id": "order_id IS NOT NULL AND trim(order_id) <> ''",
    "has_customer": "customer_id IS NOT NULL AND trim(customer_id) <> ''",
    "known_status": "status IS NOT NULL AND status IN ('placed', 'paid', 'cancelled')",
    "amount_in_range": "amount IS NOT NULL AND amount BETWEEN 0 AND 100000",
    "has_times": "ordered_at IS NOT NULL AND changed_at IS NOT NULL",
    # A change from the future would win over every true one; an hour is for clocks that differ.
    "changed_in_the_past": "changed_at IS NOT NULL AND changed_at <= ingested_at + INTERVAL 1 HOUR",
}


def broken_rules() -> Column:
    """Names of the rules that a row breaks; an unknown (NULL) answer counts as broken."""
    checks = [F.when(F.coalesce(F.expr(rule), F.lit(False)), None).otherwise(name) for name, rule in RULES.items()]
    return F.array_compact(F.array(*checks))


def judged(lines: DataFrame) -> DataFrame:
    """One typed row a landed line, with the rules it breaks; a value of another type is NULL and breaks its rule."""
    order = F.from_json("raw", SCHEMA).alias("order")
    typed = lines.select(order, "raw", "source_file", "ingested_at").select(
        "order.*", "raw", "source_file", "ingested_at"
    )
    return typed.withColumn("broken", broken_rules())


def refused(rows: DataFrame) -> DataFrame:
    """The lines that break a rule, as they came."""
    return rows.filter(F.size("broken") > 0).select("raw", "broken", "source_file", "ingested_at")


def newest(rows: DataFrame) -> DataFrame:
    """The newest valid change of each order; file and text decide ties, so that every run picks the same one."""
    newest_first = Window.partitionBy("order_id").orderBy(
        F.col("changed_at").desc(), F.col("source_file").desc(), F.col("raw").desc()
    )
    ranked = rows.filter(F.size("broken") == 0).withColumn("rank", F.row_number().over(newest_first))
    return ranked.filter("rank = 1").select(*SCHEMA.fieldNames())
