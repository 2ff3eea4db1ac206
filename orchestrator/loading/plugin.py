"""The marketplace and its plugins, whole: manifests, agents, skills, commands and servers, each found by its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.content import content_folder
from orchestrator.errors import ContentError
from orchestrator.loading.agent import AgentSpec, KebabName, load_agent
from orchestrator.loading.command import CommandSpec, load_command
from orchestrator.loading.frontmatter import read_bounded
from orchestrator.loading.skill import FILE_NAME, SkillSpec, load_skill

Model = TypeVar("Model", bound=BaseModel)


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Author(_Frozen):
    """Who publishes."""

    name: str = Field(min_length=1)
    email: str | None = None
    url: str | None = None


class PluginManifest(_Frozen):
    """`.claude-plugin/plugin.json`: only what both supported versions of the client know."""

    name: KebabName
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    description: str = Field(min_length=20)
    author: Author
    homepage: str | None = None
    repository: str | None = None
    license: str
    keywords: tuple[str, ...] = ()


class ServerEntry(_Frozen):
    """How the client starts a server over stdio."""

    command: str
    args: tuple[str, ...] = ()


class ServerFile(_Frozen):
    """`.mcp.json` of a plugin."""

    servers: dict[str, ServerEntry] = Field(alias="mcpServers")


class PluginSpec(_Frozen):
    """One plugin."""

    manifest: PluginManifest
    folder: Path
    agents: tuple[AgentSpec, ...]
    skills: tuple[SkillSpec, ...]
    commands: tuple[CommandSpec, ...]
    servers: dict[str, ServerEntry]

    @property
    def name(self) -> str:
        """The namespace of everything in it."""
        return self.manifest.name


def load_plugin(folder: Path) -> PluginSpec:
    """The plugin in a folder.

    Raises:
        ContentError: one of its files cannot be used; names the file and the line.
    """
    manifest = read_json(folder / ".claude-plugin" / "plugin.json", PluginManifest)
    name = manifest.name
    return PluginSpec(
        manifest=manifest,
        folder=folder,
        agents=tuple(load_agent(path, name) for path in sorted((folder / "agents").glob("*.md"))),
        skills=tuple(load_skill(path.parent, name) for path in sorted((folder / "skills").glob(f"*/{FILE_NAME}"))),
        commands=tuple(load_command(path, name) for path in sorted((folder / "commands").glob("*.md"))),
        servers=dict(read_json(folder / ".mcp.json", ServerFile).servers),
    )


def load_plugins(root: Path | None = None) -> tuple[PluginSpec, ...]:
    """Every plugin under a folder, that of this installation by default.

    Raises:
        ContentError: a file of one cannot be used.
    """
    folder = root or content_folder("plugins")
    return tuple(load_plugin(path.parent.parent) for path in sorted(folder.glob("*/.claude-plugin/plugin.json")))


def read_json(path: Path, model: type[Model]) -> Model:
    """The typed content of a JSON file.

    Raises:
        ContentError: it cannot be read or parsed, or has a wrong or unknown key.
    """
    try:
        return model.model_validate(json.loads(read_bounded(path)))
    except json.JSONDecodeError as error:
        raise ContentError(f"{path}:{error.lineno}: the JSON is wrong: {error.msg}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"{path}: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise ContentError(f"{path}: the JSON is wrong: {reason}") from error
