"""A checkpoint that is new at every start, can vanish, or belongs to two queries at once.

What: a `checkpointLocation` that (1) holds a random or clock value, so that each start makes a new one; (2) lies in a
temporary folder; (3) is the same for two queries: two `writeStream`s with one path, or one that is started for several
tables, in a loop or by several calls, on a path that names none of them.

Why: a checkpoint is the query's only memory of what it has read. On a new one the whole source is read and written
again; from a shared one each query takes the other's offsets, so that it fails or skips data silently.

Silent when: the target holds the same random or clock value, for then each run is a copy of its own; the sink keeps
nothing, or writes to a temporary folder too, which goes with the checkpoint; the two writes stand in different branches
or start the same query anew (same source, same target); the path holds what tells the queries apart; it is a test. In
demos and exploration a temporary folder is accepted.

Source: Databricks documentation, Structured Streaming checkpoints: one location for each query, on durable storage.

Bad::

    stream = spark.readStream.table("main.bronze.orders")
    run = str(uuid.uuid4())
    (stream.writeStream.option("checkpointLocation", f"/Volumes/main/ops/checkpoints/{run}")
        .toTable("main.silver.orders"))

Bad: a clock::

    path = "/Volumes/main/ops/" + datetime.now().strftime("%Y%m%d%H%M")
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", path).toTable("main.silver.orders")

Bad: a temporary folder::

    # file: src/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", "/tmp/checkpoints/orders")
        .toTable("main.silver.orders"))

Bad: the cluster's own disk::

    # file: src/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", "file:/local_disk0/checkpoints")
        .toTable("main.silver.orders"))

Bad: a folder that Python made for the moment::

    # file: src/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", tempfile.mkdtemp())
        .toTable("main.silver.orders"))

Bad: two queries::

    CHECKPOINT = "/Volumes/main/ops/checkpoints/silver"
    orders = spark.readStream.table("main.bronze.orders")
    orders.writeStream.option("checkpointLocation", CHECKPOINT).toTable("main.silver.orders")
    returns = spark.readStream.table("main.bronze.returns")
    returns.writeStream.option("checkpointLocation", CHECKPOINT).toTable("main.silver.returns")

Bad: two queries in a temporary folder, of which the sharing is told::

    # file: src/orders.py
    pins = spark.readStream.format("kinesis").option("streamName", "pins").load()
    pins.writeStream.option("checkpointLocation", "/tmp/kinesis/").toTable("main.silver.pins")
    users = spark.readStream.format("kinesis").option("streamName", "users").load()
    users.writeStream.option("checkpointLocation", "/tmp/kinesis/").toTable("main.silver.users")

Bad: two queries in two files::

    # file: src/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp").toTable("main.silver.orders")
    # file: src/returns.py
    stream = spark.readStream.table("main.bronze.returns")
    stream.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp").toTable("main.silver.returns")

Bad: one for every turn of a loop::

    for name in ["orders", "returns"]:
        stream = spark.readStream.table(f"main.bronze.{name}")
        (stream.writeStream.option("checkpointLocation", f"{root}/silver")
            .toTable(f"main.silver.{name}"))

Bad: one for every call::

    def start(source, target):
        stream = spark.readStream.table(source)
        stream.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp").toTable(target)

    start("main.bronze.orders", "main.silver.orders")
    start("main.bronze.returns", "main.silver.returns")

Good::

    for name in ["orders", "returns"]:
        stream = spark.readStream.table(f"main.bronze.{name}")
        (stream.writeStream.option("checkpointLocation", f"{root}/silver/{name}")
            .toTable(f"main.silver.{name}"))

Good: a path that something else made for this turn::

    for name in ["orders", "returns"]:
        state, owner = locations_of(name)
        stream = spark.readStream.table(f"main.bronze.{name}")
        stream.writeStream.option("checkpointLocation", f"{state}/cp").toTable(f"main.silver.{name}")
        stream.writeStream.option("checkpointLocation", next_folder()).toTable(f"main.copy.{name}")

Good: a folder for each turn of a loop inside::

    for name in ["orders", "returns"]:
        for state in folders[name]:
            stream = spark.readStream.table(f"main.bronze.{name}")
            stream.writeStream.option("checkpointLocation", f"{state}/cp").toTable(f"main.silver.{name}")

Good: the first ends the function::

    def start(stream, live):
        if live:
            stream.writeStream.option("checkpointLocation", f"{root}/orders").toTable("main.silver.live")
            return
        stream.writeStream.option("checkpointLocation", f"{root}/orders").toTable("main.silver.orders")

Good: every call brings its own::

    def start(source, target, state):
        path = f"{state}/checkpoint"
        stream = spark.readStream.table(source)
        stream.writeStream.option("checkpointLocation", path).toTable(target)

    start("main.bronze.orders", "main.silver.orders", f"{root}/orders")
    start("main.bronze.returns", "main.silver.returns", f"{root}/returns")

Good: each run is a copy of its own::

    run = uuid.uuid4().hex
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", f"{root}/copies/{run}/checkpoint")
        .start(f"{root}/copies/{run}/data"))

Good: nothing is kept::

    stream = spark.readStream.format("rate").load()
    stream.writeStream.format("memory").option("checkpointLocation", "/tmp/rates").start()

Good: the data are as temporary as the checkpoint::

    # file: src/peek.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.format("csv").option("checkpointLocation", "/tmp/peek/cp").start("/tmp/peek/data")

Good: one or the other::

    stream = spark.readStream.table("main.bronze.orders")
    if once:
        (stream.writeStream.option("checkpointLocation", f"{root}/orders").trigger(availableNow=True)
            .toTable("main.silver.orders"))
    else:
        stream.writeStream.option("checkpointLocation", f"{root}/orders").toTable("main.silver.orders_live")

Good: the same query again::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", f"{root}/orders").toTable("main.silver.orders")
    land_more_files()
    stream.writeStream.option("checkpointLocation", f"{root}/orders").toTable("main.silver.orders")

Good: one name, two values::

    state = checkpoint_of("orders")
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", f"{state}/cp").toTable("main.silver.orders")
    state = checkpoint_of("returns")
    stream = spark.readStream.table("main.bronze.returns")
    stream.writeStream.option("checkpointLocation", f"{state}/cp").toTable("main.silver.returns")

Good: one call::

    def start(source, target):
        stream = spark.readStream.table(source)
        stream.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp").toTable(target)

    start("main.bronze.orders", "main.silver.orders")

Good: a name that only looks temporary::

    # file: src/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", "/Volumes/main/tmp_ops/checkpoints/orders")
        .toTable("main.silver.orders"))

Good: the folder comes from outside::

    def start(path):
        stream = spark.readStream.table("main.bronze.orders")
        stream.writeStream.option("checkpointLocation", path).toTable("main.silver.orders")

Good: a demo::

    # file: demos/orders.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", "/tmp/demo/orders").toTable("main.silver.orders")

Good: a test::

    # file: tests/test_orders.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", tempfile.mkdtemp()).toTable("orders")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.code.writes import Write
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._queries import (
    THROWAWAY_SINKS,
    checkpoint,
    parts,
    queries,
    shown_target,
    sink_format,
)
from orchestrator.rules.streaming_specialist._sharing import repeated_by, twin

RULE = Rule(
    id="STR002",
    name="shared-or-unstable-checkpoint",
    severity=Severity.CRITICAL,
    default=True,
    references=("https://docs.databricks.com/aws/en/structured-streaming/checkpoints",),
)
_RANDOM = frozenset({"uuid1", "uuid4", "token_hex", "token_urlsafe", "urandom", "randint", "getrandbits"})
_CLOCK = frozenset({"now", "utcnow", "today", "time", "time_ns", "perf_counter", "monotonic"})
_CLOCK_OWNERS = re.compile(r"(^|\.)(datetime|date|dt|time|Timestamp|pendulum|arrow)$")
_MOMENT = frozenset({"mkdtemp", "TemporaryDirectory", "mkstemp", "NamedTemporaryFile"})
_TEMPORARY = re.compile(r"^(?:dbfs:|file:)?/{1,3}(?:dbfs/)?tmp(?:/|$)", re.IGNORECASE)
_LOCAL = re.compile(r"^(?:file:/{1,3}|/local_disk0/)", re.IGNORECASE)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each query whose checkpoint is not its own or does not last."""
    role = facts.role(file.path)
    if role is Role.TEST:
        return
    found = [write for write in queries(file, facts) if sink_format(file, write) not in THROWAWAY_SINKS]
    for write in found:
        place = checkpoint(file, write)
        fault = place and (
            _unstable(file, write, place, role)
            or _shared(file, facts, write, [other for other in found if other is not write])
            or _temporary(file, write, place, role)
        )
        if place is None or not fault:
            continue
        severity, text = fault
        yield Hit(
            location=file.location(place),
            message=f"the checkpoint of {shown_target(file, write)} {text}",
            severity=severity if role.is_serious else severity.lowered(),
        )


