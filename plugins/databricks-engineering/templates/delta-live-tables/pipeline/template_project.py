"""What an order is and what makes it valid, as functions of frames: the pipeline declares, this is what it calls."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


def field(name: str, kind: T.DataType, comment: str) -> T.StructField:
    """A column whose comment goes with it into the tables that are made of it."""
    return T.StructField(name, kind, metadata={"comment": comment})


SCHEMA = T.StructType(
    [
        field("order_id", T.StringType(), "Key"),
        field("customer_id", T.StringType(), "Who ordered: the number of the customer, no name"),
        field("status", T.StringType(), "placed, paid or cancelled"),
        field("amount", T.DecimalType(12, 2), "EUR, 0 to 100000"),
        field("ordered_at", T.TimestampType(), "When the customer ordered (UTC)"),
        field("changed_at", T.TimestampType(), "When the source changed it (UTC)"),
    ]
)

# Each rule says what must be true, and says it for NULL too. The event log counts by its name, quarantine shows it.
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
    """The judged lines that break a rule, as they came."""
    return rows.filter(F.size("broken") > 0).select("raw", "broken", "source_file", "ingested_at")


def valid(rows: DataFrame) -> DataFrame:
    """The judged lines that break no rule; each is one change of an order."""
    return rows.filter(F.size("broken") == 0)


def daily_revenue(orders: DataFrame) -> DataFrame:
    """Revenue and number of paid orders: one row a day, of the session's time zone, that has one."""
    paid = orders.filter(F.col("status") == "paid")
    return paid.groupBy(F.to_date("ordered_at").alias("order_date")).agg(
        F.sum("amount").alias("revenue"), F.count("*").alias("orders")
    )
