"""The same gate with Great Expectations (GX Core 1.x), for a team that has suites in it.

Needs `great-expectations`; tried with 1.24.1. GX calls its rules expectations too; they are no pipeline expectations
and run as a job task over a whole DataFrame.
"""

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.core.expectation_suite import ExpectationSuite
from pyspark.sql import DataFrame

SUITE = ExpectationSuite(
    name="silver_orders",
    expectations=[
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeUnique(column="order_id"),
        gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
        # GX leaves missing values out of the next two: each needs its own NotBeNull.
        gxe.ExpectColumnValuesToNotBeNull(column="amount"),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=100_000),
        gxe.ExpectColumnValuesToBeInSet(column="status", value_set=["placed", "paid", "cancelled"]),
    ],
)


class SuiteFailedError(Exception):
    """A table must not be published; the message names the expectations that failed."""


def check(frame: DataFrame, suite: ExpectationSuite = SUITE) -> None:
    """Return if a Spark DataFrame satisfies the suite.

    Raises: SuiteFailedError with the expectation and column of each failure.
    """
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_spark(name="spark")
    batches = source.add_dataframe_asset(name="table").add_batch_definition_whole_dataframe("all")
    result = batches.get_batch(batch_parameters={"dataframe": frame}).validate(suite)
    failed = [one.expectation_config for one in result.results if not one.success]
    if failed:
        raise SuiteFailedError("; ".join(f"{one.type} {one.kwargs.get('column', '')}".strip() for one in failed))
