"""A share, its objects, its readers and its recipients, as settings that have a state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.catalog.sharing import readers
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.plain import word

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sharing import RecipientInfo, SharedDataObject, ShareInfo

SHARES, RECIPIENTS = "/api/2.1/unity-catalog/shares", "/api/2.1/unity-catalog/recipients"
TABLES = frozenset({"TABLE", "VIEW", "MATERIALIZED_VIEW", "STREAMING_TABLE", "FOREIGN_TABLE"})
Login = Literal["DATABRICKS", "OIDC_FEDERATION"]
_OWNER = "ownership of the share"


def find_share(client: WorkspaceClient, name: str) -> ShareInfo | None:
    """The share with its objects; None where there is none."""
    from databricks.sdk.errors import NotFound

    try:
        return client.shares.get(name, include_shared_data=True)
    except NotFound:
        return None


def find_recipient(client: WorkspaceClient, name: str) -> RecipientInfo | None:
    """The recipient; None where there is none."""
    from databricks.sdk.errors import NotFound

    try:
        return client.recipients.get(name)
    except NotFound:
        return None


@dataclass(frozen=True, kw_only=True)
class ShareSetting:
    """The comment of a share; None where there is no such share."""

    name: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"share {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The comment."""
        found = workspace.ask(f"read the share {self.name}", lambda client: find_share(client, self.name))
        return None if found is None else (found.comment or "",)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it, change its comment, or delete it with nothing in it.

        Raises:
            WorkspaceError: it holds something that this set did not put there.
        """

        def change(client: WorkspaceClient) -> None:
            if after is None:
                found = find_share(client, self.name)
                if found is not None and found.objects:
                    raise WorkspaceError(f"the share {self.name} holds objects and is not deleted")
                client.shares.delete(self.name)
            elif before is None:
                client.shares.create(self.name, comment=after[0])
            else:
                client.shares.update(self.name, comment=after[0])

        workspace.ask(f"set the share {self.name}", change, privilege=f"CREATE SHARE on the metastore, or {_OWNER}")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        if after is None:
            return f"DELETE {SHARES}/{self.name}"
        body = json.dumps({"comment": after[0]}, ensure_ascii=False)
        return f"POST {SHARES} {self.name} {body}" if before is None else f"PATCH {SHARES}/{self.name} {body}"


@dataclass(frozen=True, kw_only=True)
class SharedSetting:
    """One object in a share: the name it has there and whether its history is shared; None where it is not in it."""

    share: str
    name: str
    type: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"{self.type.lower()} {self.name} in share {self.share}"

    def read(self, workspace: Workspace) -> State:
        """`as ALIAS` and, for a table, `history ENABLED` or `DISABLED`."""
        share = workspace.ask(f"read the share {self.share}", lambda client: find_share(client, self.share))
        found = next((each for each in (share.objects if share else None) or () if each.name == self.name), None)
        return None if found is None else object_state(self.type, _alias(found), history=_has_history(found))

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Add, change or remove it."""

        def change(client: WorkspaceClient) -> None:
            from databricks.sdk.service.sharing import SharedDataObjectUpdate, SharedDataObjectUpdateAction

            action = SharedDataObjectUpdateAction(_action(before, after))
            update = SharedDataObjectUpdate(action=action, data_object=self._object(after or before or ()))
            client.shares.update(self.share, updates=[update])

        needed = f"{_OWNER}, and SELECT of its owner on {self.name}"
        workspace.ask(f"{_action(before, after).lower()} {self.subject}", change, privilege=needed)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        held = {"name": self.name, "data_object_type": self.type}
        told = f" ({', '.join(after)})" if after else ""
        return f"PATCH {SHARES}/{self.share} {_action(before, after)} {json.dumps(held)}{told}"

    def _object(self, state: tuple[str, ...]) -> SharedDataObject:
        from databricks.sdk.service.sharing import (
            SharedDataObject,
            SharedDataObjectDataObjectType,
            SharedDataObjectHistoryDataSharingStatus,
        )

        told = dict(line.split(" ", 1) for line in state)
        alias, history = told.get("as"), told.get("history")
        return SharedDataObject(
            name=self.name,
            data_object_type=SharedDataObjectDataObjectType(self.type),
            shared_as=alias if self.type in TABLES else None,
            string_shared_as=None if self.type in TABLES else alias,
            history_data_sharing_status=SharedDataObjectHistoryDataSharingStatus(history) if history else None,
        )


def object_state(type_name: str, alias: str, *, history: bool) -> tuple[str, ...]:
    """The state of an object in a share."""
    shown = ("history ENABLED" if history else "history DISABLED",) if type_name == "TABLE" else ()
    return (f"as {alias}", *shown)


def _alias(found: SharedDataObject) -> str:
    return found.shared_as or found.string_shared_as or ".".join(found.name.split(".")[-2:])


def _has_history(found: SharedDataObject) -> bool:
    return word(found.history_data_sharing_status) == "ENABLED"


def _action(before: State, after: State) -> str:
    return "REMOVE" if after is None else "ADD" if before is None else "UPDATE"


