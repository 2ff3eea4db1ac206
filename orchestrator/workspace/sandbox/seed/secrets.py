"""Secret scopes in a seed: names of keys and who may read them; no secret has a value here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.part import Part

Permission = Literal["READ", "WRITE", "MANAGE"]


class SecretScopeSeed(Part):
    """A secret scope: a permission holds for all of its keys."""

    keys: list[str] = Field(default_factory=list)
    acls: dict[str, Permission] = Field(default_factory=dict)
