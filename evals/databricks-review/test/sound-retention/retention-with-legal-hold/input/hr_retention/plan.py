"""What has to be kept for how long, from the approved file."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

_NAME = re.compile(r"[a-z_]+(\.[a-z_]+){2}")
_COLUMN = re.compile(r"[a-z_]+")


@dataclass(frozen=True)
class Retention:
    """One table of the plan."""

    table: str
    date_column: str
    keep_days: int
    hold_key: str


def read_plan(path: str) -> list[Retention]:
    """The plan; a name that is no plain identifier is refused."""
    entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["tables"]
    plan = [Retention(**entry) for entry in entries]
    for item in plan:
        if not _NAME.fullmatch(item.table) or not _COLUMN.fullmatch(item.date_column) or not _COLUMN.fullmatch(item.hold_key):
            raise ValueError(f"{path}: {item.table} is not a plain name")
        if item.keep_days < 90:
            raise ValueError(f"{path}: {item.table} would be kept {item.keep_days} days; the law wants 90 at least")
    return plan
