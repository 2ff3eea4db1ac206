"""Show, and with --apply create, one federation policy for each GitHub environment. An account admin runs it once.

Needs databricks-sdk and a login to the account: DATABRICKS_HOST (the accounts console), DATABRICKS_ACCOUNT_ID,
and `databricks auth login`. The numbers are the principals' ids in the account, not their application ids.
"""

from __future__ import annotations

import argparse
import sys

from databricks.sdk import AccountClient
from databricks.sdk.service.oauth2 import FederationPolicy, OidcFederationPolicy

ISSUER = "https://token.actions.githubusercontent.com"
# A repository made or renamed since 2026-07-15 has ids in its subject: "ORG@1234/REPO@5678".
REPOSITORY = "ORG/REPO"
PRINCIPALS = {"plan": 1001, "staging": 1002, "prod": 1003}


def policy(environment: str) -> FederationPolicy:
    """Trust jobs of this repository in this environment, and nothing else; the audience stays the account's id."""
    return FederationPolicy(
        description=f"GitHub Actions of {REPOSITORY}, environment {environment}",
        oidc_policy=OidcFederationPolicy(issuer=ISSUER, subject=f"repo:{REPOSITORY}:environment:{environment}"),
    )


def subjects(account: AccountClient, principal: int) -> set[str]:
    """The subjects that the principal trusts already."""
    policies = account.service_principal_federation_policy.list(service_principal_id=principal)
    return {known.oidc_policy.subject for known in policies if known.oidc_policy and known.oidc_policy.subject}


def main() -> None:
    """Print each policy that is missing and create it when asked to; other policies are named, never removed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apply", action="store_true")
    options = parser.parse_args()
    account = AccountClient()
    for environment, principal in PRINCIPALS.items():
        wanted = policy(environment)
        known = subjects(account, principal)
        subject = wanted.oidc_policy.subject if wanted.oidc_policy else ""
        for other in sorted(known - {subject}):
            print(f"{environment}: principal {principal} also trusts {other}", file=sys.stderr)
        if subject in known:
            print(f"{environment}: {subject} is trusted")
            continue
        print(f"{environment}: {'creating' if options.apply else 'would create'} {subject}")
        if options.apply:
            account.service_principal_federation_policy.create(service_principal_id=principal, policy=wanted)


if __name__ == "__main__":
    main()
