"""Compare a share with its file, print the changes and apply them when asked. Needs databricks-sdk and pyyaml.

Exit codes: 0 nothing to do or done, 1 changes are waiting for --apply (or --allow-removals), 2 the file is wrong.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.sharing import (
    PermissionsChange,
    SharedDataObject,
    SharedDataObjectDataObjectType,
    SharedDataObjectHistoryDataSharingStatus,
    SharedDataObjectUpdate,
    SharedDataObjectUpdateAction,
)

TABLES = frozenset({"TABLE", "VIEW", "MATERIALIZED_VIEW", "STREAMING_TABLE", "FOREIGN_TABLE"})
CHANGES_A_CALL = 100


class ShareFileError(Exception):
    """The file does not describe a share."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One object of a share: its full name, its type, its alias (or empty) and whether its history is shared."""

    name: str
    type: str
    shared_as: str
    history: bool

    def request(self) -> SharedDataObject:
        """The object as the API wants it."""
        status = SharedDataObjectHistoryDataSharingStatus
        return SharedDataObject(
            name=self.name,
            data_object_type=SharedDataObjectDataObjectType(self.type),
            shared_as=(self.shared_as or None) if self.type in TABLES else None,
            string_shared_as=None if self.type in TABLES else (self.shared_as or None),
            history_data_sharing_status=(status.ENABLED if self.history else status.DISABLED)
            if self.type == "TABLE"
            else None,
        )


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a share holds and who reads it."""

    name: str
    comment: str
    items: dict[str, Item]
    recipients: frozenset[str]


def read_file(path: Path) -> Share:
    """The share of a YAML file.

    Raises:
        ShareFileError: a key is missing, a type is unknown, or a name does not have three parts.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not document.get("share"):
        raise ShareFileError(f"{path} needs the key `share`")
    types = {kind.value for kind in SharedDataObjectDataObjectType}
    items = {}
    for entry in document.get("objects") or []:
        name, kind = str(entry.get("name", "")), str(entry.get("type", ""))
        if kind not in types:
            raise ShareFileError(f"{path}: {name} has the type {kind!r}; known are {', '.join(sorted(types))}")
        if name.count(".") != 2 and kind not in ("SCHEMA", "NOTEBOOK_FILE"):
            raise ShareFileError(f"{path}: {name!r} is not catalog.schema.name")
        items[name] = Item(
            name=name, type=kind, shared_as=entry.get("shared_as") or "", history=bool(entry.get("history"))
        )
    recipients = frozenset(document.get("recipients") or [])
    return Share(name=document["share"], comment=document.get("comment") or "", items=items, recipients=recipients)


def read_live(workspace: WorkspaceClient, name: str) -> Share | None:
    """The share as it stands, or None."""
    try:
        info = workspace.shares.get(name, include_shared_data=True)
    except NotFound:
        return None
    items = {}
    for live in info.objects or []:
        kind = live.data_object_type.value if live.data_object_type else ""
        history = live.history_data_sharing_status is SharedDataObjectHistoryDataSharingStatus.ENABLED
        alias = live.shared_as or live.string_shared_as or ""
        items[live.name] = Item(name=live.name, type=kind, shared_as=alias, history=history)
    return Share(name=name, comment=info.comment or "", items=items, recipients=_readers(workspace, name))


def _readers(workspace: WorkspaceClient, name: str) -> frozenset[str]:
    readers: set[str] = set()
    token: str | None = None
    while True:
        page = workspace.shares.share_permissions(name, max_results=0, page_token=token)
        readers |= {assignment.principal for assignment in page.privilege_assignments or [] if assignment.principal}
        token = page.next_page_token
        if not token:
            return frozenset(readers)


def object_changes(wanted: Share, live: Share | None) -> list[SharedDataObjectUpdate]:
    """Additions, updates and removals, by name; an alias that the file leaves open is not compared."""
    have = live.items if live else {}
    action = SharedDataObjectUpdateAction
    changes = []
    for name in sorted(wanted.items.keys() | have.keys()):
        new, old = wanted.items.get(name), have.get(name)
        if new is None and old is not None:
            changes.append(SharedDataObjectUpdate(action=action.REMOVE, data_object=old.request()))
        elif new is not None and old is None:
            changes.append(SharedDataObjectUpdate(action=action.ADD, data_object=new.request()))
        elif new is not None and old is not None and _differs(new, old):
            changes.append(SharedDataObjectUpdate(action=action.UPDATE, data_object=new.request()))
    return changes


def _differs(new: Item, old: Item) -> bool:
    return new.history != old.history or bool(new.shared_as and new.shared_as != old.shared_as)


def grant_changes(wanted: Share, live: Share | None) -> list[PermissionsChange]:
    """Grants of SELECT for new recipients, then revocations."""
    have = live.recipients if live else frozenset()
    grants = [PermissionsChange(principal=name, add=["SELECT"]) for name in sorted(wanted.recipients - have)]
    return grants + [PermissionsChange(principal=name, remove=["SELECT"]) for name in sorted(have - wanted.recipients)]


def removes(change: SharedDataObjectUpdate | PermissionsChange) -> bool:
    """Whether somebody loses something."""
    if isinstance(change, PermissionsChange):
        return bool(change.remove)
    return change.action is SharedDataObjectUpdateAction.REMOVE


def describe(change: SharedDataObjectUpdate | PermissionsChange) -> str:
    """One line for a person."""
    if isinstance(change, PermissionsChange):
        return f"{'revoke from' if change.remove else 'grant to'} {change.principal}"
    item = change.data_object
    alias = item.shared_as or item.string_shared_as if item else None
    return f"{change.action.value.lower() if change.action else ''} {item.name if item else ''}" + (
        f" as {alias}" if alias else ""
    )


def apply(workspace: WorkspaceClient, wanted: Share, live: Share | None, *, removals: bool) -> None:
    """Objects first, then grants, so that a new recipient never sees half a share."""
    if live is None:
        workspace.shares.create(wanted.name, comment=wanted.comment)
    objects = [change for change in object_changes(wanted, live) if removals or not removes(change)]
    for first in range(0, len(objects), CHANGES_A_CALL):
        workspace.shares.update(wanted.name, updates=objects[first : first + CHANGES_A_CALL])
    grants = [change for change in grant_changes(wanted, live) if removals or not removes(change)]
    if grants:
        workspace.shares.update_permissions(wanted.name, changes=grants)


def main(arguments: list[str] | None = None) -> int:
    """Print the changes; apply them with --apply."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--allow-removals", action="store_true")
    options = parser.parse_args(arguments)
    try:
        wanted = read_file(options.file)
    except (OSError, yaml.YAMLError, ShareFileError) as error:
        print(error, file=sys.stderr)
        return 2
    workspace = WorkspaceClient()
    live = read_live(workspace, wanted.name)
    changes = [*object_changes(wanted, live), *grant_changes(wanted, live)]
    if live is None:
        print(f"create share {wanted.name}")
    for change in changes:
        print(describe(change))
    if options.apply:
        apply(workspace, wanted, live, removals=options.allow_removals)
        waiting = [change for change in changes if removes(change) and not options.allow_removals]
    else:
        waiting = changes
    print(f"{len(changes)} changes, {len(waiting)} waiting")
    return 1 if waiting or (live is None and not options.apply) else 0


if __name__ == "__main__":
    sys.exit(main())