def _unstable(file: PythonFile, write: Write, place: ast.expr, role: Role) -> tuple[Severity, str] | None:
    moment = _MOMENT if role.is_serious else frozenset()
    sources = {node for node in parts(file, place) if _is_unstable(file, node, moment)}
    if not sources or sources & set(parts(file, write.target)):
        return None
    first = min(sources, key=lambda node: (node.lineno, node.col_offset))
    return Severity.CRITICAL, (
        f"holds `{file.text(first)}`, so each start makes a new one and reads the source again from its beginning; "
        "use a fixed path"
    )


def _is_unstable(file: PythonFile, node: ast.expr, moment: frozenset[str]) -> bool:
    call = as_call(node)
    if call is None:
        return False
    if call.name in _RANDOM | moment:
        return True
    owner = file.dotted(call.receiver)
    return call.name in _CLOCK and owner is not None and _CLOCK_OWNERS.search(owner) is not None


def _temporary(file: PythonFile, write: Write, place: ast.expr, role: Role) -> tuple[Severity, str] | None:
    if not role.is_serious or _TEMPORARY.match(file.pattern(write.target) or ""):
        return None
    path = file.pattern(place) or ""
    made = any((call := as_call(node)) is not None and call.name == "gettempdir" for node in parts(file, place))
    if made or _LOCAL.match(path):
        return Severity.CRITICAL, (
            "lies on the disk of the cluster's driver and is gone with the cluster, so the query starts over; "
            "use a volume"
        )
    if not _TEMPORARY.match(path):
        return None
    return Severity.HIGH, (
        f"lies in the temporary folder `{path}`, which anyone may clear and the query then starts over; use a volume"
    )


def _shared(file: PythonFile, facts: Facts, write: Write, others: list[Write]) -> tuple[Severity, str] | None:
    loop = repeated_by(file, write)
    if loop is not None:
        return Severity.CRITICAL, f"is one path for {loop}; add to the path what tells the queries apart"
    other = twin(file, facts, write, others)
    if other is None:
        return None
    return Severity.CRITICAL, f"is also that of {other}; give each query its own"
