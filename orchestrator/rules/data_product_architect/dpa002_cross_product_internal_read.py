"""Code of one bundle reads an internal table of another.

What: in a repository with several bundles, a read of a table in a schema that is internal by its name (`bronze`,
`silver`, `raw`, `staging`, `internal`), which code of another bundle alone writes, and which no contract offers.

Why: the owner of the other product changes such a table whenever its inside changes, and does not know of this reader.
The reader breaks, or worse, goes on with other rows than it means.

Silent when: the name of schema or table is not known; the reader's bundle writes the table too; a contract of the
project describes it; only one bundle is there; the file is a test.

Source: engineering judgement; data mesh, data as a product.

Bad::

    # file: orders/databricks.yml
    bundle: {name: orders}
    # file: orders/load.py
    frame.write.mode("overwrite").saveAsTable("main.silver_orders.order_lines")
    # file: finance/databricks.yml
    bundle: {name: finance}
    # file: finance/report.py
    lines = spark.table("main.silver_orders.order_lines")

Good: what the other product publishes::

    # file: orders/databricks.yml
    bundle: {name: orders}
    # file: orders/load.py
    frame.write.mode("overwrite").saveAsTable("main.gold_orders.order_lines")
    # file: finance/databricks.yml
    bundle: {name: finance}
    # file: finance/report.py
    lines = spark.table("main.gold_orders.order_lines")

Good: a contract offers it::

    # file: orders/databricks.yml
    bundle: {name: orders}
    # file: orders/contract.yaml
    kind: DataContract
    id: order-lines
    schema:
      - name: order_lines
    # file: orders/load.py
    frame.write.mode("overwrite").saveAsTable("main.silver_orders.order_lines")
    # file: finance/databricks.yml
    bundle: {name: finance}
    # file: finance/report.py
    lines = spark.table("main.silver_orders.order_lines")

Good: its own, and one that both write::

    # file: orders/databricks.yml
    bundle: {name: orders}
    # file: orders/load.py
    frame.write.mode("overwrite").saveAsTable("main.silver.order_lines")
    lines = spark.table("main.silver.order_lines")
    frame.write.mode("append").saveAsTable("main.silver.rejected")
    # file: finance/databricks.yml
    bundle: {name: finance}
    # file: finance/report.py
    rejected = spark.table("main.silver.rejected")
    rejected.write.mode("append").saveAsTable("main.silver.rejected")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.tables import Use, name_parts
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.tables import TableUse

RULE = Rule(
    id="DPA002",
    name="cross-product-internal-read",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://martinfowler.com/articles/data-mesh-principles.html",),
)
_INTERNAL = re.compile(r"(?:^|_)(?:bronze|silver|raw|staging|stg|internal|intermediate|landing)(?:_|$)")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every read of a table that belongs to the inside of another bundle."""
    if len(facts.project.bundles) < 2:
        return
    offered = {each.table_name.lower().rpartition(".")[2] for one in facts.project.contracts for each in one.objects}
    for name, uses in facts.tables.by_name.items():
        parts = name_parts(name)
        if (
            len(parts) < 2
            or "{" in f"{parts[-2]}{parts[-1]}"
            or parts[-1] in offered
            or not _INTERNAL.search(parts[-2])
        ):
            continue
        yield from _foreign_reads(facts, name, [use for use in uses if facts.role(use.location.path) is not Role.TEST])


def _foreign_reads(facts: Facts, name: str, uses: list[TableUse]) -> Iterator[Hit]:
    owners = {bundle.path: bundle for use in uses if use.use.writes or use.use is Use.DECLARE
              if (bundle := _bundle(facts, use.location.path)) is not None}  # fmt: skip
    if len(owners) != 1 or any(_bundle(facts, use.location.path) is None for use in uses if use.use.writes):
        return
    owner = next(iter(owners.values()))
    for use in uses:
        reader = _bundle(facts, use.location.path)
        if use.use in {Use.READ, Use.STREAM} and reader is not None and reader.path != owner.path:
            yield Hit(
                location=use.location,
                message=f"`{name}` is an internal table of the bundle `{owner.name}`, which may change it at any time: "
                "read what that product publishes, or ask for a contract",
                symbol=name,
            )


def _bundle(facts: Facts, path: str) -> Bundle | None:
    """The bundle that a file belongs to: the one whose folder is the nearest above it."""
    above = [each for each in facts.project.bundles if not each.root_dir or path.startswith(f"{each.root_dir}/")]
    return max(above, key=lambda each: len(each.root_dir), default=None)
