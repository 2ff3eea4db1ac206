"""CI deploys production with a personal access token.

What: a step of a CI definition that runs `databricks bundle deploy` on a production target and gets `DATABRICKS_TOKEN`
from a stored secret.

Why: the token acts as whoever made it, lives for months, and works from anywhere. Whoever reads it out of one build
owns production until somebody notices. Workload identity federation (OIDC) or OAuth of a service principal leaves
nothing of that kind to steal.

Silent when: the token is made in the same run by another step; its name says that a service principal owns it; the job
also names an OAuth client or another way to sign in; the target is not production by name, or not known.

Source: Databricks documentation, authenticate CI/CD with workload identity federation.

Bad::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          DATABRICKS_HOST: https://shop.cloud.databricks.com
          DATABRICKS_TOKEN: ${{ secrets.DATABRICKS_TOKEN }}
        steps:
          - run: databricks bundle deploy -t prod

Good: federation::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          DATABRICKS_AUTH_TYPE: github-oidc
          DATABRICKS_CLIENT_ID: ${{ vars.DATABRICKS_CLIENT_ID }}
        steps:
          - run: databricks bundle deploy -t prod

Good: the token of a service principal::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
          - run: databricks bundle deploy
            env:
              DATABRICKS_TOKEN: ${{ secrets.SP_TOKEN }}
              DATABRICKS_BUNDLE_ENV: prod

Good: development, and a token that is made in the run::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      dev:
        runs-on: ubuntu-latest
        steps:
          - run: databricks bundle deploy -t dev
            env:
              DATABRICKS_TOKEN: ${{ secrets.DATABRICKS_TOKEN }}
      prod:
        runs-on: ubuntu-latest
        steps:
          - id: login
            run: ./login.sh
          - run: databricks bundle deploy -t prod
            env:
              DATABRICKS_TOKEN: ${{ steps.login.outputs.token }}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.deployment_strategist._commands import commands, of_production
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="DEP001",
    name="prod-deploy-with-token",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-provider",),
)
_VARIABLE = "DATABRICKS_TOKEN"
_PRINCIPAL = re.compile(r"(?:^|[._])SPN?(?:_|\b)|PRINCIPAL", re.IGNORECASE)
_OTHER_WAYS = ("DATABRICKS_CLIENT_ID", "DATABRICKS_AUTH_TYPE", "ARM_CLIENT_ID", "AZURE_CLIENT_ID")


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every deployment of production that signs in with a stored token."""
    for command in commands(facts):
        token = command.step.env.get(_VARIABLE)
        if command.verb != "deploy" or token is None or not of_production(command):
            continue
        stored = "secrets." in token.text or (command.workflow.kind != "github" and token.text.startswith("$"))
        if stored and not _PRINCIPAL.search(token.text) and not any(name in command.step.env for name in _OTHER_WAYS):
            yield Hit(
                location=command.location,
                message=f"`{command.target}` is deployed with a stored token, which acts as its maker from anywhere "
                "for as long as it lives: sign in by workload identity federation, or as a service principal by OAuth",
                symbol=command.step.job,
            )
