"""Which promises are broken, and what nobody would notice."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.types import Severity
from orchestrator.workflows.audit.monitor_data_product.live import Live
from orchestrator.workflows.commands.result import Check, Observation

_ODCS = ("https://bitol-io.github.io/open-data-contract-standard/",)
_READING = frozenset({"SELECT", "ALL_PRIVILEGES", "MODIFY"})

STALE = Check(
    id="sla-latency-broken", specialist="sla-guardian", severity=Severity.HIGH,
    title="the newest row is older than the contract allows",
    why="Readers decide by data of yesterday and do not know it. Look at the last runs of the job that writes it, and "
    "tell the readers before they ask.",
    references=_ODCS,
)  # fmt: skip
LOW = Check(
    id="volume-low", specialist="sla-guardian", severity=Severity.MEDIUM,
    title="the last whole day has less than half of the usual rows",
    why="A load that lost a part of its input ends green. Compare with the source before the day is published.",
)  # fmt: skip
SCHEMA = Check(
    id="schema-not-as-promised", specialist="data-contract-validator", severity=Severity.HIGH,
    title="the live table is not what the contract promises",
    why="Readers were promised this column. Bring the table back, or publish a new version of the contract.",
    references=_ODCS,
)  # fmt: skip
RULE = Check(
    id="contract-rule-broken", specialist="data-contract-validator", severity=Severity.HIGH,
    title="rows break a rule of the contract",
    why="Readers rely on the rule. Stop the load or put these rows aside until the source is mended.",
    references=_ODCS,
)  # fmt: skip
READER = Check(
    id="reader-not-in-contract", specialist="data-product-architect", severity=Severity.MEDIUM,
    title="somebody reads the port whom the contract does not know",
    why="Whoever is not in `roles` hears of no change and has agreed to no terms. Add the role, or take the grant back "
    "with manage-consumers.",
    references=_ODCS,
)  # fmt: skip
MONITOR = Check(
    id="monitor-fails", specialist="sla-guardian", severity=Severity.MEDIUM,
    title="the monitor of the port does not work",
    why="It is believed to watch, and sees nothing. Mend its column or create it again.",
)  # fmt: skip
_SEVERITY = {"missing": Severity.HIGH, "type": Severity.HIGH, "nullable": Severity.MEDIUM, "extra": Severity.LOW}


def observed(live: Live) -> Iterator[Observation]:
    """What of a port is broken, each with the row of facts that shows it."""
    if live.table is None:
        return
    slug, name = live.port.name.table, str(live.port.name)
    for row, each in enumerate(live.differences, start=1):
        message = f"{name}.{each.column}: {each.kind}: promised {each.promised}, live {each.live}"
        about = f"{name}.{each.column}: {each.kind}"
        yield _seen(SCHEMA, f"schema-{slug}", row, about, message, _SEVERITY[each.kind])
    yield from _arrival(live, slug, name)
    for row, (result, _severe) in enumerate(live.results, start=1):
        if not result.holds:
            message = f"{name}: {result.broken:,} of {result.rows:,} rows break {result.check!r} ({result.origin})"
            yield _seen(RULE, f"rules-{slug}", row, f"{name}: {result.check}", message)
    roles = {(each.text("role") or "").lower() for each in live.port.contract.node.maps("roles")}
    for row, grant in enumerate(live.grants, start=1):
        if roles and grant.privilege in _READING and grant.principal.lower() not in roles:
            message = f"{grant.principal} holds {grant.privilege} on {name} and is no role of the contract"
            yield _seen(READER, f"grants-{slug}", row, f"{name}: {grant.principal}: {grant.privilege}", message)
    if live.monitor is not None and not live.monitor.works:
        why = f": {live.monitor.failure}" if live.monitor.failure else ""
        yield _seen(
            MONITOR, f"monitor-{slug}", 1, f"{name}: monitor", f"the monitor of {name} is {live.monitor.status}{why}"
        )


def _arrival(live: Live, slug: str, name: str) -> Iterator[Observation]:
    found, limit = live.newest, live.limit_hours
    if found is not None and limit is not None:
        if found.newest is None:
            yield _seen(
                STALE, f"newest-{slug}", 1, f"{name}: latency", f"{name} has no row with a time in {found.column}"
            )
        elif found.age_hours is not None and found.age_hours > limit:
            message = f"the newest row of {name} is {found.age_hours:,.1f} hours old; the contract allows {limit:g}"
            yield _seen(STALE, f"newest-{slug}", 1, f"{name}: latency", message)
    if live.daily is not None and live.daily.is_low:
        message = f"{name} has {live.daily.last:,} rows of the last whole day; usual are {live.daily.usual:,.0f}"
        yield _seen(LOW, f"days-{slug}", 1, f"{name}: volume", message)


def _seen(
    check: Check, facts: str, row: int, about: str, message: str, severity: Severity | None = None
) -> Observation:
    return Observation(check=check, facts=facts, row=row, about=about, message=message, severity=severity)
