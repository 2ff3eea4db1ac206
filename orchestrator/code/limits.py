"""How much of a project is read: the bounds that keep a hostile or huge tree from stopping a review."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one reading of a project; what lies beyond one becomes a coverage entry, never an error.

    `max_file_bytes` holds for code and text, `max_yaml_bytes` for YAML, `max_notebook_bytes` for .ipynb files, whose
    outputs make them large. `max_line_length` counts characters, `max_depth` folders below the root.
    """

    max_file_bytes: int = 2 * MEBIBYTE
    max_yaml_bytes: int = MEBIBYTE
    max_notebook_bytes: int = 16 * MEBIBYTE
    max_files: int = 20_000
    max_total_bytes: int = 512 * MEBIBYTE
    max_line_length: int = 20_000
    max_depth: int = 40
