"""Puts the content folders into `orchestrator/_bundled/` of a standard wheel; an editable install reads in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONTENT = ("agents", "skills", "tools", "plugins")


class ContentHook(BuildHookInterface[Any]):
    """Adds the content folders to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map each content folder that exists into the package, on standard builds only."""
        if version != "standard":
            return
        for name in CONTENT:
            folder = Path(self.root) / name
            if folder.is_dir():
                build_data["force_include"][str(folder)] = f"orchestrator/_bundled/{name}"
