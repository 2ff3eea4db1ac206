"""Grants and tags on what a set has yet to make: as long as it is not there, it has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.workspace.catalog.documented import find_table
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import GrantSetting
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.tags import TagSetting

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Kind = Literal["catalog", "schema", "table"]


@dataclass(frozen=True, kw_only=True)
class NewGrantSetting:
    """The privileges of a principal on an object; none while it is not there."""

    kind: Kind
    name: str
    principal: str

    @property
    def subject(self) -> str:
        """What is set."""
        return self._setting.subject

    @property
    def _setting(self) -> GrantSetting:
        return GrantSetting(of=Securable(kind=self.kind, name=self.name), principal=self.principal)

    def read(self, workspace: Workspace) -> State:
        """The privileges, sorted."""
        return self._setting.read(workspace) if _is_there(workspace, self.kind, self.name) else ()

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Grant what is added and revoke what is gone."""
        self._setting.write(workspace, before, after)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        return self._setting.call(before, after)


@dataclass(frozen=True, kw_only=True)
class NewTagSetting:
    """A tag of a table or column; None while that is not there."""

    kind: Literal["table", "column"]
    name: str
    key: str

    @property
    def subject(self) -> str:
        """What is set."""
        return self._setting.subject

    @property
    def _setting(self) -> TagSetting:
        return TagSetting(kind=self.kind, name=self.name, key=self.key)

    def read(self, workspace: Workspace) -> State:
        """The value."""
        table, column = (self.name, "") if self.kind == "table" else self.name.rsplit(".", 1)
        found = find_table(workspace, table)
        names = {(each.name or "").lower() for each in (found.columns if found else None) or ()}
        there = found is not None and (not column or column.lower() in names)
        return self._setting.read(workspace) if there else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Assign, change or take away the tag."""
        self._setting.write(workspace, before, after)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        return self._setting.call(before, after)


def _is_there(workspace: Workspace, kind: Kind, name: str) -> bool:
    if kind == "table":
        return find_table(workspace, name) is not None

    def question(client: WorkspaceClient) -> bool:
        from databricks.sdk.errors import NotFound

        try:
            client.schemas.get(name) if kind == "schema" else client.catalogs.get(name)
        except NotFound:
            return False
        return True

    return workspace.ask(f"read the {kind} {name}", question)
