"""A share hands out a raw table, or one whose personal columns are in the clear.

What: a table or schema that `ALTER SHARE ... ADD` or the SDK puts into a share, and that is raw by its name (`raw`,
`bronze`, `landing`, `staging`), or that the project declares with columns such as `email` or `date_of_birth` without a
mask.

Why: what leaves through a share cannot be called back. Raw data holds whatever the source sent today, columns that
nobody has looked at among it; personal data in the clear is then processed by somebody whom the customer never met.

Silent when: a view is shared, which chooses columns and rows; only a partition of the table is shared; the table has a
row filter or the column a mask; several statements declare the table; the file is a test. Milder in demos.

Source: Databricks documentation, create shares; engineering judgement.

Bad::

    # file: sql/share.sql
    ALTER SHARE partners ADD TABLE main.bronze.orders;

Bad: personal columns::

    # file: sql/share.sql
    CREATE TABLE main.gold.customers (customer_id BIGINT, email STRING, country STRING);
    ALTER SHARE partners ADD TABLE main.gold.customers;

Bad: through the SDK::

    from databricks.sdk.service.sharing import SharedDataObject, SharedDataObjectUpdate

    update = SharedDataObjectUpdate(data_object=SharedDataObject(name="main.raw.orders", data_object_type="TABLE"))

Good: a view, and a table without persons::

    # file: sql/share.sql
    CREATE TABLE main.gold.stores (store_id BIGINT, country STRING);
    ALTER SHARE partners ADD VIEW main.gold.customers_shared;
    ALTER SHARE partners ADD TABLE main.gold.stores;
    ALTER SHARE partners REMOVE TABLE main.bronze.orders;

Good: masked, and a part of a table::

    # file: sql/share.sql
    CREATE TABLE main.gold.customers (customer_id BIGINT, email STRING MASK main.gold.mask_contact);
    ALTER SHARE partners ADD TABLE main.gold.customers;
    ALTER SHARE partners ADD TABLE main.bronze.orders PARTITION (partner = 'acme');

Good: it is taken out::

    from databricks.sdk.service.sharing import SharedDataObject, SharedDataObjectUpdate, SharedDataObjectUpdateAction

    update = SharedDataObjectUpdate(
        action=SharedDataObjectUpdateAction.REMOVE, data_object=SharedDataObject(name="main.raw.orders")
    )

Good: a test::

    # file: tests/share.sql
    ALTER SHARE partners ADD TABLE main.bronze.orders;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.delta_sharing_expert._shared import (
    declared_tables,
    personal_columns,
    raw_part,
    shared_by_sdk,
    shared_by_sql,
)
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.rules.delta_sharing_expert._shared import Shared

RULE = Rule(
    id="SHR001",
    name="shares-raw-or-personal-data",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta-sharing/create-share",),
)
_KINDS = frozenset({"TABLE", "SCHEMA", "DATABASE"})


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every table or schema in a share that holds raw or personal data."""
    found = [shared for unit, _ in facts.project.sql_units() for shared in shared_by_sql(unit)]
    found += shared_by_sdk(facts)
    declared = declared_tables(facts) if found else {}
    for shared in found:
        yield from _judged(facts, shared, personal_columns(declared, shared))


def _judged(facts: Facts, shared: Shared, personal: tuple[str, ...]) -> Iterator[Hit]:
    role = facts.role(shared.location.path)
    if shared.kind not in _KINDS or shared.partitioned or role is Role.TEST:
        return
    raw = raw_part(shared)
    if raw is None and not personal:
        return
    shown = ", ".join(f"`{name}`" for name in personal[:4])
    what = f"is raw data by its name (`{raw}`)" if raw else f"holds {shown} without a mask"
    yield Hit(
        location=shared.location,
        message=f"the {shared.kind.lower()} `{shared.name}` is shared and {what}: share a view with the columns that "
        "the recipient is to have",
        severity=Severity.HIGH if role.is_serious else Severity.LOW,
        symbol=shared.name,
    )
