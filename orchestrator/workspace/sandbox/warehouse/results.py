"""Results of statements: the types of their columns, their values as text, and their pieces."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
import re
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.types import precision, type_name
from orchestrator.workspace.sandbox.warehouse.session import Outcome

CHUNK_ROWS = 1_000
_PLAIN = {
    "BIGINT": "BIGINT", "HUGEINT": "BIGINT", "UBIGINT": "BIGINT", "INTEGER": "INT", "SMALLINT": "SMALLINT",
    "TINYINT": "TINYINT", "VARCHAR": "STRING", "DOUBLE": "DOUBLE", "FLOAT": "FLOAT", "BOOLEAN": "BOOLEAN",
    "DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP", "BLOB": "BINARY",
    "JSON": "STRING",
    "UUID": "STRING", "INTERVAL": "INTERVAL", "TIME": "STRING", '"NULL"': "VOID", "NULL": "VOID",
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INT", "UINTEGER": "BIGINT", "TIMESTAMP_NS": "TIMESTAMP", "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """A result in text, as a statement answers it."""

    schema: tuple[Json, ...]
    rows: tuple[tuple[str | None, ...], ...]
    truncated: bool = False

    @classmethod
    def of(cls, outcome: Outcome, *, limit: int | None) -> Result:
        """The result of an outcome, cut after `limit` rows."""
        kept = outcome.rows if limit is None else outcome.rows[:limit]
        return cls(
            schema=tuple(_column(name, kind, at) for at, (name, kind) in enumerate(outcome.columns)),
            rows=tuple(tuple(text_of(value) for value in row) for row in kept),
            truncated=len(kept) < len(outcome.rows),
        )

    @property
    def chunks(self) -> int:
        """The number of pieces."""
        return -(-len(self.rows) // CHUNK_ROWS)

    def piece(self, index: int) -> tuple[tuple[str | None, ...], ...]:
        """The rows of one piece."""
        return self.rows[index * CHUNK_ROWS : (index + 1) * CHUNK_ROWS]

    def manifest(self, form: str) -> Json:
        """What is in the result, without its rows."""
        chunks = [
            {"chunk_index": at, "row_offset": at * CHUNK_ROWS, "row_count": len(self.piece(at))}
            for at in range(self.chunks)
        ]
        return {
            "format": form,
            "schema": {"column_count": len(self.schema), "columns": list(self.schema)},
            "total_chunk_count": self.chunks,
            "total_row_count": len(self.rows),
            "chunks": chunks,
            "truncated": self.truncated,
        }

    def json(self, index: int) -> bytes:
        """One piece as a JSON array of rows."""
        return json.dumps([list(row) for row in self.piece(index)]).encode()

    def csv(self, index: int) -> bytes:
        """One piece as CSV with a header."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([column["name"] for column in self.schema])
        writer.writerows([["" if value is None else value for value in row] for row in self.piece(index)])
        return text.getvalue().encode()


def databricks_type(text: str) -> str:
    """The type of Databricks for one of DuckDB: `ARRAY<STRING>` for `VARCHAR[]`."""
    if text.endswith("[]"):
        return f"ARRAY<{databricks_type(text[:-2])}>"
    if text.startswith("MAP("):
        key, value = _parts(text[4:-1])
        return f"MAP<{databricks_type(key)}, {databricks_type(value)}>"
    if text.startswith("STRUCT("):
        fields = (
            part.strip().rpartition(" ") if "(" not in part else part.strip().partition(" ")
            for part in _parts(text[7:-1])
        )
        return f"STRUCT<{', '.join(f'{name.strip(chr(34))}: {databricks_type(kind)}' for name, _, kind in fields)}>"
    if text.startswith("DECIMAL"):
        return text
    return _PLAIN.get(text, "STRING")


def _parts(text: str) -> list[str]:
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return [*found, text[start:].strip()]


def _column(name: str, kind: str, position: int) -> Json:
    answer: Json = {"name": name, "type_text": kind, "type_name": _service_type(kind), "position": position}
    if kind.startswith("DECIMAL"):
        answer["type_precision"], answer["type_scale"] = precision(kind)
    return answer


def _service_type(kind: str) -> str:
    """The name of a type as statements answer it; they know no variant and no time without a zone."""
    found = type_name(re.sub(r"\W.*", "", kind) or "string")
    return {"TIMESTAMP_NTZ": "TIMESTAMP", "VARIANT": "STRING", "TABLE_TYPE": "STRING"}.get(found, found)


def text_of(value: object) -> str | None:
    """A value as JSON_ARRAY holds it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        return f"{moment.isoformat(timespec='milliseconds')}Z"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=_inner, ensure_ascii=False)
    return str(value)


def _inner(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else text_of(value)
