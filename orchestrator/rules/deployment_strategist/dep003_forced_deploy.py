"""CI deploys production by force, or destroys it without a question.

What: a step of a CI definition that runs `databricks bundle deploy` on a production target with `--force` or
`--force-lock`, or `databricks bundle destroy` on it with `--auto-approve`.

Why: `--force` switches off the check of the git branch that production mode makes, and overwrites what somebody changed
in the workspace. `--force-lock` takes the lock of a deployment that is still running: two deployments then write one
state. A destruction that nobody confirms takes pipelines, schemas and volumes with their data.

Silent when: the target is not production by name, or is not known; a workflow that only a person can start destroys.
Medium for `--force-lock` where CI runs one deployment at a time (`concurrency`): only people can collide with it.

Source: Databricks CLI, `bundle deploy` and `bundle destroy`; deployment modes of bundles.

Bad::

    # file: .github/workflows/deploy.yml
    on:
      push:
        branches: [main]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
          - run: databricks bundle deploy -t prod --force-lock

Bad: the target comes from the job, and the flag from a second line::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          TARGET: ${{ startsWith(github.ref, 'refs/tags/v') && 'prod' || 'staging' }}
        steps:
          - run: |
              databricks bundle validate -t "$TARGET"
              databricks bundle deploy -t "$TARGET" \\
                --force

Bad: in GitLab::

    # file: .gitlab-ci.yml
    clean:
      script:
        - databricks bundle destroy --target production --auto-approve

Good: not by force, and `--auto-approve` only lets a deployment go on without a terminal::

    # file: .github/workflows/deploy.yml
    on: [push]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
          - run: databricks bundle deploy -t prod --auto-approve --force=false

Good: other targets, a comment, and a word to the log::

    # file: .github/workflows/pull.yml
    on: [pull_request]
    jobs:
      try:
        runs-on: ubuntu-latest
        steps:
          - run: |
              # databricks bundle deploy -t prod --force-lock
              databricks bundle deploy -t dev --force-lock
              databricks bundle destroy -t ci-${{ github.run_id }} --auto-approve
              databricks bundle deploy --force-lock
              echo "databricks bundle deploy -t prod --force"

Good: a person takes production down::

    # file: .github/workflows/take_down.yml
    on: workflow_dispatch
    jobs:
      destroy:
        runs-on: ubuntu-latest
        environment: prod
        steps:
          - run: databricks bundle destroy -t prod --auto-approve
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.deployment_strategist._commands import Command, commands, is_manual, of_production
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="DEP003",
    name="forced-deploy",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/cli/bundle-commands",),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every command that forces its way into production."""
    for command in commands(facts):
        found = _forced(command) if of_production(command) else None
        if found is not None:
            text, severity = found
            yield Hit(location=command.location, message=text, severity=severity, symbol=command.step.job)


def _forced(command: Command) -> tuple[str, Severity] | None:
    shown = f"`{(command.target or '').replace('|', '` or `')}`"
    if command.verb == "destroy":
        if not command.has("--auto-approve") or is_manual(command.workflow):
            return None
        text = f"CI destroys {shown} with nobody to confirm it: let a person start this, or take the step out"
        return text, Severity.HIGH
    if command.has("--force"):
        text = f"`--force` deploys {shown} from any branch and over changes made in the workspace: take the flag out"
        return text, Severity.HIGH
    if not command.has("--force-lock"):
        return None
    alone = "concurrency" in command.workflow.root or "concurrency" in command.step.job_node
    text = (
        f"`--force-lock` takes the lock of a deployment of {shown} that may still run: take the flag out, and free a "
    )
    return text + "lock that was left behind by hand", Severity.MEDIUM if alone else Severity.HIGH
