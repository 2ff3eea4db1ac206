"""What a declarative pipeline is: sources, tables, keys, changes and expectations, each field checked by itself."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orchestrator.workflows.generate.pipelines.words import is_module, is_reserved

Layer = Literal["bronze", "silver", "gold"]
LAYERS: tuple[Layer, ...] = ("bronze", "silver", "gold")
Kind = Literal["streaming_table", "materialized_view"]
Action = Literal["warn", "drop", "fail", "quarantine"]
Language = Literal["python", "sql"]

_SQL_END = re.compile(r";|--|/\*|\*/|\\")
_STRING = re.compile(r"'(?:[^'\\]|'')*'")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_ ,:<>()]{0,499}")


def _expression(text: str) -> str:
    """A SQL expression that stays one where it is put into a statement: closed quotes and brackets, no comment."""
    bare = _STRING.sub("''", text)
    if _SQL_END.search(text) or "'" in bare.replace("''", "") or '"' in text or "`" in text or "\n" in text:
        raise ValueError('is no single SQL expression: no `;`, comment, backslash, " or backtick, and closed quotes')
    depth = 0
    for sign in bare:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            break
    if depth:
        raise ValueError("has brackets that do not close")
    return text.strip()


def _data_type(text: str) -> str:
    """A type as DDL writes it."""
    if not _TYPE.fullmatch(text):
        raise ValueError("is no SQL type; write such as BIGINT or DECIMAL(12,2)")
    return text.upper().strip()


def _sentence(text: str) -> str:
    """One line of words that cannot end a comment or a string, with no character that acts and is not seen."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(seen.replace('"', "'").replace("\\", "/").split())


def _free(name: str) -> str:
    """A name that is no word of Python, of SQL or of the generated files."""
    if is_reserved(name):
        raise ValueError("is a word of Python, SQL or the generated files; take another name")
    return name


def _module(name: str) -> str:
    """A pipeline's name: its module must not hide one that is there."""
    if is_module(name.replace("-", "_")):
        raise ValueError("is the name of a module of Python or Spark, which it would hide; take another name")
    return name


TableWord = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$"), AfterValidator(_free)]
ColumnWord = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$"), AfterValidator(_module)]
FullName = Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
Sql = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_expression)]
DataType = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_data_type)]
Sentence = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_sentence)]
VolumePath = Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9_./:@${}-]+$")]


class Strict(BaseModel):
    """A part of a spec or plan: frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Strict):
    """A column of a source: its type in DDL, and what the source promises of it."""

    name: ColumnWord
    type: DataType
    nullable: bool = True
    comment: Sentence | None = None
    values: tuple[Annotated[str, Field(pattern=r"^[^'\"\\\n]{1,100}$")], ...] = Field(default=(), max_length=50)
    """every value that it may have; empty for any"""


class Source(Strict):
    """What the pipeline reads and does not write: a table, or a folder of landed files."""

    name: TableWord
    table: FullName | None = None
    path: VolumePath | None = None
    format: Literal["json", "csv", "parquet", "avro"] = "json"
    grows_only: bool | None = None
    """whether rows are only added, never changed: the default is true for files and false for a table"""
    columns: tuple[Column, ...] = Field(default=(), max_length=500)
    comment: Sentence | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.table is None) == (self.path is None):
            raise ValueError("a source has either `table` or `path`")
        _once("column", [column.name.lower() for column in self.columns])
        return self

    @property
    def grows(self) -> bool:
        """Whether it can be read as a stream."""
        return self.path is not None if self.grows_only is None else self.grows_only


class Expectation(Strict):
    """What must be true of each row, and what becomes of a row of which it is not."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    condition: Sql
    action: Action = "quarantine"


class Changes(Strict):
    """The table keeps one row a key, from rows that each tell a change of it."""

    scd: Literal[1, 2]
    sequence_by: tuple[ColumnWord, ...] = Field(min_length=1, max_length=5)
    deletes: Sql | None = None
    """the condition that marks a row as the deletion of its key"""
    leave_out: tuple[ColumnWord, ...] = ()
    """columns of the changes that the table does not keep"""


class Derived(Strict):
    """A column of a table that an expression over what it reads gives."""

    name: ColumnWord
    expression: Sql
    type: DataType | None = None
    comment: Sentence | None = None


class Join(Strict):
    """A second table whose columns come to each row."""

    table: TableWord
    using: tuple[ColumnWord, ...] = Field(min_length=1, max_length=10)
    how: Literal["inner", "left"] = "left"


class Table(Strict):
    """A dataset that the pipeline writes."""

    name: TableWord
    layer: Layer
    kind: Kind
    reads: TableWord
    comment: Sentence
    grain: Sentence | None = None
    key: tuple[ColumnWord, ...] = Field(default=(), max_length=10)
    joins: tuple[Join, ...] = Field(default=(), max_length=5)
    where: Sql | None = None
    columns: tuple[Derived, ...] = Field(default=(), max_length=500)
    """empty: all columns of what it reads"""
    group_by: tuple[ColumnWord, ...] = ()
    """those of `columns` that are the groups; the others are aggregates"""
    changes: Changes | None = None
    expectations: tuple[Expectation, ...] = Field(default=(), max_length=10)
    cluster_by: tuple[ColumnWord, ...] = Field(default=(), max_length=4)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        _once("column", [column.name.lower() for column in self.columns])
        _once("expectation", [each.name for each in self.expectations])
        if missing := set(self.group_by) - {column.name for column in self.columns}:
            raise ValueError(f"group_by names {min(missing)!r}, which is none of its columns")
        if self.group_by and self.kind != "materialized_view":
            raise ValueError("an aggregate over a stream never closes without a watermark; make it a materialized_view")
        if self.changes and self.kind != "streaming_table":
            raise ValueError("changes are applied to a streaming_table")
        if self.changes and not self.key:
            raise ValueError("changes need a key: without it nobody knows which row a change is of")
        if self.joins and self.changes:
            raise ValueError("changes are applied as they come; join in a table that reads this one")
        if self.group_by and any(each.action in {"drop", "quarantine"} for each in self.expectations):
            raise ValueError("an aggregate has rows that nobody delivered: expectations of it warn or fail")
        return self


class Pipeline(Strict):
    """A declarative pipeline."""

    name: Slug
    comment: Sentence | None = None
    catalog: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    """what the names of the catalogs of all targets begin with"""
    pipeline_schema: TableWord | None = Field(default=None, alias="schema")
    every_hours: int = Field(default=24, ge=1, le=168)
    sources: tuple[Source, ...] = Field(min_length=1, max_length=30)
    tables: tuple[Table, ...] = Field(min_length=1, max_length=60)

    @property
    def word(self) -> str:
        """The name as an identifier."""
        return self.name.replace("-", "_")

    @property
    def schema_name(self) -> str:
        """The schema that holds its tables."""
        return self.pipeline_schema or self.word

    def of_layer(self, layer: Layer) -> tuple[Table, ...]:
        """The tables of one layer, in their order."""
        return tuple(table for table in self.tables if table.layer == layer)


class Spec(Pipeline):
    """A pipeline as a file of its own."""

    version: Literal[1]


def _once(what: str, names: list[str]) -> None:
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise ValueError(f"the {what} {twice!r} is there twice")
