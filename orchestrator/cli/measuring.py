"""`--event-log` and `--workspace`: what a review may measure by."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.extra import CODECS, needs, require_extra

if TYPE_CHECKING:
    from orchestrator.cli.story import Story
    from orchestrator.workflows.measured.request import Measuring
    from orchestrator.workflows.request import Request, Reviewed

_STEP = 64 * 1024 * 1024


def add_measuring(parser: argparse.ArgumentParser) -> None:
    """Where measured facts come from; without these options nothing is measured and nothing of it is imported."""
    group = parser.add_argument_group(
        "measured facts", "findings then say what was measured, and their severity follows it"
    )
    group.add_argument(
        "--event-log",
        type=Path,
        metavar="LOG",
        help="a Spark event log of a run of this code: a file, or the folder of a rolling or delivered log",
    )
    group.add_argument(
        "--workspace",
        metavar="NAME",
        help="the Databricks workspace to ask for sizes, layout and grants of tables (it only reads): `sandbox`, "
        "`env` for DATABRICKS_HOST and DATABRICKS_TOKEN, or a profile of ~/.databrickscfg",
    )


def read_measuring(arguments: argparse.Namespace, story: Story) -> Measuring | None:
    """What to measure by; None where neither option is given.

    Raises:
        UsageError: there is no event log at the path, the workspace's name is none, or what asks it is not installed.
    """
    if arguments.event_log is None and arguments.workspace is None:
        return None
    if arguments.workspace is not None:
        require_extra("workspace", "--workspace")
    from orchestrator.errors import UsageError
    from orchestrator.workflows.measured.opening import check_name
    from orchestrator.workflows.measured.request import Measuring

    workspace = None if arguments.workspace is None else check_name(arguments.workspace)
    if arguments.event_log is None:
        return Measuring(workspace=workspace)
    from orchestrator.workspace.spark.event_log import read_event_log

    story.step("reading the event log")
    try:
        profile = read_event_log(arguments.event_log, progress=_Told(story).read)
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith(CODECS):
            raise
        raise UsageError(needs("an event log that is packed in this way", error.name, "workspace")) from error
    return Measuring(profile=profile, workspace=workspace)


@dataclass
class _Told:
    """Tells how far the log is read, not more often than every 64 MiB."""

    story: Story
    following: int = _STEP

    def read(self, count: int) -> None:
        """So many bytes are unpacked."""
        if count >= self.following:
            self.story.step(f"reading the event log: {count >> 20} MiB so far")
            self.following = count + _STEP


def with_measured_facts(request: Request, reviewed: Reviewed, measuring: Measuring | None, story: Story) -> Reviewed:
    """The review, measured where that was asked for."""
    if measuring is None:
        return reviewed
    from orchestrator.workflows.measured.review import measured_review

    return measured_review(request, reviewed, measuring, story.step)
