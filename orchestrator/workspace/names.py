"""Names of Unity Catalog objects: read from text, quoted for SQL, never pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.errors import WorkspaceError

_PART = re.compile(r"[^\x00-\x20/.`\x7f]{1,255}")
"""Unity Catalog refuses spaces, slashes, periods and control characters in the names of securables:
https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-names"""


_IN_ADDRESS = re.compile(r"[#?%\\]")
"""Characters that end or change the address of a REST request: the SDK puts names into it as they are."""


@dataclass(frozen=True, kw_only=True)
class TableName:
    """The three parts of a table's name."""

    catalog: str
    schema: str
    table: str

    def __str__(self) -> str:
        """`catalog.schema.table`, as the REST interface takes it."""
        return f"{self.catalog}.{self.schema}.{self.table}"

    @property
    def quoted(self) -> str:
        """The name for SQL, each part in backticks."""
        return ".".join(quoted(part) for part in (self.catalog, self.schema, self.table))


def table_name(text: str) -> TableName:
    """The table that a text such as `main.sales.orders` names.

    Raises:
        WorkspaceError: it is not three parts, or a part has characters that no name may have.
    """
    parts = [part.strip("`") for part in text.strip().split(".")]
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise WorkspaceError(f"{text[:100]!r} is not the name of a table; write catalog.schema.table")
    for part in parts:
        addressed(part)
    return TableName(catalog=parts[0], schema=parts[1], table=parts[2])


def addressed(part: str) -> str:
    """One part of a name for the address of a REST request.

    Raises:
        WorkspaceError: it has a character with which the request would reach another object.
    """
    if _IN_ADDRESS.search(part):
        raise WorkspaceError(f"{part[:100]!r} has # ? % or \\, and a request with it would reach another object")
    return part


def quoted(part: str) -> str:
    """One part of a name for SQL.

    Raises:
        WorkspaceError: it has characters that no name may have.
    """
    if not _PART.fullmatch(part):
        raise WorkspaceError(
            f"{part[:100]!r} cannot be a name: it is empty, too long, or has spaces, periods or slashes"
        )
    return f"`{part}`"
