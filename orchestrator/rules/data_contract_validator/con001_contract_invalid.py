"""A data contract that breaks the standard it is written in, so that tools reject it or skip what it promises.

What: in a file with `kind: DataContract`: one of the required sections is missing, another misspelt; `schema`,
`properties`, `servers` or `slaProperties` have the wrong shape; a table or column has no name or is declared twice; a
logical type is unknown; a flag is no boolean; a quality rule lacks its query, metric or implementation; a promise is
about a column that the contract does not describe.

Why: checkers, catalogues and generators of expectations either refuse such a file or pass over the broken part in
silence. Consumers then rely on a promise that nothing enforces.

Silent when: the file is a test, a draft or a template whose values are filled in later; several required sections are
missing, as in a fragment that a tool of its own reads; the key is one of the standard's or resembles none of them; the
contract is of version 2. Milder where a section at the top is missing.

Source: Open Data Contract Standard, JSON schema of versions 3.0 and 3.1.

Bad: which version is it::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    status: active
    schema:
      - name: orders

Bad: columns as a map are no columns::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        properties:
          order_id:
            logicalType: string

Bad: a type of SQL, not of the standard::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        properties:
          - name: order_id
            logicalType: bigint

Bad: a check without a query, and a promise about a column that went::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        properties:
          - name: order_id
            logicalType: integer
        quality:
          - {type: sql, mustBe: 0}
    slaProperties:
      - {property: latency, value: 4, unit: h, element: orders.loaded_at}

Good::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    x-team-notes: kept beside the standard's sections
    schema:
      - name: orders
        properties:
          - {name: order_id, logicalType: integer, required: true}
          - {name: loaded_at, logicalType: timestamp}
        quality:
          - {type: sql, query: SELECT count(*) FROM orders WHERE order_id IS NULL, mustBe: 0}
    slaProperties:
      - {property: latency, value: 4, unit: h, element: orders.loaded_at}

Good: a draft, and a fragment::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    status: draft
    # file: contracts/checks.yaml
    kind: DataContract
    schema:
      - name: orders

Good: a test of a checker::

    # file: tests/contracts/broken.yaml
    kind: DataContract
    schema: {}

Good: the second version of the standard has other sections::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v2.2.2
    uuid: 53581432-6c55-4ba2-a65f-72344a91553a
    version: 1.0.0
    status: active
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.data_contract_validator._standard import breaches
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="CON001",
    name="contract-invalid",
    severity=Severity.HIGH,
    default=True,
    references=("https://bitol-io.github.io/open-data-contract-standard/",),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every breach of the standard in every contract of version 3."""
    for contract in facts.project.contracts:
        is_old = (contract.api_version or "").startswith(("v2", "2"))
        if is_old or contract.status in {"draft", "proposed"} or facts.role(contract.path) is Role.TEST:
            continue
        for breach in breaches(contract):
            severity = Severity.MEDIUM if breach.is_mild else Severity.HIGH
            yield Hit(location=breach.location, message=breach.text, severity=severity, symbol=contract.id or "")
