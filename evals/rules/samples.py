"""Picks findings to label, fairly and always the same, and prints each with the code around it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from review import Finding, project_root

CONTEXT_LINES = 6
_MAX_SPAN_LINES = 40
_MAX_WIDTH = 200


def sample(findings: Iterable[Finding], size: int) -> tuple[Finding, ...]:
    """At most `size` findings, one package after the other, in an order that only the fingerprints decide.

    Of findings in copies of one file, which packages of examples are full of, one is kept.
    """
    by_package: dict[str, list[Finding]] = defaultdict(list)
    seen: set[tuple[str, str, int, str]] = set()
    for found in sorted(findings, key=_order):
        copy = (found.package, PurePosixPath(found.path).name, found.line, found.message)
        if copy not in seen:
            seen.add(copy)
            by_package[found.package].append(found)
    rounds = zip_longest(*by_package.values())
    return tuple(found for turn in rounds for found in turn if found is not None)[:size]


def shown(found: Finding, corpus: Path, number: int) -> Iterator[str]:
    """The finding's place and message, its code with context, and a label line to complete."""
    yield f"\n=== {number}. {found.package} {found.version} {found.path}:{found.line} {found.rule} {found.severity}"
    yield f"    {found.message}"
    yield from _code(found, corpus)
    yield label_line(found)


def label_line(found: Finding) -> str:
    """The line for labels.jsonl, its verdict and reason still to be written."""
    return json.dumps(
        {
            "package": found.package,
            "version": found.version,
            "path": found.path,
            "fingerprint": found.fingerprint,
            "rule": found.rule,
            "label": "",
            "reason": "",
        }
    )


def _order(found: Finding) -> str:
    return hashlib.sha256(f"{found.package}:{found.path}:{found.fingerprint}".encode()).hexdigest()


def _code(found: Finding, corpus: Path) -> Iterator[str]:
    folder = corpus / f"{found.package}-{found.version}"
    path = project_root(folder) / found.path if folder.is_dir() else folder
    if not path.is_file():
        yield f"    (no file {found.path!r} in the corpus)"
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    last = min(found.end_line, found.line + _MAX_SPAN_LINES)
    first = max(1, found.line - CONTEXT_LINES)
    for number, text in enumerate(lines[first - 1 : last + CONTEXT_LINES], start=first):
        mark = ">" if found.line <= number <= last else " "
        yield f"{mark}{number:6} {_printable(text)}"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in text)[:_MAX_WIDTH]
