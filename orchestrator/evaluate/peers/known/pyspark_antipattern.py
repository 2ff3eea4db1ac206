"""pyspark-antipattern: performance of PySpark code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_HEAD = re.compile(r"^(?:error|warning)\[(?P<rule>[A-Z]+\d+)\](?:\[(?P<severity>[A-Z]+)\])?: (?P<message>.+)$")
_PLACE = re.compile(r"^\s*-->\s*(?P<path>.+?):(?P<line>\d+)(?::\d+)?\s*$")


def read(printed: str) -> Iterator[Remark]:
    """The violations as it prints them: a head with rule and severity, then the place."""
    head: re.Match[str] | None = None
    for line in _COLOURS.sub("", printed).splitlines():
        head = _HEAD.match(line.strip()) or head
        place = _PLACE.match(line)
        if place is not None and head is not None:
            number = int(place["line"])
            yield Remark(
                path=place["path"],
                line=number,
                end_line=number,
                rule=head["rule"],
                message=head["message"],
                severity=(head["severity"] or "").lower(),
            )


LINTER = Linter(
    name="pyspark-antipattern",
    distribution="pyspark-antipattern",
    settings="every rule: its README calls the strictest set-up the default",
    command=("pyspark-antipattern", "check"),
    read=read,
    speaks_on_stderr=True,
)
