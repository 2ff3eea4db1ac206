"""A change takes something away from a data contract, and its version does not say so.

What: with `--diff`, a contract that loses a table or column, narrows or changes a type, no longer promises that a
column is filled or unique, or changes the primary key, while the major version stays.

Why: consumers pin the major version because it promises that their queries still run and still mean the same. A
break in a minor version reaches all of them at once, on the day it is deployed.

Silent when: no base is compared with; the change adds or widens; the version is below 1 and was raised at all; the
contract was or is no more than a draft, or is retired; the contract is new at its path, or its id is another one.

Source: Semantic Versioning 2.0.0; Open Data Contract Standard, version.

Bad: a column was renamed::

    # before: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.4.0
    status: active
    schema:
      - name: orders
        properties:
          - {name: order_id}
          - {name: amount}
    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.5.0
    status: active
    schema:
      - name: orders
        properties:
          - {name: order_id}
          - {name: amount_eur}

Bad: cents are cut, and the version was forgotten::

    # before: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.4.0
    status: active
    schema:
      - name: orders
        properties:
          - name: amount
            physicalType: DECIMAL(18,2)
            required: true
    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.4.0
    status: active
    schema:
      - name: orders
        properties:
          - name: amount
            physicalType: DECIMAL(18,0)
            required: false

Good: a major version::

    # before: contracts/orders.yaml
    kind: DataContract
    id: orders
    version: 1.4.0
    status: active
    schema:
      - name: orders
        properties:
          - name: amount
    # file: contracts/orders.yaml
    kind: DataContract
    id: orders
    version: 2.0.0
    status: active
    schema:
      - name: orders
        properties:
          - name: amount_eur

Good: added and widened::

    # before: contracts/orders.yaml
    kind: DataContract
    id: orders
    version: 1.4.0
    status: active
    schema:
      - name: orders
        properties:
          - {name: amount, physicalType: "DECIMAL(10,2)"}
    # file: contracts/orders.yaml
    kind: DataContract
    id: orders
    version: 1.5.0
    status: active
    schema:
      - name: orders
        properties:
          - name: amount
            physicalType: DECIMAL(18,2)
            required: true
          - name: currency
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.data_contract_validator._breaks import allows, breaks
from orchestrator.rules.data_contract_validator._places import changed_place
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="CON003",
    name="breaking-change-without-major",
    severity=Severity.HIGH,
    default=True,
    about_change=True,
    references=("https://semver.org/", "https://bitol-io.github.io/open-data-contract-standard/"),
)
_LOOSE = frozenset({"draft", "proposed", "in development", "retired"})


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every break of a contract that the change under review touches."""
    if facts.before is None or facts.change is None:
        return
    known = {contract.path: contract for contract in facts.before.contracts}
    for new in facts.project.contracts:
        old = known.get(new.path) if new.path in facts.change.lines else None
        if old is None or old.id != new.id or {old.status, new.status} & _LOOSE or allows(old.version, new.version):
            continue
        for broken in breaks(old, new):
            yield Hit(
                location=changed_place(facts.change, new.source, broken.node, broken.key, broken.was),
                message=f"{broken.text}, but the version goes from {old.version} to {new.version}: raise the major "
                "version, or keep the promise",
            )
