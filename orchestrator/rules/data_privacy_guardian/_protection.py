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
    """One column of a CREATE TABLE with its statement."""

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
    if found.masked or found.tagged or found.open_tables or found.has_masks:
        for statement in statements_with(facts, "create", "table"):
            _read_table(statement, found)
    return found


def _read_table(statement: Statement, found: Protection) -> None:
    from orchestrator.code.sql import CreateTable

    details = statement.details if statement.kind == "CREATE TABLE" else None
    if isinstance(details, CreateTable) and details.name is not None and not details.temporary:
        for column in details.columns:
            found.columns.append(Declared(table=details.name, column=column, statement=statement))


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
    if not isinstance(details, Grant) or details.securable is None or details.securable_type != "TABLE":
        return
    if (details.principal or "").strip("`").lower() in _EVERYONE and _READING & set(details.privileges):
        found.open_tables.add(details.securable.table)
