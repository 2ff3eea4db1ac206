"""The page of the documentation: a section for each measurement, with the day and the machine it was measured on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence

_SECTION = re.compile(r"^## (?P<title>[^\n]+)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
HEAD = """# Speed and size

Written by `make bench BENCH=--write`. `BENCH='--only NAME --write'` measures one section again and leaves the others.
Each time is the median of whole processes after a warm-up; a peer that takes more than 20 s runs once.
All tools review the same generated project on all cores, in the same run.
Ratios travel between machines, seconds do not.
"""


def section(day: str, name: str, table: str) -> str:
    """What stands below the heading of a measurement."""
    machine = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    return f"`--only {name}`, measured on {day} ({machine}).\n\n{table}"


def title(name: str) -> str:
    """The heading of the measurement of that name."""
    words = name.replace("_", " ")
    return words[0].upper() + words[1:]


def merged(old: str, measured: Mapping[str, str], names: Sequence[str]) -> str:
    """The page with the new sections in place of the old ones, in the order of the names.

    A section of the old page that was not measured stays; one that no name has goes.
    """
    kept = {found["title"]: found["body"].strip("\n") for found in _SECTION.finditer(old)}
    bodies = {name: measured.get(name, kept.get(title(name), "")).strip("\n") for name in names}
    return HEAD + "".join(f"\n## {title(name)}\n\n{body}\n" for name, body in bodies.items() if body)
