"""Delta Sharing in a seed: shares and recipients."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part


class SharedSeed(Part):
    """One object in a share."""

    name: str
    type: Literal["TABLE", "VIEW", "SCHEMA", "VOLUME", "MODEL", "MATERIALIZED_VIEW", "STREAMING_TABLE"] = "TABLE"
    shared_as: str | None = None
    history: bool = False
    cdf: bool | None = None
    comment: str | None = None
    added: Moment | None = None
    by: str | None = None


class ShareSeed(Part):
    """A share, its objects, and the recipients that may read it."""

    comment: str | None = None
    owner: str | None = None
    created: Moment | None = None
    objects: list[SharedSeed] = Field(default_factory=list)
    recipients: list[str] = Field(default_factory=list)


class TokenSeed(Part):
    """A bearer token of an open recipient."""

    created: Moment
    expires: Moment


class RecipientSeed(Part):
    """Someone outside to whom shares are granted."""

    comment: str | None = None
    owner: str | None = None
    authentication: Literal["TOKEN", "DATABRICKS", "OIDC_FEDERATION"] = "TOKEN"
    created: Moment | None = None
    activated: bool = True
    tokens: list[TokenSeed] = Field(default_factory=list)
    allowed_ips: list[str] = Field(default_factory=list)
    global_metastore_id: str | None = None
    cloud: str | None = None
    region: str | None = None
    properties: dict[str, str] = Field(default_factory=dict)
