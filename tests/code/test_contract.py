"""Open data contracts as values."""

from __future__ import annotations

import pytest

from orchestrator.code.contract import Contract, parse_contract
from orchestrator.code.source import SourceFile

TEXT = """
apiVersion: v3.0.2
kind: DataContract
id: sales-1
name: Sales
version: 2.1.0
status: active
schema:
  - name: orders
    physicalName: main.gold.orders
    physicalType: table
    quality:
      - {type: sql, query: "SELECT count(*) FROM {object}", mustBe: 0}
    properties:
      - name: order_id
        logicalType: string
        physicalType: STRING
        required: true
        unique: true
        primaryKey: true
      - name: customer
        logicalType: object
        classification: restricted
        properties:
          - name: email
            physicalName: mail
            quality:
              - {rule: nullCheck, severity: error}
slaProperties:
  - {property: latency, value: 4, unit: h, element: orders.order_id}
"""


def contract(text: str, path: str = "contracts/sales.yaml") -> Contract | None:
    return parse_contract(SourceFile(path=path, text=text, digest=""))


def test_contract_s_identity_objects_and_columns_are_read() -> None:
    found = contract(TEXT)
    assert found is not None
    assert (found.id, found.name, found.version, found.status) == ("sales-1", "Sales", "2.1.0", "active")
    orders = found.objects[0]
    assert (orders.name, orders.table_name) == ("orders", "main.gold.orders")
    key, customer = orders.columns
    assert (key.name, key.logical_type, key.physical_type) == ("order_id", "string", "STRING")
    assert (key.required, key.unique, key.primary_key) == (True, True, True)
    assert (customer.required, customer.classification) == (False, "restricted")
    assert [each.column_name for each in customer.columns] == ["mail"]
    assert str(key.location) == "contracts/sales.yaml:15"
    assert orders.column("ORDER_ID") is key


def test_promises_and_quality_rules_are_read_with_their_places() -> None:
    found = contract(TEXT)
    assert found is not None
    promise = found.sla[0]
    assert promise.value is not None
    assert (promise.name, promise.value.value, promise.unit, promise.element) == ("latency", 4, "h", "orders.order_id")
    rules = [(each.kind, each.metric, each.column, each.location.start_line) for each in found.quality]
    assert rules == [("sql", None, "", 13), ("library", "nullCheck", "email", 28)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("kind: Deployment\n", "a.yaml"),
        (TEXT, "notes.txt"),
        ("x: |\n  kind: DataContract\n", "a.yaml"),
        ("kind: DataContract\n\t- broken\n", "a.yaml"),
        ("- kind: DataContract\n", "a.yaml"),
    ],
)
def test_other_files_are_no_contracts(text: str, path: str) -> None:
    assert contract(text, path) is None


def test_contract_of_wrong_shapes_is_read_as_empty() -> None:
    found = contract("kind: DataContract\nschema: {a: 1}\nslaProperties: 3\nname: [x]\n")
    assert found is not None
    assert (found.objects, found.sla, found.name, found.quality) == ((), (), None, ())


def test_columns_nested_without_end_are_followed_to_a_bound() -> None:
    nested = "{name: c, properties: [" * 40 + "]}" * 40
    found = contract(f"kind: DataContract\nschema: [{{name: o, properties: [{nested}]}}]\n")
    assert found is not None
    column, depth = found.objects[0].columns[0], 1
    while column.columns:
        column, depth = column.columns[0], depth + 1
    assert depth == 21
