"""`configure-access-control --catalog NAME`: grants brought to what a file says, or to least privilege."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.governance.examination import examined
from orchestrator.workspace.governance.excess import least
from orchestrator.workspace.governance.securables import full_name

TABLES = 500
_EPILOG = """examples:
  orchestrate configure-access-control --catalog retail_prod --least-privilege --workspace sandbox
  orchestrate configure-access-control --catalog main --grants grants.yml --workspace prod
  orchestrate configure-access-control --catalog main --grants grants.yml --apply --approve 3f9a0c1d2e4b
"""


class ConfigureAccessControl(Parameters):
    """What is asked for."""

    catalog: str = Field(min_length=1, max_length=255)
    grants: Path | None = None
    least_privilege: bool = False
    days: int = Field(default=90, ge=1, le=365)
    keep: tuple[str, ...] = ()


def _desired(asked: ConfigureAccessControl, site: Site) -> Desired:
    if (asked.grants is None) != asked.least_privilege:
        raise UsageError("say which grants are wanted: --grants FILE, or --least-privilege; one of the two")
    return _least(asked, site)


def _least(asked: ConfigureAccessControl, site: Site) -> Desired:
    """The grants that the log shows as used."""
    catalog = full_name("catalog", asked.catalog)
    site.progress(f"reading the grants of {catalog} and their use")
    found = examined(site.workspace, catalog, last_days(asked.days, site.today), tables=TABLES).report
    if found.undecided:
        raise UsageError(f"nothing can be called unused: {found.undecided}")
    me = site.workspace.ask("read who is asking", lambda client: client.current_user.me().user_name or "")
    return Desired(
        title=f"least privilege in catalog {catalog}",
        goals=tuple(least(found, (*asked.keep, me))),
        result=Result(notes=found.limits),
    )


COMMAND = Operate(parameters=ConfigureAccessControl, desired=_desired, epilog=_EPILOG)
