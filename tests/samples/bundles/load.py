"""Loads every resource of a bundle into the types of `databricks-bundles` and prints its kind and key: `load.py FOLDER`.

The types refuse unknown fields, missing ones and wrong values; a message for each goes to stderr, and the exit code is 1.
Started by `tests/templates` with the Python of `.venv-real`.
"""

import sys
from pathlib import Path

import yaml
from databricks.bundles.core._resource_type import _ResourceType

TYPES = {kind.plural_name: kind.resource_type for kind in _ResourceType.all()}


def resources(folder: Path) -> list[tuple[str, str, object]]:
    """Kind, key and settings of each resource of the root file and of the files that it includes."""
    root = yaml.safe_load((folder / "databricks.yml").read_text(encoding="utf-8"))
    files = [path for pattern in root.get("include", []) for path in sorted(folder.glob(pattern))]
    documents = [root, *(yaml.safe_load(path.read_text(encoding="utf-8")) for path in files)]
    return [
        (kind, key, settings)
        for document in documents
        for kind, entries in document.get("resources", {}).items()
        for key, settings in entries.items()
    ]


def main(folder: Path) -> int:
    """The exit code: 1 when a resource does not load, or when there is none."""
    found = resources(folder)
    failed = not found
    for kind, key, settings in found:
        try:
            TYPES[kind].from_dict(settings)
        except (KeyError, ValueError, TypeError) as error:
            print(f"{kind}.{key}: {type(error).__name__}: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"{kind}.{key}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
