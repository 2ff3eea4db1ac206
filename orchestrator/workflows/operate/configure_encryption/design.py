"""The statements that lead to encrypted columns, with names in place of every key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Template

from orchestrator.workspace.governance.tables import Column
from orchestrator.workspace.names import quoted, table_name

WHO_OWNER, WHO_PERSON = "owner of the table", "a person with the key service"

_MOVING = (
    "ALTER TABLE $table ADD COLUMNS ($new BINARY, $version INT)",
    "UPDATE $table SET $new = aes_encrypt(CAST($name AS STRING), $key), $version = 1 WHERE $new IS NULL",
    "SELECT count(*) FROM $table WHERE $name IS NOT NULL AND $new IS NULL -- must be 0",
    (
        "CREATE FUNCTION $function(value BINARY, key INT) RETURNS STRING RETURN CASE key "
        "WHEN 1 THEN CAST(aes_decrypt(value, $key) AS STRING) ELSE raise_error('no key of this version') END"
    ),
    "ALTER TABLE $table DROP COLUMN $name -- after its readers have moved; there is no way back of this one",
)
"""For each column, in order; the rows are compared before anybody moves."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """A table with the columns to encrypt, and the scope of their keys; None where none was named."""

    table: str
    columns: tuple[Column, ...]
    scope: str | None
    keys: tuple[str, ...]
    readers: str | None

    def function(self, column: Column) -> str:
        """The function that decrypts the column."""
        catalog, schema, table = self.table.split(".")
        return f"{catalog}.{schema}.decrypt_{_plain(table)}_{_plain(column.name)}"

    def key(self, column: Column) -> str:
        """The name of the first key of the column."""
        return f"{_plain(column.name)}_v1"


def steps(of: Design) -> Iterator[tuple[str, str]]:
    """Who does what, in order; until the last step the data is not encrypted, whatever a column is called."""
    scope = of.scope or "SCOPE"
    missing = [of.key(column) for column in of.columns if of.key(column) not in of.keys]
    for key in missing:
        yield WHO_PERSON, f"put the secret {key} into the scope {scope}, from the key service"
    for column in of.columns:
        yield from ((WHO_OWNER, statement) for statement in _moving(of, column, scope))
    table = table_name(of.table).quoted
    yield WHO_OWNER, f"REORG TABLE {table} APPLY (PURGE)"
    yield WHO_OWNER, f"VACUUM {table}, when the table's retention has passed"


def _moving(of: Design, column: Column, scope: str) -> Sequence[str]:
    places = {
        "table": table_name(of.table).quoted,
        "name": quoted(column.name),
        "new": quoted(encrypted(column)),
        "version": quoted(f"{column.name}_key"),
        "function": table_name(of.function(column)).quoted,
        "key": f"secret('{scope}', '{of.key(column)}')",
    }
    return tuple(Template(line).substitute(places) for line in _MOVING)


def encrypted(column: Column) -> str:
    """The name of the column that takes the encrypted values."""
    return f"{column.name}_encrypted"


def _plain(name: str) -> str:
    """The name with letters, digits and underscores alone, as names of functions and keys are written."""
    return "".join(character if character.isascii() and character.isalnum() else "_" for character in name.lower())
