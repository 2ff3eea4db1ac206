"""Sources as they are found: tables with the columns of the catalog, and landed files with those of a sample."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from orchestrator.code.opening import read_bounded
from orchestrator.errors import UsageError
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.model import Column, Pipeline, Source
from orchestrator.workspace.catalog.table import Column as LiveColumn
from orchestrator.workspace.catalog.table import Table, table
from orchestrator.workspace.names import table_name

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

USE = "USE CATALOG and USE SCHEMA above it, and a privilege on it"
SUFFIX = "_in"
"""Ends the name of a source, so that the table that is made of it can have the name of the thing."""
_WORDS = re.compile(r"[^a-z0-9]+")
_MAX_SAMPLE = 1_000_000
_MAX_LINES = 200
_TABLE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
_FORMATS: Mapping[str, Literal["json", "csv", "parquet", "avro"]] = {
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".csv": "csv", ".parquet": "parquet", ".avro": "avro",
}  # fmt: skip


def live_table(site: Site, name: str) -> Table:
    """A table as the catalog has it.

    Raises:
        WorkspaceError: there is none, or it may not be read.
        UsageError: no workspace was named.
    """
    full = str(table_name(name))

    def read(client: WorkspaceClient) -> Table:
        return table(client.tables.get(full))

    return site.workspace.ask(f"read the table {full}", read, privilege=USE)


def table_source(found: Table, *, grows_only: bool) -> Source:
    """A table of the catalog as a source.

    Raises:
        UsageError: a column has a name or type that the pipeline cannot carry.
    """
    columns = tuple(_live_column(found, each) for each in found.columns)
    word = word_of(found.name.rpartition(".")[2])
    return Source(name=f"{word}{SUFFIX}", table=found.name, grows_only=grows_only, columns=columns)


def _live_column(found: Table, column: LiveColumn) -> Column:
    nullable = column.nullable and column.name not in found.primary_key
    return _column(found.name, column.name, column.type, comment=column.comment, nullable=nullable)


def _column(table_name: str, name: str, kind: str, *, comment: str | None, nullable: bool) -> Column:
    try:
        return Column(name=name, type=kind, comment=comment or None, nullable=nullable)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"{table_name}: the column {name[:80]!r} {kind[:80]} cannot be carried: {said}") from None


def word_of(text: str) -> str:
    """A text as the name of a table."""
    word = _WORDS.sub("_", text.lower()).strip("_")[:50]
    return word if word[:1].isalpha() else f"t_{word}"


def is_table(text: str) -> bool:
    """Whether a source is written as the full name of a table."""
    return _TABLE.fullmatch(text) is not None


def file_source(text: str, site: Site, schema: str) -> Source:
    """Landed files: a sample in the project, whose columns it has; in the workspace they come to a volume.

    Raises:
        UsageError: there is no sample to take the columns from, or it cannot be read.
    """
    place = site.path(Path(text))
    sample = _first(place)
    if sample is None:
        raise UsageError(
            f"--source {text[:120]!r} is no table's full name and no file here, so its columns are not known; give a "
            "sample in the project, or a spec with the columns"
        )
    word = word_of(place.stem)
    path = f"/Volumes/${{var.catalog}}/{schema}/landing/{word}"
    kind = _FORMATS.get(sample.suffix.lower(), "json")
    return Source(name=f"{word}{SUFFIX}", path=path, format=kind, columns=tuple(sampled(sample)))


def _first(place: Path) -> Path | None:
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return next((file for file in files if file.is_file() and file.suffix.lower() in _FORMATS), None)


def sampled(sample: Path) -> Iterator[Column]:
    """The columns of a sample, of JSON lines or CSV with a header.

    Raises:
        UsageError: it cannot be read, or holds no rows.
    """
    found = read_bounded(sample, _MAX_SAMPLE)
    if isinstance(found, OSError):
        raise UsageError(f"{str(sample)!r} cannot be read ({found.strerror})")
    text = found.decode("utf-8", errors="replace")
    kind = _FORMATS[sample.suffix.lower()]
    if kind not in {"json", "csv"}:
        raise UsageError(f"{str(sample)!r} is {kind}, which is not read here; give a sample of JSON lines or CSV")
    rows = _json_rows(sample, text) if kind == "json" else list(csv.DictReader(text.splitlines()[: _MAX_LINES + 1]))
    if not rows:
        raise UsageError(f"{str(sample)!r} holds no rows, so its columns are not known")
    for name in dict.fromkeys(str(name) for row in rows for name in row):
        values = [row.get(name) for row in rows]
        yield _column(str(sample), name, _type(values), comment=None, nullable=True)


def _json_rows(sample: Path, text: str) -> Sequence[Mapping[str, object]]:
    try:
        rows = [json.loads(line) for line in text.splitlines()[:_MAX_LINES] if line.strip()]
    except ValueError:
        rows = _whole(sample, text)
    if not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{str(sample)!r} holds other than JSON objects")
    return rows


def _whole(sample: Path, text: str) -> list[Mapping[str, object]]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{str(sample)!r} is no JSON: {error}") from None
    return found[:_MAX_LINES] if isinstance(found, list) else [found]


def _type(values: Sequence[object]) -> str:
    """The narrowest type that holds every value."""
    known = [value for value in values if value is not None and value != ""]
    for kind, fits in _FITS:
        if known and all(fits(value) for value in known):
            return kind
    return "STRING"


def _is_time(value: object) -> bool:
    return isinstance(value, str) and len(value) > 10 and _parsed(value)


def _is_date(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10 and _parsed(value)


def _parsed(value: str) -> bool:
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return "-" in value


def _is_whole(value: object) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"-?(0|[1-9]\d{0,17})", value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"-?\d{1,18}\.\d{1,18}", value) is not None or _is_whole(value)
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS = (
    ("BOOLEAN", lambda value: isinstance(value, bool) or value in ("true", "false")),
    ("BIGINT", _is_whole),
    ("DOUBLE", _is_number),
    ("DATE", _is_date),
    ("TIMESTAMP", _is_time),
)


def completed(pipeline: Pipeline, site: Site) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline with the columns of its source tables as the catalog has them, and what differed.

    Without a workspace it stays as it is.
    """
    if site.opened is None:
        return pipeline, ()
    sources: list[Source] = []
    notes: list[str] = []
    for source in pipeline.sources:
        if source.table is None:
            sources.append(source)
            continue
        site.progress(f"reading the table {source.table}")
        found = table_source(live_table(site, source.table), grows_only=False)
        notes += _differences(source, found.columns)
        listed = {column.name: column for column in source.columns}
        columns = tuple(_merged(listed.get(column.name), column) for column in found.columns)
        sources.append(source.model_copy(update={"columns": columns}))
    return pipeline.model_copy(update={"sources": tuple(sources)}), tuple(notes)


def _merged(written: Column | None, live: Column) -> Column:
    """The live column with what was written of it beside its name and type."""
    if written is None:
        return live
    more = {"values": written.values, "nullable": live.nullable and written.nullable}
    return live.model_copy(update=more | ({"comment": written.comment} if written.comment else {}))


def _differences(source: Source, live: Iterable[Column]) -> Iterator[str]:
    types = {column.name: column.type for column in live}
    for column in source.columns:
        if column.name not in types:
            yield f"{source.table} has no column {column.name!r} any more: built as the table is"
        elif types[column.name] != column.type:
            name = f"{source.table}.{column.name}"
            yield f"{name} is {types[column.name]}, written is {column.type}: built as the table is"
