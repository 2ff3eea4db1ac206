"""Paths of the storage that Unity Catalog does not govern: the DBFS root and mounts."""

from __future__ import annotations

import re

_LEGACY = re.compile(r"(?:(?:file:)?/dbfs/|dbfs:/+|/mnt/)[^\s\"'<>|]*", re.IGNORECASE)
_SERVED = re.compile(
    r"(?:(?:file:)?/dbfs/+|dbfs:/+)(?:Volumes|databricks-datasets|databricks-results|databricks/mlflow|databricks/init"
    r"|Workspace|Repos|cluster[-_]?logs?)\b",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(r"(?:/dbfs/+|dbfs:/+|/mnt/+)(?:local_disk0/)?(?:tmp|temp)\b", re.IGNORECASE)
HINTS = ("/mnt/", "/dbfs/", "dbfs:/")
"""What a file must hold, one of them, before it is worth a closer look."""


def legacy_path(text: str, *, whole: bool = True) -> str | None:
    """The path when the text is one in the DBFS root or in a mount and goes beyond its root; None otherwise.

    With `whole=False` the text is the known beginning of a longer path, and may be the root of all mounts.
    """
    if _LEGACY.fullmatch(text) is None or _SERVED.match(text) or "path/to" in text:
        return None
    rest = re.sub(r"^(?:file:)?(?:/dbfs/+|dbfs:/+|/)", "", text, flags=re.IGNORECASE).strip("/")
    return text if rest not in {"", "mnt"} or (rest == "mnt" and not whole) else None


def is_temporary(path: str) -> bool:
    """Whether a path lies in a folder for scratch data."""
    return _TEMPORARY.match(path) is not None


def is_mount(path: str) -> bool:
    """Whether a path leads through a mount."""
    return re.match(r"(?:(?:file:)?/dbfs|dbfs:/*)?/*mnt/", path, re.IGNORECASE) is not None
