"""Attribute-based policies: masks and row filters that a catalog or schema puts on what carries a tag.

https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-syntax-ddl-create-policy
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    import sqlglot.expressions as exp
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import PolicyInfo

Tags = Mapping[str, str]
_HAS_TAG = frozenset({"has_tag", "hastag"})
_HAS_VALUE = frozenset({"has_tag_value", "hastagvalue"})


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A mask or row filter by tags; `conditions` by alias, `on` the full name of the catalog or schema."""

    name: str
    on: str
    masks: bool
    conditions: Mapping[str, str]
    column: str | None
    when: str | None

    def masks_column(self, tags: Tags) -> bool | None:
        """Whether a column with these tags is masked; None where a condition cannot be evaluated here."""
        if not self.masks or self.column is None:
            return False
        return holds(self.conditions.get(self.column, "FALSE"), tags) if _always(self.when) else None

    def filters_table(self, columns: Iterable[Tags]) -> bool | None:
        """Whether the rows of a table with such columns are filtered: each condition needs a column that meets it."""
        if self.masks:
            return False
        if not _always(self.when):
            return None
        every = tuple(columns)
        met = [_any(holds(condition, tags) for tags in every) for condition in self.conditions.values()]
        return None if None in met and False not in met else all(met)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The policies of a catalog and some of its schemas; `lack` says why they could not be read."""

    items: tuple[Policy, ...] = ()
    lack: str = ""

    def masking(self, table: str, tags: Tags) -> str | None:
        """The policy that masks a column of the table with these tags."""
        return next((item.name for item in self._above(table) if item.masks_column(tags)), None)

    def filtering(self, table: str, columns: Iterable[Tags]) -> str | None:
        """The policy that filters the rows of the table."""
        every = tuple(columns)
        return next((item.name for item in self._above(table) if item.filters_table(every)), None)

    @property
    def limits(self) -> tuple[str, ...]:
        """What cannot be known of them."""
        if self.lack:
            return (f"attribute-based policies are not taken into account: {self.lack}",)
        hard = [item.name for item in self.items if not _always(item.when) or not _readable(item)]
        if not hard:
            return ()
        return (
            f"policies with conditions that cannot be evaluated here are not taken into account: {', '.join(hard)}",
        )

    def _above(self, table: str) -> tuple[Policy, ...]:
        return tuple(item for item in self.items if table.startswith(f"{item.on}."))


def policies(workspace: Workspace, catalog: str, schemas: Iterable[str]) -> Policies:
    """The policies of the catalog and of these schemas, with the reason where they cannot be read."""
    places = [("CATALOG", catalog), *(("SCHEMA", name) for name in schemas)]

    def read(client: WorkspaceClient) -> tuple[Policy, ...]:
        found = (item for kind, name in places for item in client.policies.list_policies(kind, name))
        return tuple(_policy(item) for item in found if item.policy_type.value.endswith(("COLUMN_MASK", "ROW_FILTER")))

    try:
        return Policies(items=workspace.ask(f"list the policies of catalog {catalog}", read))
    except WorkspaceError as error:
        return Policies(lack=str(error))


def _policy(info: PolicyInfo) -> Policy:
    conditions = {
        item.alias or str(number): item.condition or "" for number, item in enumerate(info.match_columns or ())
    }
    return Policy(
        name=info.name or "",
        on=info.on_securable_fullname or "",
        masks=info.column_mask is not None,
        conditions=conditions,
        column=info.column_mask.on_column if info.column_mask else None,
        when=info.when_condition,
    )


def holds(condition: str, tags: Tags) -> bool | None:
    """Whether tags meet a condition of has_tag, has_tag_value, AND, OR and NOT; None where it has anything else."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return _value(sqlglot.parse_one(condition, read="databricks"), tags)
    except (SqlglotError, RecursionError):
        return None


def _value(tree: exp.Expr, tags: Tags) -> bool | None:
    import sqlglot.expressions as exp

    if isinstance(tree, exp.Paren):
        return _value(tree.this, tags)
    if isinstance(tree, exp.Boolean):
        return bool(tree.this)
    if isinstance(tree, exp.Not):
        inner = _value(tree.this, tags)
        return None if inner is None else not inner
    if isinstance(tree, exp.And | exp.Or):
        sides = (_value(tree.left, tags), _value(tree.right, tags))
        return _all(sides) if isinstance(tree, exp.And) else _any(sides)
    return _called(tree, tags) if isinstance(tree, exp.Anonymous) else None


def _called(tree: exp.Anonymous, tags: Tags) -> bool | None:
    name, given = tree.name.lower(), [item.name for item in tree.expressions if item.is_string]
    if name in _HAS_TAG and len(given) == 1:
        return given[0] in tags
    if name in _HAS_VALUE and len(given) == 2:
        return bool(tags.get(given[0]) == given[1])
    return None


def _all(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return False if False in found else None if None in found else True


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False


def _always(when: str | None) -> bool:
    return when is None or when.strip().upper() in {"", "TRUE"}


def _readable(item: Policy) -> bool:
    return all(holds(condition, {}) is not None for condition in item.conditions.values())
