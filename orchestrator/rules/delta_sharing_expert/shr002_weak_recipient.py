"""A recipient of Delta Sharing gets a bearer token with neither an end nor a network that it works from.

What: `recipients.create(...)` of the SDK for token-based sharing with no `expiration_time` and no `ip_access_list`;
`CREATE RECIPIENT` without `USING ID` in a project that never sets an access list or an expiry.

Why: such a token is a password that works from anywhere for as long as the metastore allows. A partner's former
employee reads the share as well as the partner does.

Silent when: the recipient is another Databricks account (`USING ID`, `data_recipient_global_metastore_id`) or signs in
by OIDC federation; the arguments are handed on with `**`; the project rotates tokens or sets a lifetime elsewhere; the
file is a test or a demo.

Source: Databricks documentation, restrict recipient access, and manage recipient tokens.

Bad::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().recipients.create(name="partner", comment="monthly figures")

Bad: in SQL::

    # file: sql/share.sql
    CREATE RECIPIENT IF NOT EXISTS partner COMMENT 'monthly figures';

Good: an access list, an expiry::

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sharing import IpAccessList

    w = WorkspaceClient()
    w.recipients.create(name="a", ip_access_list=IpAccessList(allowed_ip_addresses=["198.51.100.0/24"]))
    w.recipients.create(name="b", expiration_time=expires)

Good: another account, federation, arguments from elsewhere::

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sharing import AuthenticationType

    w = WorkspaceClient()
    w.recipients.create(name="c", data_recipient_global_metastore_id=metastore)
    w.recipients.create(name="d", authentication_type=AuthenticationType.OIDC_FEDERATION)
    w.recipients.create(**settings)

Good: another account::

    # file: sql/share.sql
    CREATE RECIPIENT partner USING ID 'aws:us-west-2:3f0c7a52-91be-4d26-8b7e-6c02d9e4a815';

Good: the project rotates::

    # file: sql/share.sql
    CREATE RECIPIENT partner;
    # file: src/rotate.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().recipients.rotate_token("partner", existing_token_expire_in_seconds=86400)

Good: recipients of mail::

    campaign.recipients.create(name="Ada", email="ada@example.com")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.sql import Recipient
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.types import Location

RULE = Rule(
    id="SHR002",
    name="weak-recipient",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta-sharing/access-list",),
)
_LIMITS = frozenset({"expiration_time", "ip_access_list", "data_recipient_global_metastore_id", None})
_ELSEWHERE = re.compile(
    r"rotate_token|rotate-token|ip_access_list|ip-access-list|expiration_time|delta_sharing_recipient_token_lifetime"
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every recipient with a token that nothing limits."""
    found = [*_by_sdk(facts), *_by_sql(facts)]
    if not found or any(_ELSEWHERE.search(source.text) for source in facts.project.sources):
        return
    for location, name in found:
        shown = f"the recipient `{name}`" if name else "a recipient"
        yield Hit(
            location=location,
            message=f"the token of {shown} works from anywhere and has no end here: give it an IP "
            "access list and an expiry, or use OIDC federation",
            symbol=name,
        )


def _by_sdk(facts: Facts) -> Iterator[tuple[Location, str]]:
    for file in facts.project.python:
        if "recipients.create" not in file.source.text or not file.imports_any("databricks"):
            continue
        for call in file.calls_named("create"):
            if facts.role(file.path).is_serious and _is_open(file, call):
                yield file.call_location(call), file.string(call.argument(0, "name")) or ""


def _is_open(file: PythonFile, call: Call) -> bool:
    if call.receiver is None or not file.text(call.receiver).endswith(".recipients"):
        return False
    kind = call.argument(1, "authentication_type")
    is_token = kind is None or "TOKEN" in file.text(kind)
    return is_token and not any(given.arg in _LIMITS for given in call.node.keywords)


def _by_sql(facts: Facts) -> Iterator[tuple[Location, str]]:
    for unit, _ in facts.project.sql_units():
        if "recipient" not in unit.template.text.lower() or not facts.role(unit.path).is_serious:
            continue
        for statement in unit.statements:
            details = statement.details if statement.kind == "CREATE RECIPIENT" else None
            if isinstance(details, Recipient) and "USING" not in statement.text.upper() and not details.ip_access_list:
                yield statement.location(), details.name.text if details.name is not None else ""
