"""Runs small Spark jobs with one defect each and writes their event logs: `scenarios.py FOLDER`.

One JVM; the first application holds every defect, each under a job description of its own, the others show one
compression codec each.
Started by `tests/workspace/spark/test_real_logs.py` with the Python of `.venv-real`.
"""

import os
import sys
from pathlib import Path

from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType

JOBS = []


def job(function):
    """Keep the function as one of the jobs, described by its name."""
    JOBS.append(function)
    return function


def session(folder: Path, name: str, **settings: str) -> SparkSession:
    builder = (
        SparkSession.builder.master("local[2,4]")
        .appName(name)
        .config("spark.ui.enabled", "false")
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.dir", folder.as_uri())
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.warehouse.dir", (folder.parent / "warehouse").as_uri())
        .config("spark.hadoop.fs.s3a.secret.key", "not-a-real-key-0123456789")
    )
    for key, value in settings.items():
        builder = builder.config(key.replace("__", "."), value)
    return builder.getOrCreate()


def noop(frame: DataFrame) -> None:
    frame.write.format("noop").mode("overwrite").save()


def settings(spark: SparkSession, **values: str) -> None:
    for key, value in values.items():
        spark.conf.set(key.replace("__", "."), value)


def static(spark: SparkSession) -> None:
    settings(spark, spark__sql__adaptive__enabled="false", spark__sql__autoBroadcastJoinThreshold="-1")


def adaptive(spark: SparkSession) -> None:
    settings(spark, spark__sql__adaptive__enabled="true", spark__sql__autoBroadcastJoinThreshold="10485760")


@job
def clean_join(spark: SparkSession, data: Path) -> None:
    left = spark.range(20_000).withColumn("key", F.col("id") % 97)
    noop(left.join(spark.range(97).withColumnRenamed("id", "key"), "key").groupBy("key").count())


@job
def skewed_join(spark: SparkSession, data: Path) -> None:
    static(spark)
    key = F.when(F.col("id") % 10 < 7, F.lit(7)).otherwise(F.col("id") % 1000)
    left = spark.range(1_500_000).withColumn("key", key).withColumn("text", F.repeat(F.lit("x"), 40))
    right = spark.range(1_000_000).withColumn("key", F.col("id") % 250_000).withColumnRenamed("id", "other")
    noop(left.join(right, "key").groupBy("key").agg(F.sum(F.length("text") + F.col("other"))))


@job
def spill(spark: SparkSession, data: Path) -> None:
    static(spark)
    frame = spark.range(600_000).withColumn("text", F.sha2(F.col("id").cast("string"), 512))
    noop(frame.repartition(2).sortWithinPartitions("text"))


@job
def python_function(spark: SparkSession, data: Path) -> None:
    slow = F.udf(lambda value: sum(int(digit) for digit in str(value * 7919)) + value % 13, LongType())
    noop(spark.range(400_000).select(slow("id").alias("digits")))


@job
def small_files(spark: SparkSession, data: Path) -> None:
    noop(spark.read.schema("id long").parquet(str(data / "small")).filter("id >= 0"))


@job
def missed_broadcast(spark: SparkSession, data: Path) -> None:
    settings(spark, spark__sql__autoBroadcastJoinThreshold="-1")
    left = (
        spark.range(300_000)
        .withColumn("key", F.col("id") % 500)
        .withColumn("text", F.sha2(F.col("id").cast("string"), 256))
    )
    noop(
        left.join(spark.range(500).withColumn("name", F.col("id").cast("string")).withColumnRenamed("id", "key"), "key")
    )


@job
def nested_loop(spark: SparkSession, data: Path) -> None:
    noop(spark.range(4_000).join(spark.range(3_000).withColumnRenamed("id", "other"), F.col("id") < F.col("other")))


@job
def cartesian(spark: SparkSession, data: Path) -> None:
    settings(spark, spark__sql__autoBroadcastJoinThreshold="-1")
    noop(spark.range(3_000).crossJoin(spark.range(2_000).withColumnRenamed("id", "other")))


@job
def global_window(spark: SparkSession, data: Path) -> None:
    noop(spark.range(300_000).withColumn("place", F.row_number().over(Window.orderBy(F.col("id").desc()))))


@job
def full_scan(spark: SparkSession, data: Path) -> None:
    noop(spark.read.parquet(str(data / "days")).filter(F.col("id").cast("string") == "77"))


@job
def pruned_scan(spark: SparkSession, data: Path) -> None:
    noop(spark.read.parquet(str(data / "days")).filter((F.col("day") == "d03") & (F.col("id") > 10)))


