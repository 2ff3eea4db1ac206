"""The checks of one table, as data: this file is what the table's owner reviews."""

from collections.abc import Sequence
from datetime import datetime

from quality_gate import Check, broken, duplicates, hours_old, rows


def orders_checks(*, now: datetime, usual_rows: int) -> Sequence[Check]:
    """What `silver.orders` must satisfy before gold reads it; `usual_rows` is a median of the quality log."""
    return (
        rows(low=0.5 * usual_rows, high=2 * usual_rows),
        duplicates("order_id"),
        broken("amount out of range", "amount BETWEEN 0 AND 100000"),
        broken("unknown status", "status IN ('placed', 'paid', 'cancelled')"),
        broken("changed before ordered", "changed_at >= ordered_at"),
        broken("no e-mail", "email IS NOT NULL", at_most=0.4, severity="warn"),
        hours_old("changed_at", now=now, at_most=26),
    )
