"""CI definitions as steps: GitHub Actions, GitLab and Azure Pipelines."""

from __future__ import annotations

import pytest

from orchestrator.code.source import SourceFile
from orchestrator.code.workflow import CiWorkflow, ci_kind, parse_workflow


def workflow(path: str, text: str) -> CiWorkflow:
    found = parse_workflow(SourceFile(path=path, text=text, digest=""))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".github/workflows/ci.yml", "github"),
        ("project/.github/workflows/deploy.yaml", "github"),
        (".github/dependabot.yml", None),
        (".gitlab-ci.yml", "gitlab"),
        ("azure-pipelines.yml", "azure"),
        ("ci/azure-pipelines-prod.yaml", "azure"),
        ("databricks.yml", None),
    ],
)
def test_path_says_which_ci_system_a_file_is_for(path: str, kind: str | None) -> None:
    assert ci_kind(path) == kind


def test_github_steps_carry_the_environment_of_workflow_and_job() -> None:
    found = workflow(
        ".github/workflows/deploy.yml",
        "name: deploy\non: [push]\nenv: {A: 1, B: 1}\njobs:\n  prod:\n    if: github.ref == 'refs/heads/main'\n"
        "    env: {DATABRICKS_TOKEN: '${{ secrets.TOKEN }}', B: 2}\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - name: go\n        run: |\n          databricks bundle deploy -t prod --force\n        env: {B: 3}\n",
    )
    checkout, go = found.steps
    assert (checkout.uses, checkout.run, checkout.job) == ("actions/checkout@v4", None, "prod")
    assert go.run == "databricks bundle deploy -t prod --force\n"
    assert {key: value.text for key, value in go.env.items()} == {
        "A": "1",
        "B": "3",
        "DATABRICKS_TOKEN": "${{ secrets.TOKEN }}",
    }
    assert go.condition == "github.ref == 'refs/heads/main'"
    assert go.run_node is not None
    assert (go.location.start_line, go.run_node.start_line) == (10, 11)


def test_gitlab_commands_are_steps_of_their_job() -> None:
    found = workflow(
        ".gitlab-ci.yml",
        "stages: [test]\nvariables: {A: x}\ndeploy:\n  rules: [{if: $CI_COMMIT_BRANCH == 'main'}]\n"
        "  before_script: [pip install x]\n  script:\n    - databricks bundle deploy\n",
    )
    assert [(step.job, step.run) for step in found.steps] == [
        ("deploy", "pip install x"),
        ("deploy", "databricks bundle deploy"),
    ]
    assert found.steps[1].condition == "$CI_COMMIT_BRANCH == 'main'"
    assert found.steps[1].location.start_line == 7
    assert found.steps[1].env["A"].text == "x"


def test_azure_steps_are_found_through_stages_jobs_and_strategies() -> None:
    found = workflow(
        "azure-pipelines.yml",
        "variables: [{name: T, value: t}]\nstages:\n  - stage: prod\n    condition: eq(1, 1)\n    jobs:\n"
        "      - deployment: release\n        strategy:\n          runOnce:\n            deploy:\n"
        "              steps:\n"
        "                - script: databricks bundle deploy\n                  displayName: ship\n"
        "                - task: AzureCLI@2\n                  inputs: {inlineScript: databricks bundle validate}\n",
    )
    ship, validate = found.steps
    assert (ship.job, ship.name, ship.run, ship.condition) == (
        "release",
        "ship",
        "databricks bundle deploy",
        "eq(1, 1)",
    )
    assert (validate.uses, validate.run) == ("AzureCLI@2", "databricks bundle validate")
    assert ship.env["T"].text == "t"
    assert found.jobs() == ("release",)


@pytest.mark.parametrize("text", ["jobs: []\n", "jobs: {a: {steps: {b: 1}}}\n", "stages: 1\nsteps: [1, [2]]\n"])
@pytest.mark.parametrize("path", [".github/workflows/x.yml", ".gitlab-ci.yml", "azure-pipelines.yml"])
def test_wrong_shapes_have_no_steps(path: str, text: str) -> None:
    assert workflow(path, text).steps == ()


def test_broken_file_is_no_workflow() -> None:
    assert parse_workflow(SourceFile(path=".gitlab-ci.yml", text="a:\n\tb", digest="")) is None
