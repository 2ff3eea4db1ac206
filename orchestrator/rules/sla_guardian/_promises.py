"""The promises of contracts that schedules cannot keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit
from orchestrator.rules.sla_guardian._filling import Filling, Writers, fillings
from orchestrator.rules.sla_guardian._times import allowed, shown

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract, ContractObject, SlaProperty
    from orchestrator.code.facts import Facts

_FRESHNESS: Final = frozenset({"frequency", "freshness", "latency", "updatefrequency", "refreshfrequency"})
_LOOSE: Final = frozenset({"draft", "proposed", "retired"})


def check(facts: Facts) -> Iterator[Hit]:
    """Every promise of freshness that the schedule of the table's fastest job breaks."""
    if not facts.project.bundles or not any(contract.sla for contract in facts.project.contracts):
        return
    writers = Writers.over(facts)
    for contract in facts.project.contracts:
        if contract.status in _LOOSE or facts.role(contract.path) is Role.TEST:
            continue
        for promise in contract.sla:
            limit = allowed(promise) if promise.name.lower() in _FRESHNESS else None
            for each in _promised(contract, promise) if limit else ():
                yield from _late(fillings(facts, writers.of(*_names(contract, each))), contract, each, promise)


def _promised(contract: Contract, promise: SlaProperty) -> Iterator[ContractObject]:
    """The tables that a promise is about: those that it names, or all of the contract."""
    named = {element.strip().rpartition(".")[0].lower() for element in (promise.element or "").split(",")} - {""}
    for each in contract.objects:
        if not named or {each.name.lower(), each.table_name.lower()} & named:
            yield each


def _names(contract: Contract, each: ContractObject) -> tuple[str, frozenset[str]]:
    """The table's own name, and the schemas that it may stand in."""
    *outer, table = each.table_name.lower().replace("`", "").split(".")
    schemas = [outer[-1]] if outer else [server.text("schema") or "" for server in contract.node.maps("servers")]
    return table, frozenset(schema.lower() for schema in schemas if schema and "{" not in schema)


def _late(
    found: tuple[Filling, ...] | None, contract: Contract, each: ContractObject, promise: SlaProperty
) -> Iterator[Hit]:
    limit = allowed(promise)
    if not found or limit is None:
        return
    fastest = min(found, key=lambda one: one.pause)
    if fastest.pause > limit:
        written = f"{contract.path}:{promise.location.start_line}"
        yield Hit(
            location=fastest.location,
            message=f"up to {shown(fastest.pause)} pass between two runs of `{fastest.job}`, the fastest that fills "
            f"`{each.table_name}`, and its contract promises a {promise.name} of {shown(limit)} ({written}): run it "
            "more often, or promise less",
            symbol=f"{fastest.job}.{promise.name}",
        )
