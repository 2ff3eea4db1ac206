"""Who is in the workspace of a seed, and the workspace itself."""

from __future__ import annotations

from pydantic import Field

from orchestrator.workspace.sandbox.seed.part import Part


class PlaceSeed(Part):
    """The workspace and its account."""

    workspace_id: int = 4_711_000_000_000_001
    account_id: str = "0d26daa6-0000-4000-8000-000000000001"
    metastore_id: str = "19a85dee-0000-4000-8000-000000000002"
    metastore_name: str = "sandbox-metastore"
    cloud: str = "aws"
    region: str = "eu-central-1"
    storage_root: str = "s3://sandbox-metastore"
    admin: str = "platform-admin@example.com"


class UserSeed(Part):
    """A user; one who is not active has left."""

    active: bool = True
    display_name: str | None = None


class PeopleSeed(Part):
    """Users by e-mail address, service principals by name, and the members of each group."""

    users: dict[str, UserSeed] = Field(default_factory=dict)
    service_principals: dict[str, str] = Field(default_factory=dict, description="application id by display name")
    groups: dict[str, list[str]] = Field(default_factory=dict)
