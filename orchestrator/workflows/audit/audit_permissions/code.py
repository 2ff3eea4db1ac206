"""What a project's code says of permissions: its grants, and what the rules about access find in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.granted import CodeGrant, granted
from orchestrator.code.project import parse_project
from orchestrator.code.reading import read_project
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection

RULES = ("ACL",)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The grants of a project, and the review of its code."""

    grants: tuple[CodeGrant, ...]
    reviewed: Reviewed
    notes: tuple[str, ...]


def read(path: Path, catalog: str, site: Site) -> Declared:
    """The project below the path.

    Raises:
        UsageError: there is no such path.
    """
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=RULES))
    files = read_project(request.path, limits=request.limits)
    grants = granted(parse_project(files), catalog)
    note = f"{path} has no GRANT, REVOKE or bundle grant that can be about {catalog}: nothing was compared"
    reviewed = cached_review(request, use_cache=False, progress=site.progress, files=files)
    return Declared(grants=grants, reviewed=reviewed, notes=() if grants else (note,))
