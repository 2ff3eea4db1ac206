"""A registered model, the version of it that a logged model becomes, and the alias of that version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.models.evidence import logged_model_id
from orchestrator.workspace.models.registry import MISSING, PAGE, Registry, paged
from orchestrator.workspace.models.settings import NEEDED

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion as MlflowVersion

CREATES = "CREATE MODEL on the schema, or CREATE MODEL VERSION on the model"
WAIT_SECONDS = 300
_THERE: State = ("registered",)


@dataclass(frozen=True, kw_only=True)
class RegisteredModelSetting:
    """Whether there is a registered model of that name."""

    registry: Registry
    model: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"model {self.model}"

    def read(self, workspace: Workspace) -> State:
        """Whether it is there."""
        del workspace
        found = self.registry.ask(f"read the model {self.model!r}", lambda client: _aliases(client, self.model))
        return None if found is None else _THERE

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it, or delete it while it has no version."""
        del workspace, before
        if after is not None:
            self.registry.ask(
                f"make the model {self.model!r}", lambda client: client.create_registered_model(self.model),
                privilege=CREATES,
            )  # fmt: skip
            return
        if self.registry.ask(f"list the versions of {self.model!r}", lambda client: _versions(client, self.model)):
            raise WorkspaceError(f"cannot delete the model {self.model!r}: it has versions, which would go with it")
        self.registry.ask(
            f"delete the model {self.model!r}", lambda client: client.delete_registered_model(self.model),
            privilege=NEEDED,
        )  # fmt: skip

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client."""
        del before
        return f"MlflowClient.{'delete' if after is None else 'create'}_registered_model({self.model!r})"


@dataclass(frozen=True, kw_only=True)
class LoggedVersionSetting:
    """Whether a logged model is a version of a registered model; its number is not known before."""

    registry: Registry
    model: str
    model_id: str
    run_id: str | None
    description: str | None

    @property
    def subject(self) -> str:
        """What is set."""
        return f"version of model {self.model} from {self.model_id}"

    def read(self, workspace: Workspace) -> State:
        """The logged model where it is a version that can be loaded, and else what became of it."""
        del workspace
        states = {each.status for each in version_from(self.registry, self.model, self.model_id)}
        if not states:
            return None
        return (self.model_id,) if "READY" in states else (f"{self.model_id} is {', '.join(sorted(states))}",)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Register it, or delete the version that it was registered as."""
        del workspace, before
        if after is not None:
            self.registry.ask(
                f"register {self.model_id} as a version of {self.model!r}",
                lambda client: client.create_model_version(
                    self.model, f"models:/{self.model_id}", self.run_id, description=self.description,
                    await_creation_for=WAIT_SECONDS, model_id=self.model_id,
                ),
                privilege=CREATES,
            )  # fmt: skip
            return
        self._delete()

    def _delete(self) -> None:
        found = version_from(self.registry, self.model, self.model_id)
        if not found:
            return
        number = str(found[0].version)
        what = f"delete version {number} of {self.model!r}"
        aliases = self.registry.ask(what, lambda client: _aliases(client, self.model)) or {}
        held = sorted(alias for alias, version in aliases.items() if version == number)
        if held or len(found) > 1:
            why = f"it holds the alias {held[0]}" if held else f"{len(found)} versions are of {self.model_id}"
            raise WorkspaceError(f"cannot {what}: {why}")
        self.registry.ask(what, lambda client: client.delete_model_version(self.model, number), privilege=NEEDED)

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client."""
        del before
        if after is None:
            return f"MlflowClient.delete_model_version({self.model!r}, the number that {self.model_id} got)"
        source = f"'models:/{self.model_id}', run_id={self.run_id!r}, description={self.description!r}"
        return f"MlflowClient.create_model_version({self.model!r}, {source}, model_id={self.model_id!r})"


@dataclass(frozen=True, kw_only=True)
class LoggedAliasSetting:
    """The version that an alias stands for; that of a logged model is called by its id."""

    registry: Registry
    model: str
    alias: str
    model_id: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"alias {self.alias} of model {self.model}"

    def read(self, workspace: Workspace) -> State:
        """The number, or the logged model where it is that one's version."""
        del workspace
        aliases = self.registry.ask(f"read the model {self.model!r}", lambda client: _aliases(client, self.model))
        number = (aliases or {}).get(self.alias)
        if number is None:
            return None
        mine = {str(each.version) for each in version_from(self.registry, self.model, self.model_id)}
        return (self.model_id,) if number in mine else (number,)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Point the alias to the version, or take it away."""
        del workspace, before
        what = f"set the alias {self.alias!r} of {self.model!r}"
        if after is None:
            self.registry.ask(
                what, lambda client: client.delete_registered_model_alias(self.model, self.alias), privilege=NEEDED
            )
            return
        number = after[0]
        if number == self.model_id:
            found = version_from(self.registry, self.model, self.model_id)
            if not found:
                raise WorkspaceError(f"cannot {what}: {self.model_id} is no version of it")
            number = str(found[0].version)
        self.registry.ask(
            what, lambda client: client.set_registered_model_alias(self.model, self.alias, number), privilege=NEEDED
        )

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client."""
        del before
        where = f"{self.model!r}, {self.alias!r}"
        if after is None:
            return f"MlflowClient.delete_registered_model_alias({where})"
        number = f"the number that {self.model_id} got" if after[0] == self.model_id else repr(after[0])
        return f"MlflowClient.set_registered_model_alias({where}, {number})"


def version_from(registry: Registry, model: str, model_id: str) -> list[MlflowVersion]:
    """The versions of a model that were registered from a logged model, the newest first.

    Raises:
        WorkspaceError: they cannot be listed.
    """
    found = registry.ask(f"list the versions of {model!r}", lambda client: _versions(client, model))
    mine = [each for each in found if logged_model_id(each) == model_id]
    return sorted(mine, key=lambda each: int(each.version), reverse=True)


def registering(
    registry: Registry, model: str, model_id: str, run_id: str | None, description: str | None
) -> tuple[Goal, ...]:
    """The goals that the model is there and the logged model is a version of it."""
    version = LoggedVersionSetting(
        registry=registry, model=model, model_id=model_id, run_id=run_id, description=description
    )
    return (
        Goal(setting=RegisteredModelSetting(registry=registry, model=model), wanted=lambda _now: _THERE),
        Goal(setting=version, wanted=lambda _now: (model_id,)),
    )


def aliasing_logged(registry: Registry, model: str, alias: str, model_id: str) -> Goal:
    """The goal that an alias stands for the version of a logged model."""
    setting = LoggedAliasSetting(registry=registry, model=model, alias=alias, model_id=model_id)
    return Goal(setting=setting, wanted=lambda _now: (model_id,))


def _aliases(client: MlflowClient, model: str) -> dict[str, str] | None:
    """The versions by alias; None where there is no such model."""
    from mlflow.exceptions import MlflowException

    try:
        found = client.get_registered_model(model)
    except MlflowException as error:
        if error.error_code in MISSING:
            return None
        raise
    return {str(alias): str(version) for alias, version in (found.aliases or {}).items()}


def _versions(client: MlflowClient, model: str) -> list[MlflowVersion]:
    if _aliases(client, model) is None:
        return []
    wanted = f"name = '{model}'"
    return list(paged(lambda token: client.search_model_versions(wanted, PAGE, page_token=token)))
