"""What keeps a deployment from being made, or has to be known before it is."""

from __future__ import annotations

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check

_SPECIALIST = "bundle-validator"
_MODES = "https://docs.databricks.com/aws/en/dev-tools/bundles/deployment-modes"

CANNOT = Check(
    id="not-deployable-here",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="the bundle needs something that this way of deploying does not do",
    why="Without the Databricks CLI the files are uploaded and jobs, pipelines, schemas and volumes are made through "
    "the interfaces. Nothing is built and no other kind is deployed; without it the rest would not run.",
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/",),
)
UNFILLED = Check(
    id="reference-without-value",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="a reference or path of the bundle has no value",
    why="A job that is deployed with it would fail at its first run. Give the variable a value in the target or with "
    "--var NAME=VALUE, or correct the path.",
)
TAKEN = Check(
    id="name-is-taken",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="something of this name exists that this bundle did not deploy",
    why="A second one of the same name would run beside it. What the CLI deployed is deployed by the CLI; anything "
    "else is taken over with --adopt NAME.",
)
FIXED = Check(
    id="pipeline-must-be-made-anew",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="a pipeline's catalog or storage would change, which it cannot",
    why="Only a new pipeline has another catalog, and the tables of the old one stay with that one. Give the pipeline "
    "a new key and name, move its tables, and remove the old one by name.",
)
LOST = Check(
    id="would-be-lost",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="the deployment would delete or recreate what holds data",
    why="Checkpoints, tables or history go and the next deployment does not bring them back. Allow it by name with "
    "--remove NAME if it is wanted.",
)
GOES = Check(
    id="is-removed",
    specialist=_SPECIALIST,
    severity=Severity.MEDIUM,
    title="a job or pipeline is deleted because it was named to be removed",
    why="Its runs, updates and checkpoints go with it. The way back makes a new one with the same settings and without "
    "them; the tables of a pipeline stay and are not updated any more.",
)
LEFT = Check(
    id="left-behind",
    specialist=_SPECIALIST,
    severity=Severity.MEDIUM,
    title="the bundle deployed it once and its files do not have it any more",
    why="It goes on running. Delete it with --remove NAME, or bring it back into the files.",
)
ACTIVE = Check(
    id="runs-now",
    specialist=_SPECIALIST,
    severity=Severity.MEDIUM,
    title="the job has an active run",
    why="That run goes on with the settings and files that it started with; the next one has the new ones.",
)
HOST = Check(
    id="another-workspace",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="the target is of another workspace than the one that was named",
    why="The bundle would be deployed where nobody looks for it. Name the profile of the target's host.",
    references=(_MODES,),
)
UNCOMMITTED = Check(
    id="not-as-committed",
    specialist=_SPECIALIST,
    severity=Severity.HIGH,
    title="a production target is deployed from files that are not committed, or from another branch",
    why="Nobody could say what runs there, or bring it back. Commit, and deploy from the branch that the target names.",
    references=(_MODES,),
)
NOT_UPLOADED = Check(
    id="file-not-uploaded",
    specialist=_SPECIALIST,
    severity=Severity.MEDIUM,
    title="a link or a file above 10 MB is not uploaded",
    why="An import takes at most 10 MB and no links. Keep data in a volume, and exclude the file with sync.exclude.",
)
