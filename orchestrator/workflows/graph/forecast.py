"""What a review with a model would cost: everything that a run does before its first call, and then a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.code.diff import changed_lines
from orchestrator.code.reading import read_project
from orchestrator.toolbox.project.files import ProjectFiles
from orchestrator.toolbox.toolbox import Toolbox
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.crew import specialists
from orchestrator.workflows.estimate import Estimate, estimate, workload
from orchestrator.workflows.graph.surroundings import every_skill
from orchestrator.workflows.graph.team import Gathering, gathered

if TYPE_CHECKING:
    from orchestrator.workflows.graph.running import Wanted


def forecast(wanted: Wanted) -> Estimate:
    """The span between few short turns and many long ones; nothing is asked and no run is made.

    Raises:
        UsageError: the path, a rule or a specialist is not usable.
    """
    request = wanted.request
    files = read_project(request.path, limits=request.limits, exclude=request.exclude)
    reviewed = wanted.measure(cached_review(request, use_cache=wanted.use_cache, files=files))
    team = gathered(
        Gathering(
            settings=wanted.settings,
            agents=specialists(names=wanted.settings.agents),
            files=files,
            reviewed=reviewed,
            change=changed_lines(files.root, request.base) if request.base else None,
            toolbox=Toolbox(
                ProjectFiles(sources=files.sources, others=files.others), skills=every_skill(), settings=wanted.tools
            ),
        )
    )
    read = {path for member in team.members.values() for path in member.files}
    return estimate(workload(team.cohort, [member.brief for member in team.members.values()], files=len(read)))
