"""What of the lineage is a gap, and how grave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from orchestrator.types import Severity
from orchestrator.workflows.audit.enforce_data_lineage.traced import GoneName, LostTag, TracedEdge, TracedTable
from orchestrator.workflows.commands.result import Check, Observation

TRACKER, CLASSIFICATION = "lineage-tracker", "data-classification-expert"
EDGES, TABLES, GONE, TAGS = "edges", "tables", "names-that-are-gone", "tags-that-were-lost"
_LINEAGE = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/data-lineage"
_SHOWN = 3

UNRECORDED = Check(
    id="edge-not-recorded",
    specialist=TRACKER,
    severity=Severity.MEDIUM,
    title="the code writes a table from another one and the workspace has no such lineage",
    why="Either the code does not run, or the data goes a way that lineage does not follow: by path, through files, or "
    "through compute without Unity Catalog. Erasure, tags and impact analysis stop at such a gap.",
    references=(_LINEAGE,),
)
SILENT = Check(
    id="table-without-lineage",
    specialist=TRACKER,
    severity=Severity.LOW,
    title="nothing reads a table and nothing is known of its source",
    why="A table with no recorded source and no reader costs storage and answers to nobody. Find who delivers it, "
    "record the source as external lineage, or retire the table.",
    references=(_LINEAGE,),
)
BROKEN = Check(
    id="reader-of-removed-name",
    specialist=TRACKER,
    severity=Severity.HIGH,
    title="a change takes away a name that something outside of the project reads",
    why="The statement succeeds; the readers fail at their next run. Keep the old name as a view or column until their "
    "owners have changed.",
    references=(_LINEAGE,),
)
UNTAGGED = Check(
    id="tag-lost-on-the-way",
    specialist=CLASSIFICATION,
    severity=Severity.MEDIUM,
    title="a column was written from a tagged one and carries no tag",
    why="Policies and erasure that go by tags end where the copy begins. Tag the copy, or write it without the column; "
    "whether it still holds the values is for `scan-pii-data` to say.",
    references=("https://docs.databricks.com/aws/en/database-objects/tags",),
)


def of_edges(found: Sequence[TracedEdge], live: Collection[str], days: int) -> Iterator[Observation]:
    """Edges of the code between live tables that the lineage does not have; views have it only when they are read."""
    for number, item in enumerate(found, start=1):
        between_live = item.source in live and item.target in live
        if item.code and not item.live and not item.is_view and between_live:
            yield Observation(
                check=UNRECORDED,
                facts=EDGES,
                row=number,
                about=f"{item.source}:{item.target}",
                message=f"{item.code} writes {item.target} from {item.source}, and the lineage of {days} days has no "
                "such edge",
            )


def of_tables(found: Sequence[TracedTable], days: int) -> Iterator[Observation]:
    """Tables with neither source nor reader."""
    for number, item in enumerate(found, start=1):
        if not (item.upstream or item.downstream or item.readers or item.in_code):
            yield Observation(
                check=SILENT,
                facts=TABLES,
                row=number,
                about=item.table,
                message=f"{item.table} has no recorded source, and nothing read it in {days} days",
            )


def of_gone(found: Sequence[GoneName]) -> Iterator[Observation]:
    """Names that are gone and still read."""
    for number, item in enumerate(found, start=1):
        if not item.readers:
            continue
        what = f"column {item.column} of {item.table}" if item.column else item.table
        more = f" and {len(item.readers) - _SHOWN} more" if len(item.readers) > _SHOWN else ""
        yield Observation(
            check=BROKEN,
            facts=GONE,
            row=number,
            about=f"{item.table}:{item.column or ''}",
            message=f"{item.code}: {what} is {item.how}, and is read by {'; '.join(item.readers[:_SHOWN])}{more}",
        )


def of_tags(found: Sequence[LostTag]) -> Iterator[Observation]:
    """Columns that lost their tag."""
    for number, item in enumerate(found, start=1):
        yield Observation(
            check=UNTAGGED,
            facts=TAGS,
            row=number,
            about=f"{item.source}:{item.target}",
            message=f"{item.target} is written from {item.source} ({', '.join(item.tags)}) by {item.by} and has no tag",
            confidence=90,
        )