@dataclass(frozen=True, kw_only=True)
class ReaderSetting:
    """What a recipient may do with a share: SELECT or nothing; a share that is not there gives nothing."""

    share: str
    recipient: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"recipient {self.recipient} of share {self.share}"

    def read(self, workspace: Workspace) -> State:
        """The privileges."""

        def question(client: WorkspaceClient) -> tuple[str, ...]:
            if find_share(client, self.share) is None:
                return ()
            every, _ = readers(client, self.share)
            held = next((each.privileges or [] for each in every if each.principal == self.recipient), [])
            return tuple(sorted(name for privilege in held if (name := word(privilege))))

        return workspace.ask(f"read the readers of share {self.share}", question, privilege=_OWNER)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Grant or revoke."""

        def change(client: WorkspaceClient) -> None:
            from databricks.sdk.service.sharing import PermissionsChange

            have, want = set(before or ()), set(after or ())
            given, gone = sorted(want - have), sorted(have - want)
            update = PermissionsChange(principal=self.recipient, add=given or None, remove=gone or None)
            client.shares.update_permissions(self.share, changes=[update])

        workspace.ask(f"change who reads the share {self.share}", change, privilege=f"{_OWNER}, and USE RECIPIENT")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        have, want = set(before or ()), set(after or ())
        body = {"principal": self.recipient, "add": sorted(want - have), "remove": sorted(have - want)}
        return f"PATCH {SHARES}/{self.share}/permissions {json.dumps({'changes': [body]})}"


@dataclass(frozen=True, kw_only=True)
class RecipientSetting:
    """A recipient that logs in with its own identity; None where there is none. One with a token is never made here.

    `metastore` is the sharing identifier of a recipient on Databricks. `issuer`, `claim`, `subject_value` and
    `audiences` are those of an OIDC policy.
    """

    name: str
    login: Login
    comment: str = ""
    metastore: str = ""
    issuer: str = ""
    claim: str = ""
    subject_value: str = ""
    audiences: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What is set."""
        return f"recipient {self.name}"

    def wanted(self) -> tuple[str, ...]:
        """The state that is asked for."""
        told = (f"login {self.login}", f"comment {self.comment}")
        if self.login == "DATABRICKS":
            return (*told, f"metastore {self.metastore}")
        return (*told, f"policy {self.issuer} {self.claim}={self.subject_value} for {' '.join(self.audiences)}")

    def read(self, workspace: Workspace) -> State:
        """How it logs in, its comment, and the metastore or OIDC policy behind it."""

        def question(client: WorkspaceClient) -> State:
            found = find_recipient(client, self.name)
            if found is None:
                return None
            told = (f"login {word(found.authentication_type)}", f"comment {found.comment or ''}")
            if word(found.authentication_type) == "OIDC_FEDERATION":
                return (*told, *(f"policy {each}" for each in _policies(client, self.name)))
            identifier = found.data_recipient_global_metastore_id
            return (*told, f"metastore {identifier}") if identifier else told

        return workspace.ask(f"read the recipient {self.name}", question, privilege="USE RECIPIENT on the metastore")

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it, or delete it.

        Raises:
            WorkspaceError: it is there and other than asked for: how somebody logs in is not changed here.
        """
        if before is not None and after is not None:
            raise WorkspaceError(f"recipient {self.name} exists and logs in otherwise; make another one")
        what = f"{'delete' if after is None else 'make'} the recipient {self.name}"
        change = self._delete if after is None else self._create
        workspace.ask(what, change, privilege="CREATE RECIPIENT on the metastore, or ownership of the recipient")

    def call(self, before: State, after: State) -> str:
        """The REST calls."""
        del before
        if after is None:
            return f"DELETE {RECIPIENTS}/{self.name}"
        made = f"POST {RECIPIENTS} {self.name} ({', '.join(after)})"
        policy = f", then POST /api/2.0/data-sharing/recipients/{self.name}/federation-policies"
        return made + (policy if self.login == "OIDC_FEDERATION" else "")

    def _delete(self, client: WorkspaceClient) -> None:
        client.recipients.delete(self.name)

    def _create(self, client: WorkspaceClient) -> None:
        from databricks.sdk.service.sharing import AuthenticationType, FederationPolicy, OidcFederationPolicy

        login = AuthenticationType(self.login)
        client.recipients.create(
            self.name, login, comment=self.comment, data_recipient_global_metastore_id=self.metastore or None
        )
        if self.login == "OIDC_FEDERATION":
            policy = OidcFederationPolicy(
                issuer=self.issuer,
                subject_claim=self.claim,
                subject=self.subject_value,
                audiences=list(self.audiences) or None,
            )
            client.recipient_federation_policies.create(self.name, FederationPolicy(name="login", oidc_policy=policy))


def _policies(client: WorkspaceClient, name: str) -> list[str]:
    found = [each.oidc_policy for each in client.recipient_federation_policies.list(name)]
    return [
        f"{each.issuer} {each.subject_claim}={each.subject} for {' '.join(each.audiences or ())}"
        for each in found
        if each is not None
    ]
