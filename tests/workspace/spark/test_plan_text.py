"""Texts of EXPLAIN as trees of operators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.advice import plan_tips
from orchestrator.workspace.spark.operators import filters, is_exchange, is_scan, join_type, table
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.plan_text import read_plan

# As a Databricks SQL warehouse and serverless compute print it.
PHOTON = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=false
+- == Initial Plan ==
   PhotonResultStage
   +- PhotonColumnarToRow
      +- PhotonProject [day#1, place#2]
         +- PhotonBroadcastHashJoin [key#3L], [key#4L], Inner, BuildRight, false, true, false
            :- PhotonProject [id#5L AS key#3L]
            :  +- PhotonScan parquet main.sales.orders[id#5L,day#1] DataFilters: [], PartitionFilters: []
            +- PhotonShuffleExchangeSource false
               +- PhotonShuffleMapStage EXECUTOR_BROADCAST, [id=#7447]
                  +- PhotonShuffleExchangeSink SinglePartition
                     +- SomethingNew of next year [a, b]
                        +- PhotonRange Range (0, 1000, step=1, splits=8)

== Photon Explanation ==
Photon does not fully support the query because:
    Unsupported node: SomethingNew
"""
FORMATTED = """== Physical Plan ==
AdaptiveSparkPlan (7)
+- == Final Plan ==
   * SortMergeJoin LeftOuter (4)
   :- * Sort (2)
   :  +- ShuffleQueryStage (1), Statistics(sizeInBytes=24.0 B, rowCount=1)
   +- Scan parquet spark_catalog.default.days (3)
+- == Initial Plan ==
   SortMergeJoin LeftOuter (6)
   +- Scan parquet (5)


(1) ShuffleQueryStage
Output [1]: [id#1L]
Arguments: 0

(2) Sort [codegen id : 2]
Input [1]: [id#1L]
Arguments: [id#1L ASC NULLS FIRST], false, 0

(3) Scan parquet spark_catalog.default.days
Output [2]: [id#2L, day#3]
Batched: true
PartitionFilters: [isnotnull(day#3), (day#3 = Subquery subquery#9, [id=#62])]
PushedFilters: [IsNotNull(id), GreaterThan(id,10)]

(4) SortMergeJoin [codegen id : 3]
Left keys [1]: [id#1L]
Join type: LeftOuter

(7) AdaptiveSparkPlan
Output [1]: [id#1L]
Arguments: isFinalPlan=true

===== Subqueries =====

Subquery:1 Hosting operator id = 3 Hosting Expression = day#3 = Subquery subquery#9, [id=#62]
* HashAggregate (9)
+- Scan parquet (8)


(8) Scan parquet
Output [1]: [day#12]

(9) HashAggregate [codegen id : 1]
Input [1]: [day#12]
"""


def shape(node: PlanNode) -> str:
    inner = ", ".join(shape(child) for child in node.children)
    return f"{node.name}({inner})" if inner else node.name


def test_a_photon_plan_keeps_its_operators_and_the_unknown_one() -> None:
    plan = read_plan(PHOTON)
    assert shape(plan.root) == (
        "AdaptiveSparkPlan(PhotonResultStage(PhotonColumnarToRow(PhotonProject(PhotonBroadcastHashJoin("
        "PhotonProject(PhotonScan parquet), PhotonShuffleExchangeSource(PhotonShuffleMapStage("
        "PhotonShuffleExchangeSink(SomethingNew(PhotonRange)))))))))"
    )
    assert (plan.adaptive, plan.final) == (True, False)
    assert plan.notes[-1] == "Unsupported node: SomethingNew"
    scan = next(node for node in plan.walk() if is_scan(node))
    assert table(scan) == "main.sales.orders"
    assert filters(scan, "PartitionFilters") == ""
    assert sum(is_exchange(node) for node in plan.walk()) == 1


