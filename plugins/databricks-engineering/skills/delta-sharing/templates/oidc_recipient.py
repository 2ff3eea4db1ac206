"""Create a recipient that logs in with its own identity provider. Needs databricks-sdk and CREATE RECIPIENT.

The recipient's administrator gives you issuer, claim, subject and audience. Nothing here is a secret.
"""

from __future__ import annotations

import argparse

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.sharing import (
    AuthenticationType,
    FederationPolicy,
    IpAccessList,
    OidcFederationPolicy,
    SecurablePropertiesKvPairs,
)

RECIPIENT = "acme_nightly"
COMMENT = "ACME, nightly job. Agreement 2026-114, ends 2027-12-31."
PROPERTIES = {"country": "DE"}
ADDRESSES = ["203.0.113.0/28"]
POLICY = FederationPolicy(
    name="nightly-job",
    comment="The app that loads the warehouse of ACME at night.",
    oidc_policy=OidcFederationPolicy(
        issuer="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0",
        subject_claim="azp",
        subject="00000000-0000-0000-0000-000000000002",
        audiences=["00000000-0000-0000-0000-000000000003"],
    ),
)


def main() -> None:
    """Create what is missing; say what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apply", action="store_true")
    options = parser.parse_args()
    workspace = WorkspaceClient()
    try:
        known = workspace.recipients.get(RECIPIENT)
    except NotFound:
        print(f"recipient {RECIPIENT}: {'creating' if options.apply else 'would be created'}")
        if not options.apply:
            return
        known = workspace.recipients.create(
            RECIPIENT,
            AuthenticationType.OIDC_FEDERATION,
            comment=COMMENT,
            ip_access_list=IpAccessList(allowed_ip_addresses=ADDRESSES),
            properties_kvpairs=SecurablePropertiesKvPairs(properties=PROPERTIES),
        )
    if known.authentication_type is not AuthenticationType.OIDC_FEDERATION:
        raise SystemExit(
            f"{RECIPIENT} exists with {known.authentication_type}; the type cannot change, make a new recipient"
        )
    if any(policy.name == POLICY.name for policy in workspace.recipient_federation_policies.list(RECIPIENT)):
        print(f"policy {POLICY.name}: is there")
        return
    print(f"policy {POLICY.name}: {'creating' if options.apply else 'would be created'}")
    if options.apply:
        workspace.recipient_federation_policies.create(RECIPIENT, POLICY)


if __name__ == "__main__":
    main()
