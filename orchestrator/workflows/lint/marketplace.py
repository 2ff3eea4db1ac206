"""The marketplace's list: every plugin is in it, with the name, version and folder that it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from orchestrator import __version__
from orchestrator.errors import ContentError
from orchestrator.loading.plugin import Author, read_json
from orchestrator.workflows.lint.content import Content, Plugin, Problem


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    source: str = Field(pattern=r"^\./plugins/[a-z0-9-]+$")
    description: str = Field(min_length=20)
    version: str
    category: str
    tags: tuple[str, ...]
    author: Author
    license: str


class _Marketplace(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_address: str = Field(alias="$schema")
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    description: str = Field(min_length=20)
    owner: Author
    plugins: tuple[_Entry, ...] = Field(min_length=1)


def problems(content: Content) -> Iterator[Problem]:
    """Disagreements between the list, the plugins and the package; nothing where no list is shipped, as in a wheel."""
    path = content.root / ".claude-plugin" / "marketplace.json"
    if not path.is_file():
        return
    try:
        market = read_json(path, _Marketplace)
    except ContentError as error:
        yield content.problem(path, 1, str(error).partition(": ")[2])
        return
    listed = {entry.source.rpartition("/")[2]: entry for entry in market.plugins}
    for plugin in content.plugins:
        yield from _plugin(content, path, plugin, listed.get(plugin.name))
    for name in sorted(set(listed) - {plugin.name for plugin in content.plugins}):
        yield content.problem(path, 1, f"lists plugins/{name}, which is not there")
    versions = {market.version, __version__} | {entry.version for entry in market.plugins}
    versions |= {plugin.manifest.version for plugin in content.plugins if plugin.manifest}
    if len(versions) > 1:
        yield content.problem(
            path, 1, f"versions differ: {', '.join(sorted(versions))} (package, marketplace, plugins)"
        )


def _plugin(content: Content, path: Path, plugin: Plugin, entry: _Entry | None) -> Iterator[Problem]:
    if entry is None:
        yield content.problem(path, 1, f"does not list plugins/{plugin.name}")
    elif plugin.manifest is not None and {entry.name, plugin.manifest.name} != {plugin.name}:
        names = f"{entry.name!r}, its manifest {plugin.manifest.name!r}"
        yield content.problem(path, 1, f"names plugins/{plugin.name} {names}")
    if not (plugin.folder / "README.md").is_file():
        yield content.problem(plugin.folder / "README.md", 1, "is missing: people read it before they install")
