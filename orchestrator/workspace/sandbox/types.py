"""Types of columns: their text in SQL, and the names that the REST interface gives them."""

from __future__ import annotations

import json
import re

_NAMES = {
    "bigint": "LONG", "long": "LONG", "int": "INT", "integer": "INT", "smallint": "SHORT", "tinyint": "BYTE",
    "string": "STRING", "double": "DOUBLE", "float": "FLOAT", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMP", "timestamp_ntz": "TIMESTAMP_NTZ", "binary": "BINARY", "decimal": "DECIMAL",
    "array": "ARRAY",
    "map": "MAP", "struct": "STRUCT", "variant": "VARIANT", "char": "CHAR", "varchar": "STRING", "void": "NULL",
    "interval": "INTERVAL", "table": "TABLE_TYPE",
}  # fmt: skip
_HEAD = re.compile(r"\s*([a-z_]+)")
_DECIMAL = re.compile(r"\s*decimal\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")


def type_name(text: str) -> str:
    """The name of a type: `LONG` for `bigint`, `ARRAY` for `array<string>`; a type that is not known is a `STRING`."""
    head = _HEAD.match(text.lower())
    return _NAMES.get(head[1], "STRING") if head else "STRING"


def precision(text: str) -> tuple[int, int]:
    """Precision and scale of a decimal; zeros for other types."""
    found = _DECIMAL.match(text.lower())
    if found is None:
        return (10, 0) if text.lower().strip() == "decimal" else (0, 0)
    return int(found[1]), int(found[2] or 0)


def type_json(name: str, text: str, *, nullable: bool, comment: str | None) -> str:
    """The JSON of a field, as `type_json` of a column holds it."""
    metadata = {"comment": comment} if comment else {}
    plain = {"bigint": "long", "int": "integer", "smallint": "short", "tinyint": "byte"}.get(text.lower(), text.lower())
    return json.dumps({"name": name, "type": plain, "nullable": nullable, "metadata": metadata})