def test_a_formatted_plan_has_its_details_and_only_the_final_version() -> None:
    plan = read_plan(FORMATTED)
    assert shape(plan.root) == ("AdaptiveSparkPlan(SortMergeJoin(Sort(ShuffleQueryStage), Scan parquet))")
    join, scan = plan.root.children[0], plan.root.children[0].children[1]
    assert (plan.final, join.number, join_type(join)) == (True, 4, "LeftOuter")
    assert join.attribute("Left keys") == "[id#1L]"
    assert table(scan) == "spark_catalog.default.days"
    assert filters(scan, "PushedFilters") == "IsNotNull(id), GreaterThan(id,10)"
    assert [shape(root) for root in plan.subqueries] == ["HashAggregate(Scan parquet)"]


def test_an_adaptive_subquery_of_a_simple_plan_stands_where_it_is_used() -> None:
    text = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   *(2) Filter (id#1L > 1)
   +- FileScan parquet [id#1L] PartitionFilters: [], PushedFilters: []
         +- Subquery subquery#5, [id=#62]
            +- AdaptiveSparkPlan isFinalPlan=true
            +- == Final Plan ==
               *(1) HashAggregate(keys=[], functions=[max(day#12)])
            +- == Initial Plan ==
               HashAggregate(keys=[], functions=[max(day#12)])
+- == Initial Plan ==
   Filter (id#1L > 1)
"""
    assert shape(read_plan(text).root) == (
        "AdaptiveSparkPlan(Filter(Scan parquet(Subquery(AdaptiveSparkPlan(HashAggregate)))))"
    )


def test_the_logical_plans_of_an_extended_text_are_passed_over() -> None:
    logical = "== Parsed Logical Plan ==\n'Project [*]\n+- Range\n\n"
    text = f"{logical}== Physical Plan ==\n*(1) Project [id#0L]\n+- *(1) Range (0, 5)\n"
    assert shape(read_plan(text).root) == "Project(Range)"


def test_the_text_alone_tells_what_needs_no_numbers() -> None:
    text = """== Physical Plan ==
Window [row_number() windowspecdefinition(id#1 ASC)], [id#1 ASC]
+- *(2) Sort [id#1 ASC], false, 0
   +- Exchange SinglePartition, ENSURE_REQUIREMENTS
      +- CartesianProduct
         :- BatchEvalPython [f(id#1)#2], [pythonUDF0#3]
         :  +- *(1) Filter (cast(id#1 as string) = 5)
         :     +- FileScan parquet a.b.c[id#1] PartitionFilters: [], PushedFilters: [IsNotNull(id)]
         +- *(1) Range (0, 5)
"""
    assert {tip.kind for tip in plan_tips(read_plan(text))} == {
        "global-window", "compared-pairs", "python-time", "unused-filter"
    }  # fmt: skip
    assert plan_tips(read_plan(FORMATTED)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "== Physical Plan ==\n", "{}", "what is this?", "Hello world, here is no plan",
        "== Physical Plan ==\nnot a plan at all", "SELECT * FROM sales.orders", "+- foo\n   +- bar",
    ],
)  # fmt: skip
def test_a_text_without_a_plan_says_what_to_give(text: str) -> None:
    with pytest.raises(UsageError, match=r"holds no physical plan; give the output of df\.explain"):
        read_plan(text)


def test_too_long_a_text_and_too_many_operators_are_refused() -> None:
    with pytest.raises(UsageError, match="at most 4194304 are read"):
        read_plan("x" * 5_000_000)
    with pytest.raises(UsageError, match="more than 5000 operators"):
        read_plan("Union\n" + "+- Range (0, 5)\n" * 6_000)


def test_a_very_deep_plan_is_read() -> None:
    text = "\n".join(f"{'   ' * (depth - 1)}+- Project [x]" if depth else "Project [x]" for depth in range(1_500))
    assert sum(1 for _ in read_plan(text).walk()) == 1_500


@given(st.text(alphabet=" :+-|*()=[]ab1,\n\t", max_size=300))
def test_noise_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        read_plan(f"== Physical Plan ==\n{text}")
    except UsageError:
        return


def test_passwords_in_a_plan_are_masked() -> None:
    plan = read_plan("*(1) Scan JDBCRelation(t) url=jdbc:x?user=a&password=hunter22 [id#1]")
    assert "hunter22" not in str([node.detail for node in plan.walk()])
