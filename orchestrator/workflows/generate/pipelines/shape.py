"""What each table of a pipeline becomes: the datasets beside it, and how its rows are read, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.workflows.generate.pipelines.graph import BROKEN, columns_of, shaped_columns, source_of
from orchestrator.workflows.generate.pipelines.model import Action, Expectation, Pipeline, Table


@dataclass(frozen=True, kw_only=True)
class Built:
    """A table with what its text needs to know of the pipeline."""

    pipeline: Pipeline
    table: Table

    @property
    def streams(self) -> bool:
        """Whether it reads new rows alone."""
        return self.table.kind == "streaming_table"

    @property
    def reads(self) -> str:
        """The dataset that it reads."""
        return self.dataset(self.table.reads, streaming=self.streams)

    @property
    def is_judged(self) -> bool:
        """Whether rows that break a rule are kept apart, in a table of their own."""
        return bool(self.rules("quarantine"))

    @property
    def is_shaped(self) -> bool:
        """Whether its rows are others than those it reads."""
        return bool(self.table.columns or self.table.where or self.table.joins)

    @property
    def columns(self) -> Mapping[str, str | None]:
        """The columns of its rows, before changes are applied."""
        return shaped_columns(self.pipeline, self.table)

    @property
    def kept(self) -> Mapping[str, str | None]:
        """The columns that it has in the end."""
        return columns_of(self.pipeline, self.table.name)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The columns of changes that a table with changes does not keep."""
        changes = self.table.changes
        given = changes.leave_out if changes else ()
        return (*given, *((BROKEN,) if self.is_judged else ()))

    @property
    def forgets(self) -> bool:
        """Whether a full refresh could lose rows: its source is landed files, which somebody may remove."""
        source = source_of(self.pipeline, self.table.reads)
        return self.streams and source is not None and source.path is not None

    def rules(self, action: Action) -> tuple[Expectation, ...]:
        """Its expectations with this action."""
        return tuple(each for each in self.table.expectations if each.action == action)

    def dataset(self, name: str, *, streaming: bool) -> str:
        """The name under which a table or source is read."""
        if source_of(self.pipeline, name) is None:
            return name
        return f"source_{name}" if streaming else f"source_{name}_rows"


def built(pipeline: Pipeline, tables: tuple[Table, ...]) -> tuple[Built, ...]:
    """The tables with what they need to know."""
    return tuple(Built(pipeline=pipeline, table=table) for table in tables)


def source_views(pipeline: Pipeline) -> tuple[tuple[str, bool], ...]:
    """Each source that is read, and whether as a stream; one may be read both ways."""
    read: list[tuple[str, bool]] = []
    for table in pipeline.tables:
        read.append((table.reads, table.kind == "streaming_table"))
        read += [(join.table, False) for join in table.joins]
    names = [source.name for source in pipeline.sources]
    return tuple(
        sorted({each for each in read if each[0] in names}, key=lambda each: (names.index(each[0]), not each[1]))
    )
