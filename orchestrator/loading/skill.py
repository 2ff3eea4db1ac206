"""A skill: a folder with a `SKILL.md`, as a specification."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.errors import ContentError
from orchestrator.loading.agent import KebabName
from orchestrator.loading.frontmatter import read_document

FILE_NAME = "SKILL.md"


class SkillSpec(BaseModel):
    """One skill: when it is used, and the text that walks the work; `folder` holds what it refers to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: KebabName
    description: str = Field(min_length=20, max_length=200)
    folder: Path
    plugin: str | None = None
    body: str = Field(min_length=1, repr=False)
    body_line: int

    @property
    def path(self) -> Path:
        """The file that a reader opens first."""
        return self.folder / FILE_NAME

    @property
    def qualified(self) -> str:
        """The name by which the client knows it: `plugin:name`."""
        return f"{self.plugin}:{self.name}" if self.plugin else self.name


def load_skill(folder: Path, plugin: str | None = None) -> SkillSpec:
    """The skill in a folder.

    Raises:
        ContentError: the file cannot be used, or its name is not the folder's; names the line.
    """
    path = folder / FILE_NAME
    document = read_document(path)
    place = {"folder": folder, "plugin": plugin, "body": document.body, "body_line": document.body_line}
    skill = document.as_model(SkillSpec, **place)
    if skill.name != folder.name:
        line = document.lines["name"]
        raise ContentError(f"{path}:{line}: the name is {skill.name!r} and the folder {folder.name!r}; make them agree")
    return skill
