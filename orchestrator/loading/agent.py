"""A specialist, or an agent of the runtime: its markdown file as a specification."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from orchestrator.errors import ContentError
from orchestrator.loading.frontmatter import read_document

Surface = Literal[
    "python", "sql", "notebook", "bundle", "contract", "ci", "tests", "streaming", "declarative-pipeline", "delta",
    "ml-training", "feature-store", "serving", "monitoring", "sharing", "governance-sql", "pii", "encryption", "audit",
    "live",
]  # fmt: skip
"""What must be in a project, or in a workspace (`live`), for a specialist to have something to look at."""


def _names(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
KebabName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class AgentDetails(BaseModel):
    """What our runtime reads of an agent and the client ignores."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    surface: tuple[Surface, ...] = Field(min_length=1)


class AgentSpec(BaseModel):
    """One agent: who it is, what it may call, and its prompt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: KebabName
    description: str = Field(min_length=20, max_length=200)
    tools: Names = Field(min_length=1)
    model: Literal["inherit", "haiku", "sonnet", "opus"] = "inherit"
    metadata: AgentDetails | None = None
    path: Path
    plugin: str | None = None
    prompt: str = Field(min_length=1, repr=False)
    prompt_line: int

    @property
    def qualified(self) -> str:
        """The name by which the client starts it: `plugin:name`."""
        return f"{self.plugin}:{self.name}" if self.plugin else self.name


def load_agent(path: Path, plugin: str | None = None) -> AgentSpec:
    """The agent in a file.

    Raises:
        ContentError: the file cannot be used, or its name is not the file's; names the line.
    """
    document = read_document(path)
    place = {"path": path, "plugin": plugin, "prompt": document.body, "prompt_line": document.body_line}
    agent = document.as_model(AgentSpec, **place)
    if agent.name != path.stem:
        line = document.lines["name"]
        raise ContentError(f"{path}:{line}: the name is {agent.name!r} and the file is {path.name!r}; make them agree")
    return agent
