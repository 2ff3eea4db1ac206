"""RDDs, the SparkContext and the JVM gateway do not exist on serverless and standard compute.

What: `df.rdd`, `spark.sparkContext` or `sc` and what hangs on them, `SparkContext.getOrCreate()`, `sqlContext`, and the
py4j members `_jvm`, `_jsc`, `_jdf`, `_jsparkSession`, in code that runs on serverless or standard compute.

Why: both kinds of compute speak Spark Connect, where the Python process has no JVM beside it: the call raises
PySparkAttributeError or JVM_ATTRIBUTE_NOT_SUPPORTED, and the task fails, often only in production.

Severity: high where a bundle runs the file on such compute; one step lower for a module that no task names while all
the bundle's compute is such, and for a file whose compute nothing states and that makes its session with Databricks
Connect.

Silent when: the file runs on dedicated compute or a classic cluster of unknown mode (RDDs work there), nothing says
where it runs, it makes a session of plain PySpark too, the code asks first (`try` with a handler, `hasattr`,
`is_remote`, `isinstance`), or the file is a test.

Source: Databricks documentation, limitations of serverless compute and of standard access mode.

Bad: a bundle runs it on serverless compute::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          name: nightly
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: src/load.py
    targets:
      prod:
        mode: production
    # file: src/load.py
    # Databricks notebook source
    df = spark.table("main.silver.orders")
    countries = df.select("country").rdd.flatMap(lambda row: row).collect()

Bad: standard access mode::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          name: nightly
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                data_security_mode: USER_ISOLATION
                num_workers: 2
          tasks:
            - task_key: load
              job_cluster_key: main
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    hadoop = spark._jvm.org.apache.hadoop.fs.FileSystem

Bad: the code itself asks for Databricks Connect::

    from databricks.connect import DatabricksSession

    spark = DatabricksSession.builder.getOrCreate()
    df = spark.createDataFrame(spark.sparkContext.parallelize([(1, "a")]))

Good: without RDDs::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          name: nightly
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: src/load.py
    # file: src/load.py
    # Databricks notebook source
    df = spark.table("main.silver.orders")
    countries = [row.country for row in df.select("country").distinct().limit(300).collect()]

Good: dedicated compute::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          name: nightly
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                data_security_mode: SINGLE_USER
                num_workers: 2
          tasks:
            - task_key: load
              job_cluster_key: main
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    df = spark.table("main.silver.orders")
    print(df.rdd.getNumPartitions())

Good: nothing says where it runs::

    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")

Good: the code asks first, or copes::

    from databricks.connect import DatabricksSession

    spark = DatabricksSession.builder.getOrCreate()
    if hasattr(spark, "sparkContext"):
        spark.sparkContext.setLogLevel("WARN")
    try:
        partitions = spark.table("main.silver.orders").rdd.getNumPartitions()
    except Exception:
        partitions = None

Good: the file serves plain PySpark too::

    from databricks.connect import DatabricksSession
    from pyspark.sql import SparkSession

    def session(local):
        if not local:
            return DatabricksSession.builder.getOrCreate()
        spark = SparkSession.builder.master("local[2]").getOrCreate()
        spark.sparkContext.setLogLevel("WARN")
        return spark

Good: `sc` and `rdd` are something else::

    from databricks.connect import DatabricksSession
    import scanpy as sc

    sc.pp.log1p(adata)
    print(config.rdd)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.frames import is_session
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.pyspark_optimizer._connect import Place, connect_place
from orchestrator.rules.pyspark_optimizer._evidence import is_spark_frame
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="PYS007",
    name="rdd-sc-jvm",
    severity=Severity.HIGH,
    default=False,
    references=(
        "https://docs.databricks.com/compute/serverless/limitations",
        "https://docs.databricks.com/compute/standard-limitations",
    ),
)
_JVM = frozenset({"_jvm", "_jsc", "_jdf", "_jsparkSession", "_gateway"})
_CONTEXT = frozenset({"sparkContext", "_sc"})
_INSTEAD = {
    "parallelize": "`spark.createDataFrame` makes a frame of local values",
    "broadcast": "a value that a UDF uses is shipped with it",
    "textFile": "`spark.read.text` reads lines",
    "wholeTextFiles": "`spark.read.text(path, wholetext=True)` reads files whole",
    "addPyFile": "`spark.addArtifact` or an environment's dependencies ship code",
    "setLogLevel": "leave the level to the compute",
    "flatMap": "collect the column and take it from the rows",
    "map": "use column expressions or `mapInPandas`",
    "mapPartitions": "use `mapInPandas`",
    "foreachPartition": "`df.foreachPartition` does the same",
    "isEmpty": "`df.isEmpty()` does the same",
    "zipWithIndex": "use `row_number` over a window",
}
_ASKS = ("hasattr", "getattr", "is_remote", "isinstance", "connect", "serverless", "version")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every use of the classic API in code that is known to run on Spark Connect."""
    uses = [*_attributes(file, facts), *_names(file)]
    if not uses or facts.role(file.path) is Role.TEST:
        return
    place = connect_place(file, facts)
    if place is None:
        return
    for node, what in uses:
        if not _is_guarded(file, node):
            yield Hit(
                location=file.location(node),
                message=f"`{what}` {_fails(place)}{_advice(file, node)}",
                severity=None if place.certain else RULE.severity.lowered(),
            )


