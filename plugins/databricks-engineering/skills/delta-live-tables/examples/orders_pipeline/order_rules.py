"""What an order must satisfy, as data: one place for the pipeline, its quarantine table and its tests."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

RULES = {
    "has_order_id": "order_id IS NOT NULL",
    "has_customer": "customer_id IS NOT NULL",
    "amount_in_range": "amount BETWEEN 0 AND 100000",
    "known_status": "status IN ('placed', 'paid', 'cancelled')",
}

SCHEMA = """
    order_id STRING, customer_id STRING, amount DECIMAL(12, 2), status STRING,
    ordered_at TIMESTAMP, changed_at TIMESTAMP
"""


def broken_rules() -> Column:
    """Names of the rules that a row breaks; an unknown (NULL) answer counts as broken."""
    checks = [F.when(F.coalesce(F.expr(rule), F.lit(False)), None).otherwise(name) for name, rule in RULES.items()]
    return F.array_compact(F.array(*checks))


def checked(orders: DataFrame) -> DataFrame:
    """The orders with the names of the rules that each one breaks, in `broken`."""
    return orders.withColumn("broken", broken_rules())
