"""Tags of securables and columns, and the governed tags that limit their values."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.seed.governance import TagPolicySeed
from orchestrator.workspace.sandbox.unity import Kind, Unity

COLUMN = "columns"
ENTITY_TYPES = {
    Kind.CATALOG: "catalogs", Kind.SCHEMA: "schemas", Kind.TABLE: "tables", Kind.VOLUME: "volumes",
}  # fmt: skip
KINDS = {text: kind for kind, text in ENTITY_TYPES.items()}


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One tag on one entity."""

    entity_type: str
    entity_name: str
    key: str
    value: str
    by: str
    at: int


class Tagging:
    """Every tag of the metastore; an entity is a type such as `tables` or `columns` and a full name."""

    def __init__(self, unity: Unity, policies: dict[str, TagPolicySeed], *, now: int) -> None:
        self.unity = unity
        self.policies = dict(policies)
        self._tags: dict[tuple[str, str], dict[str, Tag]] = {}
        for securable in unity.everything():
            if securable.kind in ENTITY_TYPES:
                for key, value in securable.seed.tags.items():
                    self.put(ENTITY_TYPES[securable.kind], securable.full_name, key, value, by=securable.owner, at=now)
        for table in unity.tables:
            for name, column in table.seed.columns.items():
                for key, value in column.tags.items():
                    self.put(COLUMN, f"{table.full_name}.{name}", key, value, by=table.owner, at=now)

    def put(self, entity_type: str, entity_name: str, key: str, value: str, *, by: str, at: int) -> Tag:
        """Set a tag.

        Raises:
            CallRefusedError: the key is governed and does not allow the value (400).
        """
        policy = self.policies.get(key)
        if policy is not None and policy.values and value not in policy.values:
            raise invalid(f"Tag value {value} is not an allowed value for tag policy key {key}.")
        tag = Tag(entity_type=entity_type, entity_name=entity_name, key=key, value=value, by=by, at=at)
        self._tags.setdefault((entity_type, entity_name.lower()), {})[key] = tag
        return tag

    def of(self, entity_type: str, entity_name: str) -> list[Tag]:
        """The tags of an entity, by key."""
        found = self._tags.get((entity_type, entity_name.lower()), {})
        return [found[key] for key in sorted(found)]

    def get(self, entity_type: str, entity_name: str, key: str) -> Tag:
        """One tag.

        Raises:
            CallRefusedError: the entity has no such tag (404).
        """
        found = self._tags.get((entity_type, entity_name.lower()), {}).get(key)
        if found is None:
            raise CallRefusedError(
                404, "NOT_FOUND", f"Tag assignment with tag key {key} does not exist on {entity_name}."
            )
        return found

    def remove(self, entity_type: str, entity_name: str, key: str) -> None:
        """Take a tag off.

        Raises:
            CallRefusedError: the entity has no such tag (404).
        """
        self.get(entity_type, entity_name, key)
        del self._tags[entity_type, entity_name.lower()][key]

    def every(self) -> list[Tag]:
        """All tags, by entity and key."""
        return [self._tags[entity][key] for entity in sorted(self._tags) for key in sorted(self._tags[entity])]

    def check_entity(self, entity_type: str, entity_name: str) -> tuple[Kind, str]:
        """The securable that an entity is, or that its column belongs to.

        Raises:
            CallRefusedError: the type is unknown (400), or there is no such entity (404).
        """
        if entity_type == COLUMN:
            table, _, column = entity_name.rpartition(".")
            if column.lower() not in {name.lower() for name in self.unity.tables.get(table).seed.columns}:
                raise CallRefusedError(
                    404, "COLUMN_DOES_NOT_EXIST", f"Column '{column}' does not exist in table '{table}'."
                )
            return Kind.TABLE, table
        kind = KINDS.get(entity_type)
        if kind is None:
            raise invalid(f"{entity_type} is no entity type; use one of {', '.join([*KINDS, COLUMN])}")
        self.unity.find(kind, entity_name)
        return kind, entity_name
