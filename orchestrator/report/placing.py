"""What the formats for the merge requests and pull requests of other forges share: order, paths and gaps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.report.verdict import WHOLE
from orchestrator.report.visible import one_line
from orchestrator.report.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.types import Finding, Review

_LONE = re.compile("[\ud800-\udfff]")


def worst_first(review: Review) -> list[Finding]:
    """The findings that a person is shown by default, the worst first."""
    return sorted(review.shown, key=lambda finding: (finding.severity.rank, finding.location, finding.rule, finding.id))


def utf8_path(path: str) -> str:
    """The path; a byte that is not UTF-8 stands as U+FFFD, for a parser may refuse a whole report over it."""
    return _LONE.sub("\N{REPLACEMENT CHARACTER}", path)


def gaps(review: Review) -> Iterator[tuple[str, str]]:
    """What should have been reviewed and was not: a path, `.` for what is no file, and a sentence on one line."""
    for entry in review.incomplete:
        if entry.path == WHOLE:
            yield WHOLE, one_line(entry.reason)
            continue
        reason = f": {one_line(entry.reason)}" if entry.reason else ""
        yield utf8_path(entry.path), f"{one_line(entry.path, 300)} was not reviewed in full{reason}"
    if review.unfinished:
        yield WHOLE, f"not finished: {one_line(listed(list(review.unfinished), 3))}"
