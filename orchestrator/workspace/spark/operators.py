"""What an operator of a plan does, by its name: Spark's own, and Photon's on Databricks."""

from __future__ import annotations

import re

from orchestrator.workspace.spark.plan import Plan, PlanNode

ADAPTIVE = "AdaptiveSparkPlan"
_TRANSPARENT = frozenset(
    {
        "InputAdapter",
        "ShuffleQueryStage",
        "BroadcastQueryStage",
        "ResultQueryStage",
        "TableCacheQueryStage",
        "AQEShuffleRead",
        "CustomShuffleReader",
        "ColumnarToRow",
        "PhotonColumnarToRow",
        "RowToColumnar",
        "Sort",
        "PhotonSort",
        "PhotonShuffleExchangeSource",
        "PhotonShuffleMapStage",
        "PhotonResultStage",
        "PhotonAdapter",
        "PhotonRowToColumnar",
        ADAPTIVE,
    }
)
"""Operators that change neither rows nor columns: what is below them is what their parent reads."""
_EXCHANGES = frozenset({"Exchange", "ShuffleExchange", "PhotonShuffleExchangeSink", "ColumnarExchange"})
_SORTED_JOINS = frozenset({"SortMergeJoin", "ShuffledHashJoin", "PhotonShuffledHashJoin", "PhotonSortMergeJoin"})
_NESTED_LOOPS = frozenset({"BroadcastNestedLoopJoin", "PhotonBroadcastNestedLoopJoin"})
_CARTESIANS = frozenset({"CartesianProduct", "PhotonCartesianProduct"})
_WINDOWS = frozenset({"Window", "PhotonWindow", "WindowInPandas", "ArrowWindowPython", "WindowExec"})
_FILTERS = frozenset({"Filter", "PhotonFilter"})
_PYTHON = re.compile(
    r"(?:BatchEvalPython|ArrowEvalPython|MapInPandas|MapInArrow|PythonMapInArrow|(?:FlatMap)?(?:Co)?Groups?InPandas"
    r"|FlatMap(?:Co)?GroupsIn(?:Pandas|Arrow)|AggregateInPandas|ArrowAggregatePython|WindowInPandas|ArrowWindowPython"
    r"|BatchEvalPythonUDTF|ArrowEvalPythonUDTF)\w*"
)
_SCAN = re.compile(r"(?:File|Batch|Photon|Light)?Scan\b|LocalTableScan|PhotonScan")
_JOIN_TYPE = re.compile(r"\b(Inner|Cross|LeftOuter|RightOuter|FullOuter|LeftSemi|LeftAnti|LeftSingle|ExistenceJoin)\b")


def is_transparent(node: PlanNode) -> bool:
    """Whether the operator passes on the rows it reads."""
    return node.name in _TRANSPARENT or node.name.startswith("WholeStageCodegen")


def is_exchange(node: PlanNode) -> bool:
    """Whether the operator shuffles."""
    return node.name in _EXCHANGES


def is_shuffled_join(node: PlanNode) -> bool:
    """Whether the operator joins two shuffled sides."""
    return node.name in _SORTED_JOINS


def is_nested_loop(node: PlanNode) -> bool:
    """Whether the operator compares each row with each row of a broadcast side."""
    return node.name in _NESTED_LOOPS


def is_cartesian(node: PlanNode) -> bool:
    """Whether the operator pairs each row with each row."""
    return node.name in _CARTESIANS


def is_window(node: PlanNode) -> bool:
    """Whether the operator evaluates window functions."""
    return node.name in _WINDOWS


def is_filter(node: PlanNode) -> bool:
    """Whether the operator drops rows by a condition."""
    return node.name in _FILTERS


def is_python(node: PlanNode) -> bool:
    """Whether the operator hands its rows to Python workers."""
    return _PYTHON.fullmatch(node.name) is not None


def is_scan(node: PlanNode) -> bool:
    """Whether the operator reads a table, files or a cache from outside the query."""
    return _SCAN.match(node.name) is not None


def is_write(node: PlanNode) -> bool:
    """Whether the operator writes files."""
    return node.metric("number of written files") is not None


def below(node: PlanNode) -> PlanNode:
    """The first operator at or under the node that changes rows or columns."""
    while is_transparent(node) and len(node.children) == 1:
        node = node.children[0]
    return node


def join_type(node: PlanNode) -> str:
    """The join type that the arguments name, such as `LeftOuter`; empty where they name none."""
    found = _JOIN_TYPE.search(node.detail) or _JOIN_TYPE.search(node.attribute("Join type") or "")
    return found[1] if found else ""


def rows(node: PlanNode) -> int | None:
    """The rows that the operator gave, or the nearest operator under it that counted them."""
    while True:
        count = node.metric("number of output rows")
        if count is None:
            count = node.metric("shuffle records written")
        if count is not None or len(node.children) != 1:
            return count
        node = node.children[0]


def table(node: PlanNode) -> str:
    """What a scan reads: the table's name, else the location, else an empty text."""
    location = node.attribute("Location") or _argument(node.detail, "Location")
    name = node.name.partition(" ")[2].partition(" ")[2].strip() or _named(node.detail)
    if name:
        return name[:200]
    paths = location.partition("[")[2].rpartition("]")[0] or location.partition("[")[2]
    return paths[:200]


def _named(detail: str) -> str:
    """`catalog.schema.table` at the beginning of a scan's text, as `FileScan parquet main.sales.orders[id#1]`."""
    found = re.match(
        r"(?:(?:parquet|delta|orc|csv|json|text|avro)\s+)?([\w$`-]+(?:\.[\w$`-]+){1,3})(?=\[|\s|$)", detail
    )
    return found[1] if found else ""


def _argument(detail: str, name: str) -> str:
    found = re.search(rf"\b{name}: (.*?)(?=, [A-Z]\w+: |$)", detail)
    return found[1] if found else ""


def filters(node: PlanNode, name: str) -> str | None:
    """The text of `PartitionFilters`, `PushedFilters` or `DataFilters` of a scan without its brackets, or None."""
    value = node.attribute(name)
    if value is None:
        found = re.search(rf"\b{name}: \[(.*?)\](?=, [A-Z]\w+: |$|, \w+: )", node.detail)
        value = f"[{found[1]}]" if found else None
    return value.strip().removeprefix("[").removesuffix("]") if value is not None else None


def uses_photon(plan: Plan) -> bool:
    """Whether any operator runs in Photon."""
    return any(node.name.startswith("Photon") for node in plan.walk())
