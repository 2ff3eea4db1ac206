"""The output ports that contracts of a folder promise, with the full names of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.contract import Contract, ContractObject, parse_contract
from orchestrator.code.reading import read_project
from orchestrator.code.source import SourceFile
from orchestrator.errors import UsageError
from orchestrator.workspace.names import TableName, table_name

_PREFERRED = "prod"


@dataclass(frozen=True, kw_only=True)
class Port:
    """One table that a contract promises."""

    contract: Contract
    promised: ContractObject
    name: TableName


def ports(root: Path, product: str | None, server: str | None, only: tuple[str, ...]) -> tuple[Port, ...]:
    """The ports of the product, or of every contract below the folder.

    Raises:
        UsageError: there is no such contract, no server, or no table's full name in it.
    """
    contracts = _contracts(root, product)
    found = [port for contract in contracts for port in _ports(contract, server)]
    wanted = {str(table_name(each)).lower() for each in only}
    kept = tuple(port for port in found if not wanted or str(port.name).lower() in wanted)
    if not kept:
        known = ", ".join(str(port.name) for port in found) or "none"
        raise UsageError(f"--table names no output port; the contracts promise {known}")
    return kept


def _contracts(root: Path, product: str | None) -> tuple[Contract, ...]:
    place = root / product if product else root
    sources = read_project(place).sources if place.is_file() else read_project(root).sources
    found = tuple(contract for source in sources if (contract := parse_contract(source)) is not None)
    if product and not place.is_file():
        found = tuple(contract for contract in found if product in {contract.name, contract.id, _stem(contract.source)})
    elif product:
        found = tuple(contract for contract in found if contract.path.endswith(place.name))
    if not found:
        what = f"called {product!r} " if product else ""
        raise UsageError(
            f"no data contract {what}is below {str(root)!r}; name its file, or write one with create-data-product"
        )
    return found


def _ports(contract: Contract, server: str | None) -> Iterator[Port]:
    place = _server(contract, server)
    for promised in contract.objects:
        name = promised.table_name
        full = name if name.count(".") == 2 else ".".join((*place, name)) if place else name
        if full.count(".") != 2:
            raise UsageError(
                f"{promised.location}: {name!r} is no full name, and no server of the contract gives catalog and schema"
            )
        yield Port(contract=contract, promised=promised, name=table_name(full))


def _server(contract: Contract, wanted: str | None) -> tuple[str, str] | None:
    """The catalog and schema of the server that is looked at; None where the contract names none."""
    servers = contract.node.maps("servers")
    names = [each.text("server") or "" for each in servers]
    if wanted is not None and wanted not in names:
        raise UsageError(
            f"the contract {contract.path!r} has no server {wanted!r}; it has {', '.join(names) or 'none'}"
        )
    name = wanted or _PREFERRED
    chosen = next((each for each in servers if each.text("server") == name), None)
    if chosen is None and len(servers) == 1:
        chosen = servers[0]
    if chosen is None:
        return None
    catalog, schema = chosen.text("catalog"), chosen.text("schema")
    return (catalog, schema) if catalog and schema else None


def _stem(source: SourceFile) -> str:
    return source.path.rpartition("/")[2].partition(".")[0]


def slugs(found: Iterable[Port]) -> tuple[str, ...]:
    """The short names of ports, for files."""
    return tuple(port.name.table for port in found)
