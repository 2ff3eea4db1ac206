"""The alias of a model, moved only to a version whose recorded validation holds for what is live."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.models.proving import proved
from orchestrator.workspace.models.registry import Registry
from orchestrator.workspace.models.settings import AliasSetting
from orchestrator.workspace.models.terms import read_terms
from orchestrator.workspace.models.validation import PASSED, PROOF, VERDICT, proof, recorded


@dataclass(frozen=True, kw_only=True)
class ValidatedAliasSetting:
    """The version that an alias stands for; it moves to `version` only while `proof` is that version's validation.

    Before the alias is moved the tags, the files, the metrics and the version it was held against are read again. The
    way back, to whatever the alias stood for, asks for nothing.
    """

    registry: Registry
    model: str
    alias: str
    version: str
    proof: str

    @property
    def subject(self) -> str:
        """What is set."""
        return self._alias.subject

    @property
    def _alias(self) -> AliasSetting:
        return AliasSetting(registry=self.registry, model=self.model, alias=self.alias)

    def read(self, workspace: Workspace) -> State:
        """The version."""
        return self._alias.read(workspace)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Move the alias; to the validated version only after its evidence was read again."""
        if after == (self.version,):
            check_validated(self.registry, self.model, self.version, self.proof)
        self._alias.write(workspace, before, after)

    def call(self, before: State, after: State) -> str:
        """The call of the MLflow client, with its condition."""
        call = self._alias.call(before, after)
        if after != (self.version,):
            return call
        proof_of_it = self.proof or "one that was recorded"
        return f"{call} only while version {self.version} is {VERDICT}={PASSED} and its live {PROOF} is {proof_of_it}"


def promoting(registry: Registry, model: str, alias: str, version: str, proof_of_it: str) -> Goal:
    """The goal that the alias stands for the validated version."""
    setting = ValidatedAliasSetting(registry=registry, model=model, alias=alias, version=version, proof=proof_of_it)
    return Goal(setting=setting, wanted=lambda _now: (version,))


def check_validated(registry: Registry, model: str, version: str, expected: str) -> None:
    """Nothing, where the version carries that validation as passed and its live evidence still has that hash.

    Raises:
        WorkspaceError: it does not, or a part of the evidence cannot be read.
    """
    tags = registry.ask(
        f"read version {version} of {model!r}", lambda client: client.get_model_version(model, version).tags
    )
    said = recorded(tags)
    terms = read_terms(said.terms or "")
    if said.verdict != PASSED or said.proof != expected or terms is None:
        raise WorkspaceError(f"version {version} of {model!r} no longer carries the validation that was approved")
    try:
        with proved(registry, model, version, terms) as found:
            live = proof(terms, found.version, found.reference)
    except UsageError as error:
        raise WorkspaceError(f"the validation of version {version} of {model!r} holds no more: {error}") from error
    if live != expected:
        raise WorkspaceError(
            f"version {version} of {model!r} is not what was validated: its files, metrics or the version it was held "
            "against have changed; validate it again"
        )
