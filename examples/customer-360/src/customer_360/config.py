"""Settings of a run, read once from the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

CATALOG_NAME = re.compile(r"[a-z][a-z0-9_]{2,62}")


@dataclass(frozen=True)
class Config:
    """Where a run reads and writes, and for which day."""

    catalog: str
    run_date: date

    def __post_init__(self) -> None:
        if not CATALOG_NAME.fullmatch(self.catalog):
            raise ValueError(f"not a catalog name: {self.catalog!r}")

    @property
    def landing(self) -> str:
        return f"/Volumes/{self.catalog}/bronze/landing"

    @property
    def checkpoints(self) -> str:
        return f"/Volumes/{self.catalog}/ops/checkpoints"

    @property
    def exports(self) -> str:
        return f"/Volumes/{self.catalog}/gold/exports"


def parse_config(argv: Sequence[str] | None = None) -> Config:
    """Read --catalog and --run-date (ISO date, today when it is not given)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--run-date", type=date.fromisoformat, default=date.today())
    arguments = parser.parse_args(argv)
    return Config(catalog=arguments.catalog, run_date=arguments.run_date)
