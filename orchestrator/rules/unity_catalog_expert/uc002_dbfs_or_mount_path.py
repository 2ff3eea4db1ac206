"""A path leads into the DBFS root or through a mount.

What: a literal path below `dbfs:/`, `/dbfs/` or `/mnt/` in Python, SQL or a bundle, and `dbutils.fs.mount`.

Why: everyone in the workspace can read and change what lies there, whatever Unity Catalog grants; there is no lineage
and no audit by table. New accounts have neither the DBFS root nor mounts, and serverless compute reaches no mount, so
the code cannot move there.

Silent when: the path is a volume (`dbfs:/Volumes/...`), a Databricks data set or a folder that the platform itself
serves; it is text (a docstring, a message, help, a pattern with blanks or `<name>`); the code tests or rewrites paths
(`startswith("dbfs:/")`); the file is a test; `/mnt/` stands in Python that has nothing to do with Spark; or the
platform delivers cluster logs there. Scratch folders (`/tmp`) are low, and reported only in what a task runs.

Source: Databricks documentation, DBFS and mounts (deprecated), volumes.

Bad::

    df = spark.read.format("parquet").load("dbfs:/landing/orders")

Bad: a constant and a mount::

    LANDING = "/mnt/landing"

    def orders(day):
        return spark.read.json(f"{LANDING}/orders/{day}")

Bad: the beginning of a path::

    def save(df, name):
        df.write.format("delta").save(f"/mnt/gold/{name}")

Bad: the driver's view of the same folder::

    import json

    settings = json.load(open("/dbfs/FileStore/settings.json"))
    rows = spark.createDataFrame(settings)

Bad: a new mount::

    dbutils.fs.mount(source=source, mount_point="/mnt/landing", extra_configs=configs)

Bad: in SQL::

    # file: sql/orders.sql
    COPY INTO main.bronze.orders FROM 'dbfs:/landing/orders' FILEFORMAT = JSON;

Bad: a table by its path::

    spark.sql("CREATE TABLE gold.orders USING DELTA LOCATION '/mnt/gold/orders'")
    old = spark.sql("SELECT * FROM delta.`/mnt/gold/orders`")

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

Good: a message and a docstring::

    def load(path):
        "Load a file, for example dbfs:/landing/orders"
        print("dbfs:/landing is closed")
        return spark.read.json(path)

Good: scratch data of code that no task runs::

    df.write.mode("overwrite").parquet("dbfs:/tmp/probe")

Good: a folder of another machine::

    import os

    CACHE = os.environ.get("CACHE", "/mnt/cache")

Good: data of a test::

    # file: tests/test_paths.py
    def test_path(spark):
        assert where("orders") == spark.conf.get("x", "/mnt/orders")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
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
_HANDLING = frozenset(
    {
        "startswith", "endswith", "replace", "removeprefix", "removesuffix", "lstrip", "strip", "split", "match", "sub",
        "fullmatch", "search", "compile", "find", "index", "len", "print", "debug", "info", "warning", "warn", "error",
        "exception", "critical", "log", "add_argument", "displayHTML", "unmount",
    }
)  # fmt: skip
"""Calls that look at a path, rewrite it or show it."""
_PATH_FOLLOWS = frozenset({"LOCATION", "FROM", "JAR", "FILE", "LIST", "INTO", "PUT", "GET"})
_PATH_FUNCTIONS = frozenset({"READ_FILES", "CLOUD_FILES", "READ_CSV", "READ_JSON", "READ_PARQUET", "LIST"})
_DELIVERED = frozenset({"cluster_log_conf", "volumes"})
_PROSE = frozenset({"help", "description", "doc", "message", "msg", "example", "examples", "title", "label"})
_SPARK = ("pyspark", "databricks", "delta", "dlt")


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first use of each literal path, and every mount."""
    if not any(hint in file.source.text for hint in HINTS) or facts.role(file.path) is Role.TEST:
        return
    seen: set[str] = set()
    for node in file.nodes(ast.Constant):
        path = _path(file, node)
        if path is None or path in seen or not _is_used(file, node) or not _is_ours(file, path):
            continue
        seen.add(path)
        if not is_temporary(path) or facts.role(file.path) is Role.PRODUCTION:
            yield _hit(facts, path, file.location(_anchor(file, node)))
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
    from orchestrator.code.yaml import YamlList, YamlMap, YamlScalar

    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, YamlScalar):
            yield node
        elif isinstance(node, YamlMap):
            waiting.extend(value for key, value in node.items() if key not in _DELIVERED)
        elif isinstance(node, YamlList):
            waiting.extend(node)


def _path(file: PythonFile, node: ast.Constant) -> str | None:
    if not isinstance(node.value, str) or not node.value.lower().startswith((*HINTS, "file:/dbfs/")):
        return None
    parent = file.parent(node)
    is_start = (isinstance(parent, ast.JoinedStr) and parent.values[0] is node and len(parent.values) > 1) or (
        isinstance(parent, ast.BinOp) and parent.left is node
    )
    return legacy_path(node.value, whole=not is_start)


def _anchor(file: PythonFile, node: ast.Constant) -> ast.expr:
    parent = file.parent(node)
    return parent if isinstance(parent, ast.JoinedStr) else node


def _is_used(file: PythonFile, node: ast.Constant) -> bool:
    """Whether the literal is a path that the code goes to, not one that it talks about, tests or rewrites."""
    child: ast.AST = node
    for parent in file.ancestors(node):
        if isinstance(parent, ast.Compare | ast.Raise | ast.Assert | ast.Expr) and not isinstance(child, ast.Call):
            return False
        if isinstance(parent, ast.keyword) and parent.arg in _PROSE:
            return False
        if isinstance(parent, ast.Call) and _name(parent) in _HANDLING:
            return False
        if isinstance(parent, ast.stmt):
            break
        child = parent
    return not _rewrites(file, node)


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _rewrites(file: PythonFile, node: ast.AST) -> bool:
    """Whether the function around a literal tests paths for their scheme."""
    function = file.function(node)
    for call in file.calls_named("startswith", "removeprefix", "replace", "match"):
        argument = call.argument(0, "prefix")
        inner = argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else argument
        tested = file.string(inner) or ""
        if function is file.function(call.node) and tested.lstrip("^").startswith(("dbfs:", "/dbfs", "/mnt")):
            return True
    return False


def _is_ours(file: PythonFile, path: str) -> bool:
    """Whether a path means Databricks: `/mnt/` is a folder of many machines."""
    if not path.startswith("/mnt/") or file.notebook is not None or file.imports_any(*_SPARK):
        return True
    return any(hint in file.source.text for hint in ("spark.", "dbutils.", ".write.", ".writeStream."))


def _hit(facts: Facts, path: str, location: Location) -> Hit:
    place = "a mount" if is_mount(path) else "the DBFS root"
    severity = Severity.HIGH if facts.role(location.path).is_serious else Severity.MEDIUM
    return Hit(
        location=location,
        message=f"`{path[:80]}` lies in {place}, which every user of the workspace can read and change and which new "
        "accounts lack; move the data to a volume or a table of Unity Catalog",
        severity=Severity.LOW if is_temporary(path) else severity,
    )
