"""The one statement of a project that declares the table of a contract, where it is certain which one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.sql import CreateTable

if TYPE_CHECKING:
    from orchestrator.code.contract import Contract, ContractObject
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit, Statement
    from orchestrator.types import Location

_EVOLVES = re.compile(r"mergeschema|overwriteschema|with\s+schema\s+evolution|automerge", re.IGNORECASE)
_ALTERS = re.compile(r"\b(?:ADD|DROP|RENAME|CHANGE|REPLACE|ALTER)\s+COLUMNS?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Declared:
    """A table as a statement declares it: its columns by name in lower case, each with its type and place.

    The type is empty where a query gives it.
    """

    location: Location
    whole: Location
    columns: dict[str, tuple[str, Location]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Created:
    """Every statement that creates a table or view that stays, and the texts that may change one's columns later."""

    statements: tuple[tuple[SqlUnit, Statement], ...]
    evolving: tuple[str, ...]
    altering: tuple[str, ...]

    @classmethod
    def over(cls, facts: Facts) -> Created:
        """What a project creates."""
        texts = [each.text.lower() for each in facts.project.sources if each.path.endswith((".py", ".sql", ".ipynb"))]
        return cls(
            statements=tuple(_creates(facts)),
            evolving=tuple(text for text in texts if _EVOLVES.search(text)),
            altering=tuple(text for text in texts if "alter" in text and _ALTERS.search(text)),
        )

    def changes_later(self, table: str) -> bool:
        """Whether code alters the table's columns, or a file that names the table lets writes evolve a schema."""
        if any(table in text for text in self.evolving):
            return True
        statement = re.compile(rf"alter\s+table\s+\S*{re.escape(table)}\b[^;]*")
        return any(_ALTERS.search(found[0]) for text in self.altering for found in statement.finditer(text))


def declaration(created: Created, contract: Contract, each: ContractObject) -> Declared | None:
    """The declaration of a contract's table; None where there is none, or more than one, or it changes later."""
    table, schemas = _names(contract, each)
    if not table or "{" in table or "$" in table:
        return None
    found = [
        (unit, statement)
        for unit, statement in created.statements
        if statement.target is not None and statement.target.table == table
    ]
    if schemas and all(statement.target and statement.target.schema for _, statement in found):
        found = [(unit, each) for unit, each in found if each.target is not None and each.target.schema in schemas]
    if len(found) != 1 or created.changes_later(table):
        return None
    unit, statement = found[0]
    columns = _columns(statement)
    target = statement.target
    if columns is None or target is None:
        return None
    return Declared(location=unit.location(target.start, target.end), whole=statement.location(), columns=columns)


def _names(contract: Contract, each: ContractObject) -> tuple[str, frozenset[str]]:
    """The table's own name, and the schemas that it may stand in."""
    *outer, table = each.table_name.lower().replace("`", "").split(".")
    if outer:
        return table, frozenset({outer[-1]})
    schemas = (server.text("schema") for server in contract.node.maps("servers"))
    return table, frozenset(schema.lower() for schema in schemas if schema and "{" not in schema and "$" not in schema)


def _creates(facts: Facts) -> Iterator[tuple[SqlUnit, Statement]]:
    for unit, _ in facts.project.sql_units():
        if "create" not in unit.template.text.lower() or facts.role(unit.path) is Role.TEST:
            continue
        for statement in unit.statements:
            details = statement.details if statement.kind.startswith("CREATE") else None
            if isinstance(details, CreateTable) and not details.temporary:
                yield unit, statement


def _columns(statement: Statement) -> dict[str, tuple[str, Location]] | None:
    details = statement.details
    if not isinstance(details, CreateTable) or details.like is not None:
        return None
    if details.columns and not any(column.name.startswith(("{", "$")) for column in details.columns):
        return {each.name.lower(): (each.type, statement.location_of(each.start, each.end)) for each in details.columns}
    return _selected(statement) if details.as_select and not statement.holes else None


def _selected(statement: Statement) -> dict[str, tuple[str, Location]] | None:
    """The names that a query gives its columns; None where a star or an expression without a name hides one."""
    tree = statement.query_tree
    selects = getattr(tree, "selects", []) if tree is not None else []
    names = [select.alias_or_name for select in selects]
    if not names or any(name in {"", "*"} or select.is_star for name, select in zip(names, selects, strict=True)):
        return None
    return {name.lower(): ("", statement.location()) for name in names}
