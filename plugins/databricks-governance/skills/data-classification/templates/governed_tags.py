"""Make tag keys governed, and assign tags to columns from a reviewed list. Needs a workspace and the rights on the
tags; databricks-sdk 0.156.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.catalog import EntityTagAssignment
from databricks.sdk.service.tags import TagPolicy, Value

VOCABULARY = {
    "pii": (
        "What personal data a column holds",
        [
            "email",
            "phone",
            "name",
            "address",
            "birth_date",
            "national_id",
            "payment_card",
            "bank_account",
            "ip_address",
            "location",
            "health",
            "none",
        ],
    ),
    "sensitivity": (
        "How the data is treated",
        ["public", "internal", "confidential", "restricted", "unverified"],
    ),
}


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """One column (catalog.schema.table.column) and the value that a person confirmed."""

    column: str
    tag: str
    value: str


def govern(client: WorkspaceClient) -> None:
    """Each key is governed with exactly the values of the vocabulary; what was there under another value is
    changed, not deleted.
    """
    for key, (description, values) in VOCABULARY.items():
        policy = TagPolicy(tag_key=key, description=description, values=[Value(name=value) for value in values])
        try:
            client.tag_policies.get_tag_policy(key)
        except NotFound:
            client.tag_policies.create_tag_policy(policy)
        else:
            client.tag_policies.update_tag_policy(key, policy, update_mask="description,values")


def check(reviewed: Iterable[Reviewed]) -> list[Reviewed]:
    """The list, where every line names a column in four parts and a value of the vocabulary.

    Raises:
        ValueError: a line does not.
    """
    lines = list(reviewed)
    for line in lines:
        if line.column.count(".") != 3:
            raise ValueError(f"{line.column!r} is no catalog.schema.table.column")
        allowed = VOCABULARY.get(line.tag, ("", []))[1]
        if line.value not in allowed:
            raise ValueError(
                f"{line.column}: {line.tag} = {line.value!r}; allowed: {', '.join(allowed) or 'no such key'}"
            )
    return lines


def assign(client: WorkspaceClient, reviewed: Iterable[Reviewed]) -> None:
    """Set each tag; a value that is already there is replaced."""
    for line in check(reviewed):
        assignment = EntityTagAssignment(
            entity_type="columns", entity_name=line.column, tag_key=line.tag, tag_value=line.value
        )
        try:
            client.entity_tag_assignments.get("columns", line.column, line.tag)
        except NotFound:
            client.entity_tag_assignments.create(assignment)
        else:
            client.entity_tag_assignments.update("columns", line.column, line.tag, assignment, update_mask="tag_value")


if __name__ == "__main__":
    govern(WorkspaceClient())
