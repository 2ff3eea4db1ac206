"""Tags: governed tags of the account, and the tags that objects and columns carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.securables import full_name, tag_kind
from orchestrator.workspace.names import addressed
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import EntityTagAssignment
    from databricks.sdk.service.tags import TagPolicy

_KEY = re.compile(r"[^\x00-\x1f.,\-=/:\x7f]{1,255}")
"""Characters that a tag key cannot have: https://docs.databricks.com/aws/en/database-objects/tags"""
_ROOT = "/api/2.1/unity-catalog/entity-tag-assignments"
_NEEDED = "APPLY TAG on it, with USE CATALOG and USE SCHEMA above it, and ASSIGN on a governed tag"


class GovernedTag(Record):
    """A tag that the account governs."""

    key: str
    values: tuple[str, ...]
    """the values that an object may carry; empty means any"""
    description: str | None


class AssignedTag(Record):
    """A tag that one object carries."""

    object: str
    """the kind and full name, as `column main.sales.customers.email`"""
    key: str
    value: str


def tag_key(text: str) -> str:
    """The key of a tag.

    Raises:
        WorkspaceError: it has a character that no key may have, or one that a request cannot carry.
    """
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise WorkspaceError(f"{text[:60]!r} cannot be the key of a tag: it is empty, or has one of . , - = / :")
    return addressed(key)


def governed(client: WorkspaceClient) -> Iterator[GovernedTag]:
    """The governed tags of the account, page by page."""
    return (_governed(policy) for policy in client.tag_policies.list_tag_policies())


def governed_tag(workspace: Workspace, key: str) -> GovernedTag | None:
    """The governed tag of that key, or None where there is none.

    Raises:
        WorkspaceError: it may not be read.
    """

    def question(client: WorkspaceClient) -> GovernedTag | None:
        from databricks.sdk.errors import NotFound

        try:
            return _governed(client.tag_policies.get_tag_policy(key))
        except NotFound:
            return None

    return workspace.ask(f"read the governed tag {key!r}", question)


def assigned(client: WorkspaceClient, kind: str, name: str) -> Iterator[AssignedTag]:
    """The tags that one object carries itself, page by page."""
    for item in client.entity_tag_assignments.list(tag_kind(kind), name):
        yield AssignedTag(object=f"{kind} {name}", key=item.tag_key, value=item.tag_value or "")


def _governed(policy: TagPolicy) -> GovernedTag:
    values = tuple(sorted(value.name for value in policy.values or ()))
    return GovernedTag(key=policy.tag_key, values=values, description=policy.description)


@dataclass(frozen=True, kw_only=True)
class TagSetting:
    """The value of one tag of one object: a tag without a value is an empty text, none is None."""

    kind: str
    name: str
    key: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"tag {self.key} of {self.kind} {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The value."""
        found = workspace.ask(
            f"read the tags of {self.kind} {self.name}",
            lambda client: {tag.key: tag.value for tag in assigned(client, self.kind, self.name)},
        )
        return (found[self.key],) if self.key in found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Assign, change or take away the tag."""

        def change(client: WorkspaceClient) -> None:
            tags = client.entity_tag_assignments
            if after is None:
                tags.delete(tag_kind(self.kind), self.name, self.key)
            elif before is None:
                tags.create(self._assignment(after))
            else:
                tags.update(tag_kind(self.kind), self.name, self.key, self._assignment(after), "tag_value")

        workspace.ask(f"set the tag {self.key} of {self.kind} {self.name}", change, privilege=_NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        one = f"{_ROOT}/{tag_kind(self.kind)}/{self.name}/tags/{self.key}"
        if after is None:
            return f"DELETE {one}"
        if before is not None:
            return f"PATCH {one}?update_mask=tag_value {json.dumps({'tag_value': after[0]})}"
        body = {"entity_type": tag_kind(self.kind), "entity_name": self.name, "tag_key": self.key}
        return f"POST {_ROOT} {json.dumps({**body, 'tag_value': after[0]})}"

    def _assignment(self, state: tuple[str, ...]) -> EntityTagAssignment:
        from databricks.sdk.service.catalog import EntityTagAssignment

        return EntityTagAssignment(
            entity_type=tag_kind(self.kind), entity_name=self.name, tag_key=self.key, tag_value=state[0]
        )


@dataclass(frozen=True, kw_only=True)
class GovernedTagSetting:
    """A governed tag with its allowed values; None where it does not exist."""

    key: str
    description: str = ""

    @property
    def subject(self) -> str:
        """What is set."""
        return f"governed tag {self.key}"

    def read(self, workspace: Workspace) -> State:
        """The allowed values, sorted."""
        found = governed_tag(workspace, self.key)
        return found.values if found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Create, change or delete the governed tag."""

        def change(client: WorkspaceClient) -> None:
            if after is None:
                client.tag_policies.delete_tag_policy(self.key)
            elif before is None:
                client.tag_policies.create_tag_policy(self._policy(after))
            else:
                client.tag_policies.update_tag_policy(self.key, self._policy(after), "values")

        workspace.ask(f"set the governed tag {self.key!r}", change, privilege="CREATE or MANAGE on tag policies")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        one = f"/api/2.1/tag-policies/{self.key}"
        if after is None:
            return f"DELETE {one}"
        values = [{"name": value} for value in after]
        if before is not None:
            return f"PATCH {one}?update_mask=values {json.dumps({'values': values})}"
        body = {"tag_key": self.key, "description": self.description, "values": values}
        return f"POST /api/2.1/tag-policies {json.dumps(body)}"

    def _policy(self, state: tuple[str, ...]) -> TagPolicy:
        from databricks.sdk.service.tags import TagPolicy, Value

        return TagPolicy(
            tag_key=self.key, description=self.description or None, values=[Value(name=value) for value in state]
        )


def tagging(kind: str, name: str, key: str, value: str | None) -> Goal:
    """The goal that the object carries the tag with that value, or not at all where the value is None.

    Raises:
        WorkspaceError: the name or the key cannot be one.
    """
    setting = TagSetting(kind=kind, name=full_name(kind, name), key=tag_key(key))
    state: State = None if value is None else (value,)
    return Goal(setting=setting, wanted=lambda _now: state)


def proposing(kind: str, name: str, key: str, value: str) -> Goal:
    """The goal that the object carries the tag: one that is set already stays, and is told where its value differs.

    Raises:
        WorkspaceError: the name or the key cannot be one.
    """
    setting = TagSetting(kind=kind, name=full_name(kind, name), key=tag_key(key))
    subject = setting.subject

    def remark(now: State) -> str | None:
        return None if now in {None, (value,)} else f"{subject} stays {' '.join(now or ())!r}; the scan says {value!r}"

    return Goal(setting=setting, wanted=lambda now: (value,) if now is None else now, remark=remark)


def governing(key: str, values: tuple[str, ...], description: str) -> Goal:
    """The goal that the account governs the tag with exactly these values.

    Raises:
        WorkspaceError: the key cannot be one.
    """
    state = tuple(sorted(set(values)))
    return Goal(setting=GovernedTagSetting(key=tag_key(key), description=description), wanted=lambda _now: state)
