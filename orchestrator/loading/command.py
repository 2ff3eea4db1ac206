"""A command: the prompt that Claude Code expands, and the route that the headless runtime takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.loading.agent import KebabName, Names
from orchestrator.loading.frontmatter import read_document

Workflow = Literal["review", "audit", "generate", "operate"]
ParameterType = Literal["text", "path", "integer", "number", "flag", "choice", "list"]
Value = str | int | float | bool | tuple[str, ...] | None


class Parameter(BaseModel):
    """One argument of a command: a positional one, or an option `--name`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: KebabName
    help: str = Field(min_length=3, max_length=160)
    type: ParameterType = "text"
    positional: bool = False
    required: bool = False
    short: Annotated[str, Field(pattern=r"^[a-z]$")] | None = None
    choices: tuple[str, ...] = ()
    default: Value = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("`choices` belong to the type 'choice', and only to it")
        if self.required and self.default is not None:
            raise ValueError("a required parameter has no default")
        if self.choices and self.default is not None and self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} is none of the choices")
        if self.positional and (self.short is not None or self.type == "flag"):
            raise ValueError("a positional parameter has no short form and is no flag")
        return self


class Route(BaseModel):
    """How the headless runtime runs a command."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workflow: Workflow
    specialists: tuple[KebabName, ...] = ()
    skills: tuple[KebabName, ...] = ()
    servers: tuple[KebabName, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        names = [parameter.name for parameter in self.parameters]
        shorts = [parameter.short for parameter in self.parameters if parameter.short]
        if len(set(names)) < len(names) or len(set(shorts)) < len(shorts):
            raise ValueError("two parameters have one name")
        return self


class CommandSpec(BaseModel):
    """One command of a plugin."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: KebabName
    plugin: str
    description: str = Field(min_length=20, max_length=120)
    argument_hint: str = Field(alias="argument-hint", min_length=1, max_length=200)
    allowed_tools: Names = Field(alias="allowed-tools", min_length=1)
    user_only: bool = Field(default=False, alias="disable-model-invocation")
    route: Route = Field(alias="metadata")
    path: Path
    prompt: str = Field(min_length=1, repr=False)
    prompt_line: int

    @property
    def qualified(self) -> str:
        """What a person types in the client: `/plugin:name`."""
        return f"/{self.plugin}:{self.name}"


def load_command(path: Path, plugin: str) -> CommandSpec:
    """The command in a file; its name is the file's.

    Raises:
        ContentError: the file cannot be used; names the line.
    """
    document = read_document(path)
    place = {"name": path.stem, "plugin": plugin, "path": path}
    return document.as_model(CommandSpec, **place, prompt=document.body, prompt_line=document.body_line)