def _fails(place: Place) -> str:
    return f"raises an error here: {place.reason}, which has no JVM beside the Python process"


def _advice(file: PythonFile, node: ast.expr) -> str:
    parent = file.parent(node)
    name = parent.attr if isinstance(parent, ast.Attribute) else ""
    return f"; {_INSTEAD[name]}" if name in _INSTEAD else ""


def _attributes(file: PythonFile, facts: Facts) -> Iterator[tuple[ast.expr, str]]:
    """`df.rdd`, `spark.sparkContext` and the outermost of the py4j members."""
    for node in file.nodes(ast.Attribute):
        if _is_classic(file, facts, node):
            yield node, node.attr


def _is_classic(file: PythonFile, facts: Facts, node: ast.Attribute) -> bool:
    if node.attr == "rdd":
        return is_spark_frame(file, facts, node.value)
    if node.attr in _CONTEXT:
        return is_session(file, node.value) and not isinstance(node.ctx, ast.Store)
    return node.attr in _JVM and not _holds_context(node.value)


def _holds_context(node: ast.expr) -> bool:
    """Whether a finding for the context before the dot already says it: `spark.sparkContext._jvm`."""
    return isinstance(node, ast.Attribute) and node.attr in _CONTEXT | _JVM


def _names(file: PythonFile) -> Iterator[tuple[ast.expr, str]]:
    """`sc.` and `sqlContext.` where the runtime gives the name, and `SparkContext.getOrCreate()`."""
    for node in file.nodes(ast.Attribute):
        value = node.value
        if not isinstance(value, ast.Name):
            continue
        if value.id in {"sc", "sqlContext"} and file.notebook is not None and not file.definitions(value):
            yield value, value.id
        elif node.attr == "getOrCreate" and file.dotted(value) in {
            "pyspark.SparkContext",
            "pyspark.context.SparkContext",
        }:
            yield node, "SparkContext.getOrCreate"


def _is_guarded(file: PythonFile, node: ast.expr) -> bool:
    """Whether the code copes with the absence: a handler around it, or a question before it."""
    child: ast.AST = node
    for parent in file.ancestors(node):
        if isinstance(parent, ast.Try) and parent.handlers and child in parent.body:
            return True
        if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
            test = file.text(parent.test)
            if any(word in test.lower() for word in _ASKS):
                return True
        if isinstance(parent, FunctionNode):
            return False
        child = parent
    return False
