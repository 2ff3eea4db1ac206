"""Whether somebody wrote down why: a comment of some words beside a line or right above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = ("#", "--", "//")
_NOTEBOOK = ("MAGIC", "COMMAND", "DBTITLE", "Databricks notebook")
"""What a source notebook writes into comments by itself."""
_LEAST_WORDS = 4
"""Fewer are a heading or a switched-off line."""


def has_reason(lines: Sequence[str], line: int) -> bool:
    """Whether a comment of at least four words stands on that line, counted from 1, or on the line above it."""
    above = lines[line - 2].strip() if line > 1 else ""
    comments = [above.removeprefix(mark) for mark in _MARKS if above.startswith(mark)]
    comments += [beside for mark in _MARKS for _, found, beside in [lines[line - 1].partition(mark)] if found]
    words = (comment.strip() for comment in comments)
    return any(len(each.split()) >= _LEAST_WORDS for each in words if not each.startswith(_NOTEBOOK))
