"""What a step says to the runner of a job: its outputs, and the summary that people see."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

MOST = 900_000
"""Bytes that one step adds to the summary; the runner refuses more than 1 MiB."""


def add_to_summary(markdown: str) -> None:
    """Append Markdown, of which foreign parts were made harmless, to the job's summary, where there is one."""
    _append(
        "GITHUB_STEP_SUMMARY", markdown.encode("utf-8", "backslashreplace")[:MOST].decode("utf-8", "ignore") + "\n\n"
    )


def set_outputs(values: Mapping[str, str | int]) -> None:
    """Hand values to the steps after this one.

    Raises:
        ValueError: a value has more than one line, and could pass for another output.
    """
    for name, value in values.items():
        if str(value).splitlines() != [str(value)]:
            raise ValueError(f"the output {name!r} is not one line")
    _append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in values.items()))


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
