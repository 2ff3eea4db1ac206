"""The specialists of the marketplace, from the markdown of its plugins."""

from __future__ import annotations

import difflib

from orchestrator.content import content_folder
from orchestrator.errors import UsageError
from orchestrator.loading.agent import AgentSpec, load_agent


def specialists(*, plugin: str | None = None, names: tuple[str, ...] = ()) -> tuple[AgentSpec, ...]:
    """The specialists, by plugin and name; of one plugin or of these names where asked for.

    Raises:
        UsageError: there is no such plugin or specialist.
        ContentError: an agent's file cannot be used.
    """
    folders = sorted(path.parent for path in content_folder("plugins").glob("*/agents"))
    if plugin is not None and plugin not in {folder.name for folder in folders}:
        raise UsageError(f"no plugin is called {plugin!r}; there are {', '.join(folder.name for folder in folders)}")
    chosen = [folder for folder in folders if plugin in {None, folder.name}]
    found = tuple(
        load_agent(path, folder.name) for folder in chosen for path in sorted((folder / "agents").glob("*.md"))
    )
    if not names:
        return found
    by_name = {agent.name: agent for agent in found}
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            raise UsageError(f"no specialist is called {name!r}{f'; did you mean {near[0]!r}?' if near else ''}")
    return tuple(by_name[name] for name in names)
