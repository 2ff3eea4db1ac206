"""`configure-encryption --table NAME --columns A,B`: the steps to encrypted columns, and who may decrypt."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.types import Table as Shown
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.configure_encryption import preflight
from orchestrator.workflows.operate.configure_encryption.design import Design, encrypted, steps
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.governance.grants import granting, revoking
from orchestrator.workspace.governance.people import people
from orchestrator.workspace.governance.secret_scopes import ScopeAccess, scope
from orchestrator.workspace.governance.securables import Securable, full_name
from orchestrator.workspace.governance.tables import Column, Table, tables_under
from orchestrator.workspace.governance.tags import tagging

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

RULES = ("SEC", "UC")
TAG = "encryption"
_EPILOG = """examples:
  orchestrate configure-encryption --table insurance_prod.curated.claimants --columns iban --scope claims-keys \\
    --readers claims-team --writers governance-team,etl-insurance --workspace sandbox
"""


class ConfigureEncryption(Parameters):
    """What is asked for."""

    table: str = Field(min_length=1, max_length=800)
    columns: tuple[str, ...] = Field(min_length=1, max_length=20)
    scope: str | None = Field(default=None, pattern=r"^[\w.@-]{1,128}$")
    readers: str | None = Field(default=None, min_length=1, max_length=255)
    writers: tuple[str, ...] = Field(default=(), max_length=20)
    path: Path | None = None


def _desired(asked: ConfigureEncryption, site: Site) -> Desired:
    table = _table(asked, site)
    columns = tuple(_column(name, table) for name in asked.columns)
    site.progress(f"reading who may decrypt columns of {table.name}")
    keys = scope(site.workspace, asked.scope) if asked.scope is not None else None
    if asked.readers is not None and asked.readers.lower() not in people(site.workspace).groups:
        raise UsageError(f"readers: there is no group {asked.readers[:80]!r}; a key is for a group, not for a person")
    design = Design(
        table=table.name, columns=columns, scope=asked.scope, keys=keys.keys if keys else (), readers=asked.readers
    )
    spared = frozenset(name.lower() for name in (*asked.writers, *((asked.readers,) if asked.readers else ())))
    known = preflight.Known(design=design, table=table, scope=keys, spared=spared)
    goals = [_without(ScopeAccess(scope=asked.scope or "", principal=name)) for name in preflight.everybody(keys)]
    functions, waiting = _functions(design, site)
    return Desired(
        title=f"encryption of columns of {table.name}",
        goals=(*goals, *functions, *_tags(table, columns)),
        result=Result(
            facts=preflight.facts(known),
            observations=tuple(preflight.observed(known)),
            tables=(_plan(design),),
            notes=(*waiting, *_unsaid(asked)),
            reviewed=_code(asked.path, site) if asked.path is not None else None,
        ),
    )


def _table(asked: ConfigureEncryption, site: Site) -> Table:
    try:
        name = full_name("table", asked.table)
    except WorkspaceError as error:
        raise UsageError(f"table: {error}") from None
    found = tables_under(site.workspace, name, 1).items[0]
    if found.kind not in {"MANAGED", "EXTERNAL"}:
        raise UsageError(f"{name} is a {found.kind.lower().replace('_', ' ')}: encrypt the columns of its sources")
    return found


def _column(name: str, table: Table) -> Column:
    found = next((each for each in table.columns if each.name.lower() == name.lower()), None)
    if found is None:
        raise UsageError(f"columns: the table {table.name} has no column {name[:80]!r}")
    return found


def _without(setting: ScopeAccess) -> Goal:
    def gone(_now: State) -> State:
        return None

    return Goal(setting=setting, wanted=gone)


def _functions(design: Design, site: Site) -> tuple[list[Goal], list[str]]:
    """The goals that readers may decrypt and not read the table; of a function that is not there, what waits."""
    if design.readers is None:
        return [], []
    goals: list[Goal] = []
    waiting: list[str] = []
    for column in design.columns:
        name = design.function(column)
        try:
            site.workspace.ask(f"read the function {name}", partial(_function, name))
        except WorkspaceError:
            waiting.append(
                f"EXECUTE on {name} for {design.readers} waits: there is no such function, or it is not seen"
            )
        else:
            goals.append(granting(Securable(kind="function", name=name), design.readers, frozenset({"EXECUTE"})))
    goals.append(revoking(Securable(kind="table", name=design.table), design.readers, frozenset({"SELECT"})))
    return goals, waiting


def _function(name: str, client: WorkspaceClient) -> object:
    return client.functions.get(name)


def _tags(table: Table, columns: tuple[Column, ...]) -> list[Goal]:
    """The goals that encrypted columns carry their tag; a clear one carries none, whatever is planned."""
    names = {each.name.lower(): each.name for each in table.columns}
    found = [names[encrypted(column).lower()] for column in columns if encrypted(column).lower() in names]
    return [tagging("column", f"{table.name}.{name}", TAG, "aes_gcm") for name in found]


def _plan(design: Design) -> Shown:
    rows = tuple((number, who, what) for number, (who, what) in enumerate(steps(design), start=1))
    note = "nothing of this is done here: keys pass through nobody's hands but the owner's; until the last step the "
    note += "data is not encrypted"
    return Shown(title="The move to encrypted columns", columns=("no.", "by", "step"), rows=rows, note=note)


def _unsaid(asked: ConfigureEncryption) -> list[str]:
    found = [] if asked.scope else ["no --scope was named: who may read the keys was not looked at"]
    return found if asked.readers else [*found, "no --readers were named: nobody is let in to decrypt"]


def _code(path: Path, site: Site) -> Reviewed:
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=RULES))
    return cached_review(request, use_cache=False, progress=site.progress)


COMMAND = Operate(parameters=ConfigureEncryption, desired=_desired, epilog=_EPILOG)
