"""The baseline: a file that names the findings that were there before, which then no longer count."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from orchestrator.errors import BaselineError
from orchestrator.types import Finding

VERSION = 1
MAX_BYTES = 64 * 1024 * 1024
LABEL = "baseline"


def dump_baseline(findings: Iterable[Finding]) -> str:
    """The baseline of the findings that count, as JSON with a line a finding so that changes can be read in a diff."""
    entries = [
        {"id": finding.id, "rule": finding.rule, "path": finding.location.path}
        for finding in findings
        if finding.counts
    ]
    lines = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
    body = f"\n{lines}\n  " if entries else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{body}]\n}}\n'


def load_baseline(path: Path) -> frozenset[str]:
    """The ids in a baseline file.

    Raises:
        BaselineError: the file is missing, too large, or no baseline.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        advice = "write it with `orchestrate baseline`"
        raise BaselineError(f"the baseline {str(path)!r} cannot be read ({error.strerror}); {advice}") from error
    return parse_baseline(raw, str(path))


def parse_baseline(raw: bytes, name: str) -> frozenset[str]:
    """The ids in a baseline file's bytes; `name` is for messages.

    Raises:
        BaselineError: the bytes are too many, or no baseline.
    """
    if len(raw) > MAX_BYTES:
        raise BaselineError(f"the baseline {name!r} is larger than {MAX_BYTES >> 20} MiB; write it anew")
    try:
        data = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        advice = "write it anew with `orchestrate baseline`"
        raise BaselineError(f"the baseline {name!r} is no JSON; {advice}") from error
    return _ids(data, name)


def _ids(data: object, name: str) -> frozenset[str]:
    entries = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(entries, list):
        raise BaselineError(f"{name!r} is no baseline of version {VERSION}; write it with `orchestrate baseline`")
    return frozenset(entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str))


def apply_baseline(findings: Iterable[Finding], known: frozenset[str]) -> tuple[Finding, ...]:
    """The findings, those of the baseline marked as suppressed by it."""
    return tuple(
        replace(finding, suppressed_by=LABEL) if finding.id in known and finding.suppressed_by is None else finding
        for finding in findings
    )
