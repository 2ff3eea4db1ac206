"""Puts the content folders into `orchestrator/_bundled/` of a standard wheel; an editable install reads in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONTENT = ("agents", "skills", "tools", "plugins")
LEFT_BEHIND = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", "spark-warehouse", "metastore_db", "mlruns"})


class ContentHook(BuildHookInterface[Any]):
    """Adds the content folders to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map each content folder that exists into the package, on standard builds only."""
        if version != "standard":
            return
        for name in CONTENT:
            for path in sorted((Path(self.root) / name).rglob("*")):
                inside = path.relative_to(self.root)
                # What running the examples leaves behind is no content.
                if path.is_file() and not LEFT_BEHIND.intersection(inside.parts):
                    build_data["force_include"][str(path)] = f"orchestrator/_bundled/{inside.as_posix()}"
