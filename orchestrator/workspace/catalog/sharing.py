"""Delta Sharing: shares with their objects and readers, and recipients without what lets one in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestrator.workspace.catalog.objects import CatalogObject
from orchestrator.workspace.plain import brief, moment, texts, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sharing import (
        PrivilegeAssignment,
        RecipientInfo,
        RecipientTokenInfo,
        SharedDataObject,
        ShareInfo,
    )

MAX_OBJECTS = 500


class SharedObject(Record):
    """An object in a share."""

    name: str
    kind: str | None
    shared_as: str | None
    history: str | None
    """ENABLED: recipients may read its history"""
    change_feed: bool | None
    status: str | None
    added: dt.datetime | None
    added_by: str | None


class ShareSummary(CatalogObject):
    """A share in a listing."""


class ShareReader(Record):
    """A recipient that a share is granted to."""

    recipient: str
    privileges: tuple[str, ...]


class Share(ShareSummary):
    """A share with its objects and readers."""

    objects: tuple[SharedObject, ...]
    more_objects: bool
    """the share has more than 500"""
    readers: tuple[ShareReader, ...]
    readers_unread: str | None
    """why the readers are not known, or not all of them"""


class Recipient(CatalogObject):
    """A recipient; its tokens and activation links are never shown."""

    authentication: str | None
    """TOKEN, DATABRICKS or OIDC_FEDERATION"""
    activated: bool | None
    cloud: str | None
    region: str | None
    tokens: int
    """how many bearer tokens it has"""
    earliest_expiry: dt.datetime | None
    """when the first of its tokens ends; null where one never does, or it has none"""
    allowed_addresses: tuple[str, ...]
    """networks it may connect from; none means from anywhere"""


def share_summary(found: ShareInfo) -> ShareSummary:
    """The share as a listing shows it."""
    return ShareSummary(
        name=found.name or "", owner=found.owner, comment=brief(found.comment), created=moment(found.created_at),
        created_by=found.created_by, updated=moment(found.updated_at), updated_by=found.updated_by,
    )  # fmt: skip


def share(found: ShareInfo, granted: list[PrivilegeAssignment], unread: str | None) -> Share:
    """The share with its objects and readers."""
    objects = found.objects or []
    return Share(
        **dict(share_summary(found)),
        objects=tuple(_shared(item) for item in objects[:MAX_OBJECTS]),
        more_objects=len(objects) > MAX_OBJECTS,
        readers=tuple(
            ShareReader(
                recipient=item.principal or "",
                privileges=tuple(name for privilege in item.privileges or () if (name := word(privilege))),
            )
            for item in granted
        ),
        readers_unread=unread,
    )


def recipient(found: RecipientInfo) -> Recipient:
    """The recipient as a result."""
    tokens = found.tokens or []
    listed = found.ip_access_list
    return Recipient(
        name=found.name or "", owner=found.owner, comment=brief(found.comment), created=moment(found.created_at),
        created_by=found.created_by, updated=moment(found.updated_at), updated_by=found.updated_by,
        authentication=word(found.authentication_type), activated=found.activated, cloud=found.cloud,
        region=found.region, tokens=len(tokens), earliest_expiry=_expiry(tokens),
        allowed_addresses=texts(listed.allowed_ip_addresses if listed else None),
    )  # fmt: skip


def readers(client: WorkspaceClient, share: str) -> tuple[list[PrivilegeAssignment], bool]:
    """The recipients that may read a share, and whether there are more than the first page tells."""
    found = client.shares.share_permissions(share)
    return list(found.privilege_assignments or ()), bool(found.next_page_token)


def _expiry(tokens: list[RecipientTokenInfo]) -> dt.datetime | None:
    ends = [item.expiration_time for item in tokens if item.expiration_time]
    return moment(min(ends)) if ends and len(ends) == len(tokens) else None


def _shared(found: SharedDataObject) -> SharedObject:
    return SharedObject(
        name=found.name, kind=word(found.data_object_type), shared_as=found.shared_as or found.string_shared_as,
        history=word(found.history_data_sharing_status), change_feed=found.cdf_enabled, status=word(found.status),
        added=moment(found.added_at), added_by=found.added_by,
    )  # fmt: skip
