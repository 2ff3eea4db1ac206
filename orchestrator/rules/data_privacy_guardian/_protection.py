"""What the project declares of its columns: which are masked, which are called personal, who may read the table."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.code.statements import statements_with
from orchestrator.code.tags import tag_uses

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Column, Statement, TableName

_PERSONAL_WORD = re.compile(r"\bpii\b|\bphi\b|gdpr|personal(?:ly)?[ _-](?:data|info|identif)|sensitive", re.IGNORECASE)
_EVERYONE = frozenset({"account users", "users"})
_READING = frozenset({"SELECT", "ALL PRIVILEGES"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One column of a CREATE TABLE, or that an ALTER TABLE adds, with its statement."""

    table: TableName
    column: Column
    statement: Statement


@dataclass(slots=True, kw_only=True)
class Protection:
    """The project's masks, tags and open grants, by the last part of the table's name and the column's."""

    columns: list[Declared] = field(default_factory=list)
    masked: set[tuple[str, str]] = field(default_factory=set)
    tagged: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    policy_tags: set[str] = field(default_factory=set)
    has_policies: bool = False
    has_masks: bool = False
    open_tables: set[str] = field(default_factory=set)
    open_schemas: set[str] = field(default_factory=set)

    @property
    def says_something(self) -> bool:
        """Whether the project protects, tags or opens anything at all."""
        return bool(self.masked or self.tagged or self.open_tables or self.open_schemas or self.has_masks)

    def is_open(self, table: TableName) -> bool:
        """Whether everyone may read the table, by a grant on it or on its schema."""
        return table.table in self.open_tables or table.schema in self.open_schemas

    def is_masked(self, declared: Declared) -> bool:
        """Whether a mask is set on the column, or a policy asks for one of its tags."""
        place = (declared.table.table, declared.column.name.lower())
        return declared.column.mask is not None or place in self.masked or bool(self.tagged[place] & self.policy_tags)

    def calls_personal(self, declared: Declared) -> str | None:
        """How the project itself calls the column personal: by a tag or by its comment."""
        tags = self.tagged[declared.table.table, declared.column.name.lower()]
        tag = next((each for each in sorted(tags) if _PERSONAL_WORD.search(each.replace("_", " "))), None)
        if tag is not None:
            return f"is tagged `{tag}`"
        comment = declared.column.comment or ""
        return "is called personal in its comment" if _PERSONAL_WORD.search(comment) else None


def read_protection(facts: Facts) -> Protection:
    """What the SQL of the project declares."""
    found = Protection()
    for words in (("set mask",), ("column mask",), (" MASK ", "TABLE")):
        for statement in statements_with(facts, *words):
            _read_mask(statement, found)
    for statement in statements_with(facts, "grant", "users"):
        _read_grant(statement, found)
    for use in tag_uses(facts):
        if use.securable is not None and use.column is not None:
            found.tagged[use.securable.table, use.column.lower()].update({use.key, use.value} - {""})
    # Only a project that protects, tags or opens something is asked for its tables: reading them all takes time.
    if found.says_something:
        _read_columns(facts, found)
    return found


def _read_columns(facts: Facts, found: Protection) -> None:
    for statement in statements_with(facts, "create", "table"):
        _read_table(statement, found)
    for statement in statements_with(facts, "alter table", "add col"):
        _read_added(statement, found)


def _read_table(statement: Statement, found: Protection) -> None:
    from orchestrator.code.sql import CreateTable

    details = statement.details if statement.kind == "CREATE TABLE" else None
    if isinstance(details, CreateTable) and details.name is not None and not details.temporary:
        for column in details.columns:
            found.columns.append(Declared(table=details.name, column=column, statement=statement))


def _read_added(statement: Statement, found: Protection) -> None:
    from orchestrator.code.sql import AlterTable, Cursor
    from orchestrator.code.sql.columns import read_columns

    details = statement.details if statement.kind == "ALTER TABLE" else None
    if not isinstance(details, AlterTable) or details.table is None or details.rest is None:
        return
    cursor = Cursor(details.rest.tokens, statement.template)
    if not (cursor.take("ADD", "COLUMN") or cursor.take("ADD", "COLUMNS")):
        return
    cursor.take("IF", "NOT", "EXISTS")
    listed = cursor.group() if cursor.upper == "(" else Cursor(cursor.tokens[cursor.index :], statement.template)
    for column in read_columns(listed).columns:
        found.columns.append(Declared(table=details.table, column=column, statement=statement))


def _read_mask(statement: Statement, found: Protection) -> None:
    from orchestrator.code.sql import AlterTable, CreateTable, Policy

    details = statement.details if statement.kind.startswith(("ALTER", "CREATE POLICY", "CREATE TABLE")) else None
    if isinstance(details, CreateTable):
        found.has_masks |= any(column.mask is not None for column in details.columns)
    if isinstance(details, AlterTable):
        for mask in details.masks:
            if mask.function is not None and mask.table is not None:
                found.masked.add((mask.table.table, mask.column.lower()))
    if isinstance(details, Policy) and details.kind == "COLUMN MASK":
        found.has_policies = True
        found.policy_tags.update(details.tags)


def _read_grant(statement: Statement, found: Protection) -> None:
    from orchestrator.code.sql import Grant

    details = statement.details if statement.kind == "GRANT" else None
    if not isinstance(details, Grant) or details.securable is None or not _READING & set(details.privileges):
        return
    opened = {"TABLE": found.open_tables, "SCHEMA": found.open_schemas}.get(details.securable_type)
    if opened is not None and (details.principal or "").strip("`").lower() in _EVERYONE:
        opened.add(details.securable.table)
