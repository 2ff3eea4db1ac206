"""ruff with the rules that bear on data work: flake8-bandit (S) and pandas-vet (PD)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark


def read(printed: str) -> Iterator[Remark]:
    """The violations of `ruff check --output-format json`; those of a notebook count lines inside a cell."""
    for entry in json.loads(printed):
        yield Remark(
            path=str(entry["filename"]),
            line=int(entry["location"]["row"]),
            end_line=int(entry["end_location"]["row"]),
            rule=str(entry["code"]),
            message=str(entry["message"]),
            cell=entry.get("cell"),
        )


LINTER = Linter(
    name="ruff",
    distribution="ruff",
    settings="its rules S (flake8-bandit) and PD (pandas-vet), no configuration; its default rules are about style",
    command=("ruff", "check", "--isolated", "--no-cache", "--output-format", "json", "--select", "S,PD"),
    read=read,
    suffixes=(".py", ".ipynb"),
)
