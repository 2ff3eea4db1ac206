"""The entry point of the wheel: one step of the job. It needs Databricks: Auto Loader, volumes, Delta."""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from template_project import bronze, checks, gold, silver, tables
from template_project.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run works on: its tables and folders, its day (UTC), and how many days before it are looked at again."""

    tables: Tables
    landing: str
    checkpoints: str
    day: date
    overlap_days: int
    late_days: int

    @property
    def since(self) -> datetime:
        """The time of arrival from which silver reads lines; a line that is read twice does no harm."""
        return datetime.combine(self.day - timedelta(days=self.overlap_days), time.min, tzinfo=UTC)

    @property
    def from_day(self) -> date:
        """The first day of gold that is computed again."""
        return self.day - timedelta(days=self.late_days)


def judged(spark: SparkSession, run: Run, since: datetime) -> DataFrame:
    """The lines that arrived from a time on, typed and judged."""
    arrived = spark.read.table(run.tables.landed).filter(F.col("ingested_at") >= F.lit(since))
    return silver.judged(arrived)


def load_bronze(spark: SparkSession, run: Run) -> None:
    """Make the tables where they are missing, and append the lines of new files."""
    tables.create(spark, run.tables)
    lines = bronze.landed(spark, f"{run.landing}/orders")
    bronze.ingest(lines, checkpoint=f"{run.checkpoints}/bronze_orders", table=run.tables.landed)


def load_silver(spark: SparkSession, run: Run) -> None:
    """Merge the valid lines of the last days, and put the refused ones into quarantine."""
    rows = judged(spark, run, run.since)
    tables.merge_orders(spark, silver.newest(rows), run.tables)
    tables.replace_refused(spark, silver.refused(rows), run.tables, run.since)


def check_silver(spark: SparkSession, run: Run) -> None:
    """Stop the run if a line of the late days was lost, or if silver is not what it promises."""
    rows = judged(spark, run, datetime.combine(run.from_day, time.min, tzinfo=UTC))
    orders, refused = spark.read.table(run.tables.orders), spark.read.table(run.tables.refused)
    checks.gate(checks.measure(rows, orders, refused, now=datetime.now(UTC)))


def load_gold(spark: SparkSession, run: Run) -> None:
    """Compute the late days again and replace them."""
    days = gold.daily_revenue(spark.read.table(run.tables.orders), from_day=run.from_day)
    tables.replace_revenue(spark, days, run.tables, run.from_day)


STEPS = {"bronze": load_bronze, "silver": load_silver, "check": check_silver, "gold": load_gold}


def parsed(arguments: Sequence[str] | None = None) -> tuple[str, Run]:
    """The step and what it works on, from the parameters of a task."""
    parser = argparse.ArgumentParser(description="Run one step of the job on the tables of a catalog.")
    parser.add_argument("--step", required=True, choices=STEPS)
    parser.add_argument("--catalog", required=True)
    for schema in ("bronze", "silver", "gold"):
        parser.add_argument(f"--{schema}", required=True, help=f"schema of the {schema} layer")
    parser.add_argument("--landing", required=True, help="volume of the landed files, in the schema of bronze")
    parser.add_argument("--checkpoints", required=True, help="volume of the checkpoints, in the schema of bronze")
    parser.add_argument("--day", required=True, type=date.fromisoformat)
    parser.add_argument("--overlap-days", required=True, type=int)
    parser.add_argument("--late-days", required=True, type=int)
    options = parser.parse_args(arguments)
    volumes = f"/Volumes/{options.catalog}/{options.bronze}"
    names = Tables.of(catalog=options.catalog, bronze=options.bronze, silver=options.silver, gold=options.gold)
    run = Run(
        tables=names,
        landing=f"{volumes}/{options.landing}",
        checkpoints=f"{volumes}/{options.checkpoints}",
        day=options.day,
        overlap_days=options.overlap_days,
        late_days=options.late_days,
    )
    return options.step, run


def main() -> None:
    """Run the step that the task names; running it again changes nothing."""
    logging.basicConfig(level=logging.INFO)
    step, run = parsed()
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    STEPS[step](spark, run)


if __name__ == "__main__":
    main()
