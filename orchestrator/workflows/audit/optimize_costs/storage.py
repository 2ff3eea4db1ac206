"""What of a catalog's storage is kept without need: tables that nobody reads, and tables of small files."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.types import Severity, Table
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.catalog.storage import CatalogStorage, TableStorage

FACTS = "storage"
GIB = 1024**3
LEAST_BYTES = 1 * GIB
"""Less than 1 GiB costs some cents a month: nobody's hour is worth it."""
LEAST_DAYS = 30
"""A table of a monthly report is not read for four weeks; in a shorter window nothing is called unread."""
SMALL_FILE = 16 * 1024**2
MANY_FILES = 1_000

UNREAD = Check(
    id="table-unread",
    specialist="cost-analyzer",
    severity=Severity.LOW,
    title="a table is stored and nobody read it in the window",
    why="Ask its owner; drop it with a time of grace, or move it to a cheaper class. Reads that leave no lineage (by "
    "path, from outside through open sharing, BI extracts of another region) are not seen here.",
    references=("https://docs.databricks.com/aws/en/admin/system-tables/lineage",),
)
SMALL = Check(
    id="small-files",
    specialist="delta-lake-expert",
    severity=Severity.MEDIUM,
    title="a table is kept in many small files",
    why="Each read opens every file: requests and minutes of compute are paid for instead of bytes. Compact it "
    "(OPTIMIZE, predictive optimization, liquid clustering) and write larger batches.",
    references=("https://docs.databricks.com/aws/en/delta/tune-file-size",),
)


def observed(found: CatalogStorage) -> Iterator[Observation]:
    """One observation for each table and kind of waste."""
    days = (found.until - found.since).days + 1
    for row, each in enumerate(found.tables, start=1):
        if days >= LEAST_DAYS and _is_large(each) and each.last_read is None:
            message = f"{each.table} keeps {_gib(each)} GiB, and lineage shows no read since {found.since}"
            yield Observation(check=UNREAD, facts=FACTS, row=row, about=f"unread {each.table}", message=message)
        if _is_large(each) and each.files and each.files >= MANY_FILES and (each.bytes or 0) / each.files < SMALL_FILE:
            mean = (each.bytes or 0) / each.files / 1024
            message = f"{each.table} keeps {_gib(each)} GiB in {each.files:,} files of {mean:,.0f} KiB on average"
            yield Observation(check=SMALL, facts=FACTS, row=row, about=f"files of {each.table}", message=message)


def stored(found: CatalogStorage, catalog: str) -> Table:
    """The largest tables, with the last read that lineage shows."""
    ordered = sorted(found.tables, key=lambda each: -(each.bytes or 0))[:10]
    rows = tuple(
        (each.table, _gib(each), each.files, each.last_read.isoformat() if each.last_read else None) for each in ordered
    )
    note = "the newest version only: files that VACUUM has not removed come on top; prices of storage are not known"
    return Table(
        title=f"The largest tables of {catalog}", columns=("table", "GiB", "files", "last read"), rows=rows, note=note
    )


def _is_large(each: TableStorage) -> bool:
    return each.bytes is not None and each.bytes >= LEAST_BYTES


def _gib(each: TableStorage) -> float | None:
    return None if each.bytes is None else round(each.bytes / GIB, 1)
