"""A data product by its ODPS file, with the output ports that its contracts describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.contract import Contract, ContractObject, parse_contract
from orchestrator.code.reading import read_project
from orchestrator.code.source import SourceFile
from orchestrator.code.yaml import YamlMap, parse_yaml
from orchestrator.errors import UsageError
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.names import TableName, table_name

_ENDINGS = (".odps.yaml", ".odps.yml")
_SHOWN = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Port:
    """One output port: a table or view of the contract, with its full name."""

    name: str
    table: TableName
    contract: Contract
    object: ContractObject

    @property
    def full_name(self) -> str:
        """catalog.schema.table"""
        return str(self.table)

    @property
    def roles(self) -> tuple[str, ...]:
        """The groups that may read it, by its contract."""
        found = (each.text("role") for each in self.contract.node.maps("roles"))
        return tuple(each for each in found if each)

    @property
    def restricted(self) -> tuple[str, ...]:
        """The columns that the contract calls restricted or confidential."""
        classes = {"restricted", "confidential"}
        return tuple(each.column_name for each in self.object.columns if (each.classification or "").lower() in classes)

    @property
    def where(self) -> str:
        """The place of its contract."""
        return f"{self.contract.path}:{self.contract.location.start_line}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Product:
    """A product with the ports that were asked for; `whole` tells that these are all of them."""

    name: str
    path: str
    version: str
    root: Path
    ports: tuple[Port, ...]
    whole: bool


def read_product(site: Site, named: str, ports: Iterable[str], server: str) -> Product:
    """The product of that file or name, narrowed to some of its ports.

    Raises:
        UsageError: there is none or there are several, a contract is missing, or a port is unknown.
    """
    given = site.path(Path(named))
    top = given.parent if given.is_file() else site.root
    sources = {source.path: source for source in read_project(top).sources}
    path, node = _product(sources, named, given)
    contracts = [contract for source in sources.values() if (contract := parse_contract(source)) is not None]
    if not contracts and top != site.root:
        contracts = [found for source in read_project(site.root).sources if (found := parse_contract(source))]
    every = [port for entry in node.maps("outputPorts") for port in _ports(path, entry, contracts, server)]
    wanted = set(ports)
    unknown = wanted - {word for port in every for word in (port.name, port.full_name)}
    if unknown or not every:
        known = ", ".join(f"{port.name} ({port.full_name})" for port in every) or "none"
        raise UsageError(f"{path} has no output port {', '.join(sorted(unknown)) or 'at all'}; it has {known}")
    chosen = tuple(port for port in every if not wanted or wanted & {port.name, port.full_name})
    return Product(
        name=node.text("name") or named,
        path=path,
        version=node.text("version") or "",
        root=top,
        ports=chosen,
        whole=len(chosen) == len(every),
    )


def _product(sources: dict[str, SourceFile], named: str, given: Path) -> tuple[str, YamlMap]:
    found: list[tuple[str, YamlMap]] = []
    for path, source in sources.items():
        if path.endswith(_ENDINGS) and (root := parse_yaml(source).map) is not None:
            found.append((path, root))
    if given.is_file():
        matches = [each for each in found if each[0] == given.name]
    else:
        matches = [each for each in found if each[1].text("name") == named]
    if len(matches) != 1:
        known = ", ".join(f"{node.text('name')} ({path})" for path, node in found[:_SHOWN]) or "none"
        if matches:
            files = ", ".join(path for path, _ in matches[:_SHOWN])
            raise UsageError(f"{len(matches)} data products here are called {named[:100]!r}: name a file of {files}")
        raise UsageError(f"there is no data product {named[:100]!r} here; there is {known}")
    return matches[0]


def _ports(path: str, entry: YamlMap, contracts: list[Contract], server: str) -> list[Port]:
    name, wanted, version = entry.text("name") or "", entry.text("contractId"), entry.text("version")
    of_id = [each for each in contracts if each.id == wanted]
    exact = [each for each in of_id if version is None or each.version == version]
    if len(exact) != 1:
        place = f"{path}:{entry.start_line}"
        known = ", ".join(f"{each.version} ({each.path})" for each in of_id) or "no version"
        raise UsageError(
            f"{place}: the port {name!r} needs the contract {wanted!r} version {version}; there is {known}"
        )
    contract = exact[0]
    catalog, schema = _place(contract, server)
    return [
        Port(name=name, table=_table(catalog, schema, each), contract=contract, object=each)
        for each in contract.objects
    ]


def _table(catalog: str, schema: str, each: ContractObject) -> TableName:
    given = each.table_name
    return table_name(given if given.count(".") == 2 else f"{catalog}.{schema}.{given}")


def _place(contract: Contract, server: str) -> tuple[str, str]:
    """Catalog and schema of the server of that name, or of the only one."""
    servers = [each for each in contract.node.maps("servers") if (each.text("type") or "databricks") == "databricks"]
    chosen = [each for each in servers if each.text("server") == server] or (servers if len(servers) == 1 else [])
    if len(chosen) != 1 or not chosen[0].text("catalog") or not chosen[0].text("schema"):
        known = ", ".join(each.text("server") or "?" for each in servers) or "none"
        raise UsageError(
            f"{contract.path}: there is no Databricks server {server!r} with catalog and schema; it has {known}"
        )
    return chosen[0].text("catalog") or "", chosen[0].text("schema") or ""
