"""What can be changed of a registered model: the version that an alias stands for, and the tags of a version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.models.registry import Registry

_ALIAS = re.compile(r"[A-Za-z][\w-]{0,254}")
_RESERVED = re.compile(r"latest|[vV]\d+")
"""MLflow keeps `latest` and `v1` to itself: https://mlflow.org/docs/latest/ml/model-registry/"""
NEEDED = "to own the model, or MANAGE on it"


@dataclass(frozen=True, kw_only=True)
class AliasSetting:
    """The version that an alias of a model stands for; None where the model has no such alias."""

    registry: Registry
    model: str
    alias: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"alias {self.alias} of model {self.model}"

    def read(self, workspace: Workspace) -> State:
        """The version."""
        del workspace  # MLflow is asked, by a connection of its own.
        found = self.registry.ask(
            f"read the model {self.model!r}", lambda client: client.get_registered_model(self.model).aliases
        )
        version = found.get(self.alias)
        return None if version is None else (str(version),)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Point the alias to the version, or take it away."""
        del workspace, before
        what = f"set the alias {self.alias!r} of {self.model!r}"
        if after is None:
            self.registry.ask(
                what, lambda client: client.delete_registered_model_alias(self.model, self.alias), privilege=NEEDED
            )
        else:
            self.registry.ask(
                what,
                lambda client: client.set_registered_model_alias(self.model, self.alias, after[0]),
                privilege=NEEDED,
            )

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client."""
        del before
        if after is None:
            return f"MlflowClient.delete_registered_model_alias({self.model!r}, {self.alias!r})"
        return f"MlflowClient.set_registered_model_alias({self.model!r}, {self.alias!r}, {after[0]!r})"


@dataclass(frozen=True, kw_only=True)
class VersionTagSetting:
    """The value of one tag of a model version; None where the version has no such tag."""

    registry: Registry
    model: str
    version: str
    key: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"tag {self.key} of version {self.version} of model {self.model}"

    def read(self, workspace: Workspace) -> State:
        """The value."""
        del workspace
        found = self.registry.ask(
            f"read version {self.version} of {self.model!r}",
            lambda client: client.get_model_version(self.model, self.version).tags,
        )
        return (found[self.key],) if self.key in found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set the tag, or take it away."""
        del workspace, before
        what = f"set the tag {self.key!r} of version {self.version} of {self.model!r}"
        if after is None:
            self.registry.ask(
                what,
                lambda client: client.delete_model_version_tag(self.model, self.version, self.key),
                privilege=NEEDED,
            )
        else:
            self.registry.ask(
                what,
                lambda client: client.set_model_version_tag(self.model, self.version, self.key, after[0]),
                privilege=NEEDED,
            )

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client."""
        del before
        where = f"{self.model!r}, {self.version!r}, {self.key!r}"
        if after is None:
            return f"MlflowClient.delete_model_version_tag({where})"
        return f"MlflowClient.set_model_version_tag({where}, {after[0]!r})"


def aliasing(registry: Registry, model: str, alias: str, version: int | None) -> Goal:
    """The goal that the alias stands for that version, or for none.

    Raises:
        WorkspaceError: it cannot be an alias.
    """
    check_alias(alias)
    state: State = None if version is None else (str(version),)
    return Goal(setting=AliasSetting(registry=registry, model=model, alias=alias), wanted=lambda _now: state)


def version_tagging(registry: Registry, model: str, version: int, key: str, value: str | None) -> Goal:
    """The goal that the version carries the tag with that value, or not at all where the value is None."""
    state: State = None if value is None else (value,)
    setting = VersionTagSetting(registry=registry, model=model, version=str(version), key=key)
    return Goal(setting=setting, wanted=lambda _now: state)


def check_alias(alias: str) -> None:
    """Nothing, where MLflow takes such an alias.

    Raises:
        WorkspaceError: it does not.
    """
    if not _ALIAS.fullmatch(alias) or _RESERVED.fullmatch(alias):
        raise WorkspaceError(
            f"{alias[:60]!r} cannot be an alias: a letter, then letters, digits, - and _; and neither latest nor v1"
        )
