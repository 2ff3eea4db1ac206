"""A data contract that is in force names nobody who answers for it.

What: a contract with the status `active` that has no `team`, no `support` channel and no owner among its custom
properties.

Why: when the data is late or wrong, a consumer has nobody to ask, and when it is to change, nobody who may decide. The
promise is then kept by chance.

Silent when: the contract is a draft, deprecated or retired, or says nothing of its status; it names a team, a channel,
a role or an owner of any kind; `CODEOWNERS` says who owns the code; the file is a test or a demo.

Source: Open Data Contract Standard, team and support.

Bad::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.2.0
    status: active
    schema:
      - name: orders

Good: a team::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.2.0
    status: active
    team:
      name: order-data

Good: a channel, an owner among the custom properties::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.2.0
    status: active
    support:
      - channel: "#order-data"
        url: https://chat.example.com/order-data
    # file: contracts/stores.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: stores
    version: 1.2.0
    status: active
    customProperties:
      - property: dataOwner
        value: store-data

Good: a draft::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 0.2.0
    status: draft
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="DPA001",
    name="product-without-owner",
    severity=Severity.LOW,
    default=False,
    references=("https://bitol-io.github.io/open-data-contract-standard/latest/team/",),
)
_NAMED = ("team", "support", "roles", "owner", "contact", "stakeholders")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every contract in force without anybody behind it."""
    if any(path.rpartition("/")[2] == "CODEOWNERS" for path in facts.project.paths):
        return
    for contract in facts.project.contracts:
        if contract.status == "active" and facts.role(contract.path).is_serious and not _is_owned(contract):
            yield Hit(
                location=contract.node.key_location("status"),
                message=f"the contract `{contract.name or contract.id or contract.path}` is active and names neither "
                "team nor support channel: say who answers for it",
                symbol=contract.id or "",
            )


def _is_owned(contract: Contract) -> bool:
    if any(key in contract.node for key in _NAMED):
        return True
    names = (each.text("property") or "" for each in contract.node.maps("customProperties"))
    return any("owner" in name.lower() or "contact" in name.lower() for name in names)
