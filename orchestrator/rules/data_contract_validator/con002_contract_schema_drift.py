"""A data contract promises a column that the table's declaration does not have, or has with another type.

What: each property of a contract's table that is missing in the one statement of the project that creates this table,
or whose declared type cannot hold what the contract promises.

Why: consumers build on the contract. A column that does not exist fails their query on the first day; one of another
type fails it, or changes a value without a word, on a later one.

Silent when: no statement or several create a table of that name; code alters the table's columns or lets a write evolve
its schema; the query that makes the table uses `*`; the contract is a draft; the type is wider than promised or is not
one of Databricks. Columns that only the table has are its own matter.

Source: Open Data Contract Standard, version 3.1, schema.

Bad: a column is missing, and money is cut::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    servers:
      - server: prod
        type: databricks
        catalog: shop
        schema: gold
    schema:
      - name: orders
        properties:
          - {name: order_id, logicalType: integer, physicalType: BIGINT}
          - name: amount
            logicalType: number
            physicalType: DECIMAL(18,2)
          - name: currency
            logicalType: string
    # file: sql/orders.sql
    CREATE TABLE gold.orders (order_id BIGINT NOT NULL, amount DECIMAL(10, 0));

Bad: the query calls it otherwise::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: order_facts
        physicalName: shop.gold.order_facts
        properties:
          - name: order_id
          - name: revenue
    # file: sql/order_facts.sql
    CREATE OR REPLACE TABLE shop.gold.order_facts AS
    SELECT order_id, sum(amount) AS total FROM shop.silver.orders GROUP BY order_id;

Good: wider, and more than was promised::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        properties:
          - name: Order_ID
            physicalType: INT
          - name: amount
            logicalType: number
    # file: sql/orders.sql
    CREATE TABLE gold.orders (order_id BIGINT, amount DECIMAL(18, 2), loaded_at TIMESTAMP);

Good: the column comes later::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        properties:
          - name: currency
    # file: sql/orders.sql
    CREATE TABLE gold.orders (order_id BIGINT);
    ALTER TABLE gold.orders ADD COLUMN currency STRING;

Good: a draft, and another schema's table of that name::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 0.1.0
    status: draft
    schema:
      - name: orders
        properties:
          - name: currency
    # file: contracts/gold.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: gold-orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        physicalName: gold.orders
        properties:
          - name: currency
    # file: sql/orders.sql
    CREATE TABLE bronze.orders (raw STRING);
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.data_contract_validator._declared import Created
from orchestrator.rules.data_contract_validator._drift import drifted
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="CON002",
    name="contract-schema-drift",
    severity=Severity.HIGH,
    default=True,
    references=("https://bitol-io.github.io/open-data-contract-standard/",),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every promised column that the declaration of its table does not keep."""
    if not facts.project.contracts:
        return
    created = Created.over(facts)
    for contract in facts.project.contracts:
        if facts.role(contract.path) is not Role.TEST and contract.status not in {"draft", "proposed", "retired"}:
            for each in contract.objects:
                yield from drifted(facts, created, contract, each)