@job
def many_output_files(spark: SparkSession, data: Path) -> None:
    frame = spark.range(20_000).withColumn("day", F.col("id") % 20).repartition(20)
    frame.write.mode("overwrite").partitionBy("day").parquet(str(data / "fragments"))


@job
def tiny_partitions(spark: SparkSession, data: Path) -> None:
    settings(spark, spark__sql__adaptive__enabled="false", spark__sql__shuffle__partitions="200")
    noop(spark.range(5_000).withColumn("key", F.col("id") % 50).groupBy("key").count())
    settings(spark, spark__sql__shuffle__partitions="8")


@job
def unread_cache(spark: SparkSession, data: Path) -> None:
    frame = spark.range(100_000).withColumn("text", F.sha2(F.col("id").cast("string"), 256)).cache()
    noop(frame)
    frame.unpersist()


@job
def read_cache(spark: SparkSession, data: Path) -> None:
    frame = spark.range(100_000).withColumn("text", F.sha2(F.col("id").cast("string"), 256)).cache()
    noop(frame)
    noop(frame.filter("id > 10"))
    frame.unpersist()


@job
def failed_tasks(spark: SparkSession, data: Path) -> None:
    def failing(batches):
        if TaskContext.get().attemptNumber() == 0:
            raise ValueError("the first attempt always fails")
        yield from batches

    noop(spark.range(0, 1_000, 1, 3).mapInPandas(failing, "id long"))


@job
def collected_groups(spark: SparkSession, data: Path) -> None:
    frame = spark.range(2_500_000).withColumn("key", F.col("id") % 4)
    noop(
        frame.groupBy("key")
        .agg(F.collect_list(F.sha2(F.col("id").cast("string"), 256)).alias("all"))
        .select(F.size("all"))
    )


@job
def called_from_a_line(spark: SparkSession, data: Path) -> None:
    spark.range(100).groupBy((F.col("id") % 3).alias("key")).count().collect()  # the marked line


def explain(spark: SparkSession, data: Path, folder: Path) -> None:
    """Write what `explain` prints about one query, before it ran and after."""
    folder.mkdir(exist_ok=True)
    spark.sparkContext.setJobDescription("explained")
    spark.read.parquet(str(data / "days")).createOrReplaceTempView("days")
    query = (
        "SELECT a.id, a.day, row_number() OVER (ORDER BY a.id) AS place FROM days a JOIN days b ON a.id = b.id "
        "WHERE a.day = (SELECT max(day) FROM days) AND cast(a.id AS string) = '71'"
    )
    for version in ("initial", "final"):
        frame = spark.sql(query)
        if version == "final":
            frame.collect()
        for mode in ("simple", "extended", "formatted"):
            text = frame._jdf.queryExecution().explainString(
                spark._jvm.org.apache.spark.sql.execution.ExplainMode.fromString(mode)
            )
            (folder / f"{version}-{mode}.txt").write_text(text, encoding="utf-8")


def prepare(spark: SparkSession, data: Path) -> None:
    spark.sparkContext.setJobDescription("prepare")
    spark.range(64).repartition(64).write.mode("overwrite").parquet(str(data / "small"))
    days = spark.range(20_000).withColumn("day", F.format_string("d%02d", F.col("id") % 12))
    days.repartition(1).write.mode("overwrite").partitionBy("day").parquet(str(data / "days"))


def defects(folder: Path, data: Path) -> None:
    spark = session(
        folder,
        "defects",
        spark__memory__fraction="0.1",
        spark__driver__memory="640m",
        spark__eventLog__compress="false",
    )
    prepare(spark, data)
    for function in JOBS:
        adaptive(spark)
        spark.sparkContext.setJobDescription(function.__name__)
        function(spark, data)
    adaptive(spark)
    explain(spark, data, folder.parent / "plans")
    spark.stop()


def codecs(folder: Path) -> None:
    """One small application for each codec; that of zstd rolls over to a second file."""
    for codec in ("zstd", "lz4", "snappy", "lzf"):
        spark = session(
            folder,
            codec,
            spark__eventLog__compress="true",
            spark__eventLog__compression__codec=codec,
            spark__eventLog__rolling__enabled=str(codec == "zstd").lower(),
            spark__eventLog__rolling__maxFileSize="10m",
        )
        for number in range(24 if codec == "zstd" else 1):
            spark.sparkContext.setJobDescription(
                f"job {number} " + (f"{number:x}" * 600_000 if codec == "zstd" else "")
            )
            noop(spark.range(10))
        spark.stop()


if __name__ == "__main__":
    # Without it the workers are those of the first `python3` on the path.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    here = Path(sys.argv[1]).resolve()
    logs = here / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    defects(logs, here / "data")
    codecs(logs)
