"""A SQL warehouse of the bundle is told never to stop, or to wait for hours before it does.

What: a warehouse in `resources.sql_warehouses` with `auto_stop_mins: 0`, or more than 60, in a target that is not for
development.

Why: a warehouse costs as much while it waits as while it works. A serverless one starts in seconds, so ten minutes are
enough; with 0 it runs at night and over the weekend.

Silent when: the value is a variable without a default; the bundle is a demo or a test.

Opt-in: a warehouse behind a dashboard that must answer at once may be kept up on purpose.

Source: Databricks documentation, create a SQL warehouse, auto stop.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      sql_warehouses:
        reports:
          name: reports
          cluster_size: Medium
          auto_stop_mins: 0

Bad: three hours, from a variable::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      idle:
        default: 180
    resources:
      sql_warehouses:
        reports:
          name: reports
          cluster_size: Medium
          auto_stop_mins: ${var.idle}

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      sql_warehouses:
        reports:
          name: reports
          cluster_size: Medium
          auto_stop_mins: 10
        adhoc:
          name: adhoc
          cluster_size: Small

Good: a demo::

    # file: demos/orders/databricks.yml
    bundle:
      name: orders
    resources:
      sql_warehouses:
        reports:
          name: reports
          auto_stop_mins: 0
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="CST005",
    name="warehouse-never-stops",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/compute/sql-warehouse/create",),
)
_MINUTES = "auto_stop_mins"
_LONG = 60


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such warehouse, once for all targets."""
    seen: set[Location] = set()
    for target in bundle.targets if role_of(bundle.path).is_serious else ():
        for warehouse in target.warehouses if not target.is_development else ():
            written, minutes = warehouse.node.scalar(_MINUTES), warehouse.node.integer(_MINUTES)
            if written is None or minutes is None or 0 < minutes <= _LONG:
                continue
            place = (written.resolved_from or written).location
            if place not in seen:
                seen.add(place)
                what = "never stops by itself" if minutes == 0 else f"waits {minutes} minutes before it stops"
                yield Hit(
                    location=place,
                    message=f"warehouse `{warehouse.key}` {what} (`{_MINUTES}: {minutes}`); 10 minutes are usual",
                    symbol=warehouse.key,
                )
