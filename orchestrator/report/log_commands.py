"""Keeps a report from giving commands to the job that prints it: CI runners obey lines of a log."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ANYWHERE = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
"""What Azure DevOps, and GitHub in its older form, take for a command wherever it stands in a line."""
_AT_THE_START = re.compile(r"(?m)^([ \t]*):(?=:[a-z])", re.IGNORECASE)
"""What GitHub takes for a command at the beginning of a line, after spaces."""
_IN_JSON = "\\u0023"
_SECOND_MARK: Mapping[str, str] = {
    **dict.fromkeys(("json", "sarif", "gitlab", "azure"), _IN_JSON),
    "html": "&#35;",
}


def without_commands(name: str, report: str) -> str:
    """The report in the format of that name, with the marks of commands spelled as the format spells characters."""
    mark = _SECOND_MARK.get(name, "⟨U+0023⟩")
    return _AT_THE_START.sub(r"\1⟨U+003A⟩", _ANYWHERE.sub(lambda _: f"#{mark}", report))
