"""The contract of a port in the Open Data Contract Standard 3, and the product around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from orchestrator.workflows.generate.create_data_product.ports import Port
from orchestrator.workflows.generate.pipelines.yaml_text import mapping_lines

VERSION = "1.0.0"
_LOGICAL = {
    "TINYINT": "integer", "BYTE": "integer", "SMALLINT": "integer", "INT": "integer", "INTEGER": "integer",
    "BIGINT": "integer", "LONG": "integer", "DECIMAL": "number", "DOUBLE": "number", "FLOAT": "number",
    "DATE": "date", "TIMESTAMP": "timestamp", "TIMESTAMP_NTZ": "timestamp", "BOOLEAN": "boolean",
    "ARRAY": "array", "STRUCT": "object", "MAP": "map",
}  # fmt: skip
_RESTRICTED = frozenset({"special", "government", "financial", "secret"})
_CERTAIN = frozenset({"certain", "probable"})


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product: its ports, and what was said of it."""

    name: str
    domain: str
    purpose: str | None
    ports: tuple[Port, ...]
    latency: Mapping[str, Latency]
    """the service level of a port, by its name; none where nothing was observed or said"""

    @property
    def readers(self) -> str:
        """The group that reads the ports."""
        return f"{self.name}-readers"

    @property
    def address(self) -> str:
        """The address of the team."""
        return f"{self.name}-team@example.com"

    def view(self, port: Port) -> str:
        """The name of the port's view: its version is part of it."""
        return f"{port.name}_v1"

    def schema(self, port: Port) -> str:
        """The schema of the ports, in the catalog of the table."""
        del port
        return f"{self.name.replace('-', '_')}_ports"

    def contract_id(self, port: Port) -> str:
        """The id of the contract: it never changes."""
        return f"urn:contract:{self.domain}:{port.name}"


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How old the newest row may be at most, by which column, and where the number comes from."""

    hours: int
    column: str
    source: str


def classified(port: Port) -> Mapping[str, str]:
    """The columns of personal data with their classification."""
    found = {}
    for each in port.known.personal:
        if each.certainty in _CERTAIN:
            name = each.column.rpartition(".")[2]
            found[name] = "restricted" if each.sensitivity in _RESTRICTED else "confidential"
    return found


def contract_text(product: Product, port: Port) -> str:
    """PORT.odcs.yaml."""
    document: dict[str, JsonValue] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": product.contract_id(port),
        "name": port.name,
        "version": VERSION,
        "status": "draft",
        "domain": product.domain,
        "description": _description(product, port),
        "servers": [
            {"server": "prod", "type": "databricks", "catalog": port.table.catalog, "schema": product.schema(port)}
        ],
        "schema": [_object(product, port)],
        **_service_levels(product, port),
        "team": {"name": product.name, "members": [{"username": product.address, "role": "owner"}]},
        "roles": [{"role": product.readers, "access": "read"}],
        "support": [{"channel": f"{product.name}-announcements", "url": f"mailto:{product.address}"}],
    }
    return _yaml(document)


def _description(product: Product, port: Port) -> dict[str, JsonValue]:
    key = ", ".join(port.key)
    one = f"one row for each {key}" if key else "the grain is an open question"
    purpose = product.purpose or port.known.comment or f"Rows of {port.table.table}"
    return {
        "purpose": f"{purpose.rstrip('.')}; {one}.",
        "usage": f"Join on {key}." if key else "Not for joins before the key is known.",
        "limitations": "A draft: nobody has accepted these promises yet.",
    }


def _object(product: Product, port: Port) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "name": port.name,
        "physicalName": product.view(port),
        "logicalType": "object",
        "physicalType": "view",
        "description": port.known.comment or f"Rows of {port.table.table}.",
        "properties": [_property(port, number) for number in range(len(port.columns))],
        "quality": [{"name": "not_empty", "metric": "rowCount", "mustBeGreaterThan": 0}],
    }
    return found


def _property(port: Port, number: int) -> dict[str, JsonValue]:
    column = port.columns[number]
    base = column.type.partition("(")[0].partition("<")[0].strip()
    found: dict[str, JsonValue] = {"name": column.name, "logicalType": _LOGICAL.get(base, "string")}
    found["physicalType"] = column.type
    if column.comment:
        found["description"] = column.comment
    if column.name in port.key:
        found |= {"primaryKey": True, "primaryKeyPosition": port.key.index(column.name) + 1}
    if column.name in port.key or not column.nullable:
        found["required"] = True
    if port.key == (column.name,):
        found["unique"] = True
    if column.name in classified(port):
        found["classification"] = classified(port)[column.name]
    found["transformSourceObjects"] = [str(port.table)]
    if column.values:
        found["enum"] = [{"value": value} for value in column.values]
    return found


def _service_levels(product: Product, port: Port) -> dict[str, JsonValue]:
    level = product.latency.get(port.name)
    if level is None:
        return {}
    element = f"{port.name}.{level.column}"
    return {
        "slaProperties": [
            {"property": "latency", "value": level.hours, "unit": "h", "element": element, "driver": "operational"}
        ]
    }


def product_text(product: Product) -> str:
    """NAME.odps.yaml."""
    outputs: list[JsonValue] = [
        {
            "name": port.name,
            "description": port.known.comment or f"Rows of {port.table.table}.",
            "type": "tables",
            "version": VERSION,
            "contractId": product.contract_id(port),
        }
        for port in product.ports
    ]
    return _yaml(
        {
            "apiVersion": "v1.1.0",
            "kind": "DataProduct",
            "id": f"urn:product:{product.domain}:{product.name}",
            "name": product.name,
            "version": VERSION,
            "status": "draft",
            "domain": product.domain,
            "description": {"purpose": product.purpose or "Nobody has said yet what it is for."},
            "inputPorts": [{"name": str(port.table)} for port in product.ports],
            "outputPorts": outputs,
            "team": {"name": product.name, "members": [{"username": product.address, "role": "owner"}]},
            "support": [
                {
                    "channel": f"{product.name}-announcements",
                    "url": f"mailto:{product.address}",
                    "tool": "email",
                    "scope": "announcements",
                }
            ],
        }
    )


def _yaml(document: Mapping[str, JsonValue]) -> str:
    return "\n".join([*mapping_lines(document), ""])
