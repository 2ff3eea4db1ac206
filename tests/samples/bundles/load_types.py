"""Load each resource of a bundle's files in the types of databricks-bundles: python load_types.py FOLDER.

Prints `kind.key` for each resource; ends with the library's own error for the first that it refuses. Resources that a
target overrides are partial, so only their fields are checked, on top of the resource that they change.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from databricks.bundles.core._resource_type import _ResourceType

CLASSES = {kind.plural_name: kind.resource_type for kind in _ResourceType.all()}


def main(folder: Path) -> None:
    root = yaml.safe_load((folder / "databricks.yml").read_text(encoding="utf-8"))
    resources: dict[str, dict[str, Any]] = {}
    for file in sorted(file for pattern in root["include"] for file in folder.glob(pattern)):
        merge(resources, yaml.safe_load(file.read_text(encoding="utf-8"))["resources"])
    load(resources)
    for target in root["targets"].values():
        for kind, changed in target.get("resources", {}).items():
            load({kind: {key: resources[kind][key] | change for key, change in changed.items()}})


def merge(resources: dict[str, dict[str, Any]], more: dict[str, dict[str, Any]]) -> None:
    for kind, entries in more.items():
        resources.setdefault(kind, {}).update(entries)


def load(resources: dict[str, dict[str, Any]]) -> None:
    for kind, entries in resources.items():
        for key, entry in entries.items():
            CLASSES[kind].from_dict(entry)
            print(f"{kind}.{key}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
