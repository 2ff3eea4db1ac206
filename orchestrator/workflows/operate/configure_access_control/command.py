"""`configure-access-control --catalog NAME`: grants brought to what a file says, or to least privilege."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.configure_access_control import preflight
from orchestrator.workflows.operate.configure_access_control.wanted import Wanted, WantedGrant, read_wanted
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.changes import Goal, plan
from orchestrator.workspace.governance.examination import examined
from orchestrator.workspace.governance.excess import least
from orchestrator.workspace.governance.grants import GrantSetting, direct
from orchestrator.workspace.governance.securables import Securable, full_name
from orchestrator.workspace.governance.standing import standing

TABLES = 500
_LEVELS = ("metastore", "catalog", "schema", "table", "volume", "function")
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
    if asked.grants is not None and not asked.least_privilege:
        return _granted(asked, site, asked.grants)
    if asked.grants is None and asked.least_privilege:
        return _least(asked, site)
    raise UsageError("say which grants are wanted: --grants FILE, or --least-privilege; one of the two")


def _least(asked: ConfigureAccessControl, site: Site) -> Desired:
    """The grants that the log shows as used."""
    catalog = full_name("catalog", asked.catalog)
    site.progress(f"reading the grants of {catalog} and their use")
    found = examined(site.workspace, catalog, last_days(asked.days, site.today), tables=TABLES).report
    if found.undecided:
        raise UsageError(f"nothing can be called unused: {found.undecided}")
    me = site.workspace.ask("read who is asking", lambda client: client.current_user.me().user_name or "")
    cut = f"the catalog has more than {TABLES} tables: the rest was not looked at"
    gaps = (Gap(source=f"catalog {catalog}", reason=cut),) if found.more else ()
    goals = tuple(least(found, (*asked.keep, me)))
    result = Result(notes=found.limits, gaps=gaps)
    # Nothing stops here because its principal runs a job: what is taken away was not used by it either.
    return _weighed(f"least privilege in catalog {catalog}", goals, (), site, result)


def _granted(asked: ConfigureAccessControl, site: Site, file: Path) -> Desired:
    """The grants, row filters and masks of a file."""
    catalog = full_name("catalog", asked.catalog)
    wanted = read_wanted(site.path(file), catalog)
    kept = {name.lower() for name in asked.keep}
    grants = tuple(each for each in wanted.grants if each.principal.lower() not in kept)
    goals = (*(each.goal for each in grants), *wanted.protections)
    result = Result(tables=_unmanaged(wanted, site))
    return _weighed(f"grants of {file.name} in catalog {catalog}", goals, grants, site, result)


def _weighed(title: str, goals: Sequence[Goal], wanted: Sequence[WantedGrant], site: Site, result: Result) -> Desired:
    """The goals in the order in which nobody is locked out meanwhile, and what speaks against them."""
    site.progress(f"reading the live state of {len(goals)} settings")
    changes = plan(site.workspace, title, goals).changes
    by_subject = {GrantSetting(of=each.of, principal=each.principal).subject: each for each in wanted}
    found = preflight.moved(changes, by_subject)
    taking = {each.setting.subject for each in found if each.loses}
    beside = standing(site.workspace, changes)
    if not wanted:
        beside = beside.without_jobs()
    observations = tuple(preflight.observed(found, beside, site.today))
    facts = (preflight.facts(found),) if found else ()
    return Desired(
        title=title,
        goals=tuple(sorted(goals, key=lambda goal: _rank(goal, taking))),
        result=Result(
            facts=facts, observations=observations, tables=result.tables, gaps=result.gaps, notes=result.notes
        ),
    )


def _rank(goal: Goal, taking: set[str]) -> tuple[int, int]:
    """What gives before what takes; above before below for what gives, and the other way round for what takes."""
    setting = goal.setting
    if not isinstance(setting, GrantSetting):
        return (0, len(_LEVELS))
    level = _LEVELS.index(setting.of.kind)
    return (1, -level) if setting.subject in taking else (0, level)


def _unmanaged(wanted: Wanted, site: Site) -> tuple[Table, ...]:
    """Who else holds something on the objects that the file names."""
    named = {(each.of, each.principal.lower()) for each in wanted.grants}
    rows: list[tuple[str, str, str]] = []
    for of in dict.fromkeys(each.of for each in wanted.grants):
        held: dict[str, list[str]] = {}
        for who, privilege in _direct(site, of):
            if (of, who.lower()) not in named:
                held.setdefault(who, []).append(privilege)
        rows += [(str(of), who, ", ".join(sorted(privileges))) for who, privileges in sorted(held.items())]
    if not rows:
        return ()
    note = "principals that the file does not name on these objects: they stay as they are"
    return (Table(title="Not managed here", columns=("on", "principal", "holds"), rows=tuple(rows), note=note),)


def _direct(site: Site, of: Securable) -> list[tuple[str, str]]:
    return site.workspace.ask(
        f"read the grants of {of}",
        lambda client: [(grant.principal, grant.privilege) for grant in direct(client, of)],
        privilege="MANAGE on it or ownership",
    )


COMMAND = Operate(parameters=ConfigureAccessControl, desired=_desired, epilog=_EPILOG)
