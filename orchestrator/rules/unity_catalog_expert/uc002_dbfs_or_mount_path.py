"""A path leads into the DBFS root or through a mount.

What: a literal path below `dbfs:/`, `/dbfs/` or `/mnt/` in Python, SQL or a bundle, and `dbutils.fs.mount`.

Why: everyone in the workspace can read and change what lies there, whatever Unity Catalog grants; there is no lineage
and no audit by table. New accounts have neither the DBFS root nor mounts, and serverless compute reaches no mount, so
the code cannot move there.

Silent when: the path is a volume (`dbfs:/Volumes/...`), a Databricks data set or a folder that the platform itself
serves; it is text (a docstring, a message, help, a pattern with blanks or `<name>`); the code tests or rewrites paths
(`startswith("dbfs:/")`); the file is a test; `/mnt/` stands in Python that has nothing to do with Spark; the platform
delivers cluster logs there; or a branch keeps the path for workspaces without Unity Catalog. Scratch folders (`/tmp`)
are low, and reported only in what a task runs.

Source: Databricks documentation, DBFS and mounts (deprecated), volumes.

Bad::

    df = spark.read.format("parquet").load("dbfs:/landing/orders")

Bad: a constant and a mount::

    LANDING = "/mnt/landing"

    def orders(day):
        if day.startswith("2026"):
            print(day)
        return spark.read.json(f"{LANDING}/orders/{day}")

Bad: the beginning of a path::

    def save(df, name):
        df.write.format("delta").save(f"/mnt/gold/{name}")

Bad: the driver's view of the same folder::

    import json

    settings = json.load(open("/dbfs/FileStore/settings.json"))
    rows = spark.createDataFrame(settings)

Bad: scratch data of a task::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              spark_python_task:
                python_file: src/load.py
    # file: src/load.py
    df.write.mode("overwrite").parquet("dbfs:/tmp/orders")

Bad: a new mount::

    dbutils.fs.mount(source=source, mount_point="/mnt/landing", extra_configs=configs)

Bad: in SQL::

    # file: sql/orders.sql
    COPY INTO main.bronze.orders FROM 'dbfs:/landing/orders' FILEFORMAT = JSON;

Bad: a table by its path::

    spark.sql("CREATE TABLE gold.orders USING DELTA LOCATION '/mnt/gold/orders'")
    old = spark.sql("SELECT * FROM delta.`/mnt/gold/orders`")
    raw = spark.sql("SELECT * FROM read_files('dbfs:/landing/orders')")

Bad: in a bundle::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              spark_python_task:
                python_file: src/load.py
              libraries:
                - whl: dbfs:/libraries/orders-1.0-py3-none-any.whl
    # file: src/load.py
    print("loaded")

Good: volumes and data sets::

    df = spark.read.json("/Volumes/main/bronze/landing/orders")
    other = spark.read.json("dbfs:/Volumes/main/bronze/landing/orders")
    taxi = spark.read.csv("/dbfs/databricks-datasets/nyctaxi")

Good: code that knows paths is not code that uses one::

    def local(path):
        if path.startswith("dbfs:/"):
            return "/dbfs/" + path[len("dbfs:/"):]
        return path

Good: a report on where tables lie::

    # file: sql/inventory.sql
    SELECT CASE WHEN STARTSWITH(location, 'dbfs:/mnt/') THEN 'mount' WHEN location = 'dbfs:/user/hive' THEN 'root' END
    FROM main.ops.tables;

Good: a scheme, put before what is known elsewhere::

    def submit(spark, name):
        return {"python_file": f"dbfs:/{name}"}

Good: a message, a docstring, help and a comparison::

    def load(path, parser):
        "dbfs:/landing/orders"
        print("dbfs:/landing is closed")
        if path == "dbfs:/landing/closed":
            raise ValueError("dbfs:/landing/closed")
        return spark.read.json(ask(path, help="dbfs:/landing"))

Good: code that moves paths::

    def moved(path):
        if not path.startswith(("dbfs:/", "/dbfs/")):
            return path
        new = {"dbfs:/landing": "/Volumes/main/bronze/landing"}
        return new.get(path)

Good: the way out for a workspace without Unity Catalog::

    folder = "/Volumes/main/ops/jobs" if uc_enabled else "dbfs:/jobs"
    spark.read.json(folder)

Good: scratch data of code that no task runs::

    df.write.mode("overwrite").parquet("dbfs:/tmp/probe")

Good: a folder of another machine::

    import os

    CACHE = os.environ.get("CACHE", "/mnt/cache")

Good: another object's mount::

    ARMS.mount("/mnt/shoulder")

Good: data of a test::

    # file: tests/test_paths.py
    def test_path(spark):
        assert where("orders") == spark.conf.get("x", "/mnt/orders")
    # file: tests/orders.sql
    COPY INTO main.bronze.orders FROM 'dbfs:/landing/orders' FILEFORMAT = JSON;
    # file: tests/bundle/databricks.yml
    bundle:
      name: orders
    variables:
      folder:
        default: dbfs:/landing/orders
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.unity_catalog_expert._literals import paths_used
from orchestrator.rules.unity_catalog_expert._storage import HINTS, is_mount, is_temporary, legacy_path

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.sql.tokens import Token
    from orchestrator.code.yaml import YamlNode, YamlScalar
    from orchestrator.types import Location

RULE = Rule(
    id="UC002",
    name="dbfs-or-mount-path",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/dbfs/",
        "https://docs.databricks.com/aws/en/dbfs/mounts",
        "https://docs.databricks.com/aws/en/volumes/",
    ),
)
_PATH_FOLLOWS = frozenset({"LOCATION", "FROM", "JAR", "FILE", "LIST", "INTO", "PUT", "GET"})
_PATH_FUNCTIONS = frozenset({"READ_FILES", "CLOUD_FILES", "READ_CSV", "READ_JSON", "READ_PARQUET", "LIST"})
_DELIVERED = frozenset({"cluster_log_conf", "volumes"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first use of each literal path, and every mount."""
    if not any(hint in file.source.text for hint in HINTS) or facts.role(file.path) is Role.TEST:
        return
    seen: set[str] = set()
    for path, node in paths_used(file):
        if path in seen or (is_temporary(path) and facts.role(file.path) is not Role.PRODUCTION):
            continue
        seen.add(path)
        yield _hit(facts, path, file.location(node))
    for call in file.calls_named("mount"):
        if (file.dotted(call.receiver) or "").endswith("dbutils.fs"):
            message = (
                "`dbutils.fs.mount` opens storage to every user of the workspace; create an external location and "
            )
            yield Hit(location=file.call_location(call), message=f"{message}read it through a volume")


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Paths in quoted text of statements."""
    if not any(hint in unit.template.text for hint in HINTS) or facts.role(unit.path) is Role.TEST:
        return
    tokens = unit.lexed.tokens
    for at, token in enumerate(tokens):
        if token.kind in {"string", "quoted"} and legacy_path(token.value) is not None and _is_place(tokens, at):
            yield _hit(facts, token.value, unit.location(token.start, token.end))


def _is_place(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a quoted text stands where a statement takes a path, not where it compares one."""
    before = tokens[at - 1].upper if at else ""
    if before == "(":
        return at > 1 and tokens[at - 2].upper in _PATH_FUNCTIONS
    if tokens[at].kind == "quoted":
        return before == "."
    return before in _PATH_FOLLOWS


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Paths anywhere in the bundle's files."""
    for file in bundle.files:
        if not any(hint in file.source.text for hint in HINTS) or facts.role(file.source.path) is Role.TEST:
            continue
        for scalar in _values(file.root):
            if legacy_path(scalar.raw) is not None:
                yield _hit(facts, scalar.raw, scalar.location)


def _values(root: YamlNode) -> Iterator[YamlScalar]:
    """Every value except where the platform delivers cluster logs, and where volumes are named."""
    from orchestrator.code.yaml import YamlMap, YamlScalar

    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, YamlScalar):
            yield node
        elif isinstance(node, YamlMap):
            waiting.extend(value for key, value in node.items() if key not in _DELIVERED)
        else:
            waiting.extend(node)


def _hit(facts: Facts, path: str, location: Location) -> Hit:
    place = "a mount" if is_mount(path) else "the DBFS root"
    severity = Severity.HIGH if facts.role(location.path).is_serious else Severity.MEDIUM
    return Hit(
        location=location,
        message=f"`{path[:80]}` lies in {place}, which every user of the workspace can read and change and which new "
        "accounts lack; move the data to a volume or a table of Unity Catalog",
        severity=Severity.LOW if is_temporary(path) else severity,
    )
