"""One connection to a Databricks workspace: made at the first use, bounded in time, refused in plain sentences."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from orchestrator import __version__
from orchestrator.errors import WorkspaceError
from orchestrator.workspace.refusals import refusal
from orchestrator.workspace.waiting import check_waited_for

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

T = TypeVar("T")
LOOK_SECONDS = 2
"""For what the SDK wants to know of a host before the first question; without an answer it goes on."""

_NAMES_A_WORKSPACE = ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID")


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where the workspace is and how long to wait for it; what is None is found by the SDK's own chain
    (environment, profile, OAuth)."""

    profile: str | None = None
    host: str | None = None
    token: str | None = field(default=None, repr=False)
    warehouse: str | None = None
    answer_seconds: float = 15.0
    retry_seconds: int = 20


class Workspace:
    """A workspace as its caller may see it; no request is sent before the first question."""

    def __init__(self, access: Access | None = None) -> None:
        self.access = access or Access()
        self.chosen_warehouse: str | None = None
        """The warehouse that statements run on where none is set; chosen at the first statement."""
        self._client: WorkspaceClient | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> WorkspaceClient:
        """The SDK's client, made once.

        Raises:
            WorkspaceError: no credentials are configured, or they are not usable.
        """
        with self._lock:
            if self._client is None:
                self._client = _connect(self.access)
            return self._client

    @property
    def host(self) -> str:
        """The address of the workspace; empty where nothing was asked of it yet and none is given."""
        client = self._client
        return (client.config.host if client is not None else self.access.host) or ""

    def ask(self, what: str, question: Callable[[WorkspaceClient], T], *, privilege: str | None = None) -> T:
        """The answer to one question; `what` completes "cannot ...", `privilege` names what the caller needs.

        Raises:
            WorkspaceError: the workspace refused, did not answer in time, or does not have it.
        """
        client = self.client
        try:
            return question(client)
        except (OSError, TimeoutError, ValueError, TypeError, AttributeError, KeyError) as error:
            # DatabricksError is an OSError; the others are what the SDK raises for an answer of another shape.
            raise refusal(error, what, privilege) from error


def _connect(access: Access) -> WorkspaceClient:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

    _refuse_two_workspaces(access)
    # What the SDK warns of while it looks around is no news: what matters comes back as an error.
    logging.getLogger("databricks.sdk").setLevel(logging.ERROR)
    try:
        config = Config(
            host=access.host,
            token=access.token,
            profile=access.profile,
            # A token that is given is meant, whatever else the environment holds.
            auth_type="pat" if access.token else None,
            http_timeout_seconds=min(access.answer_seconds, LOOK_SECONDS),
            retry_timeout_seconds=LOOK_SECONDS,
            product="orchestrate",
            product_version=__version__,
        )
        # Only now: the look at the host, which is not needed, must not wait as long as a question.
        config.http_timeout_seconds = access.answer_seconds
        config.retry_timeout_seconds = access.retry_seconds
        _ask_only_while_waited_for(config)
        return WorkspaceClient(config=config)
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkspaceError(_unusable(access)) from error


def _refuse_two_workspaces(access: Access) -> None:
    """Nothing, unless a profile is named and the environment names a workspace too: the SDK would ask the latter.

    Raises:
        WorkspaceError: both are named.
    """
    rival = next((name for name in _NAMES_A_WORKSPACE if os.environ.get(name)), None)
    if access.profile is not None and rival is not None:
        raise WorkspaceError(
            f"the profile {access.profile[:80]!r} and {rival} in the environment each name a workspace, and the SDK "
            f"would take the environment's; unset {rival}, or name no profile"
        )


def _ask_only_while_waited_for(config: Config) -> None:
    """Sends nothing more once a call was given up: the SDK follows pages without an end by itself."""
    headers = config.authenticate

    def authenticate() -> dict[str, str]:
        check_waited_for()
        return headers()

    # The SDK asks for the headers of each request; a class made from its `Config` loses the settings of that one.
    vars(config)["authenticate"] = authenticate


def _unusable(access: Access) -> str:
    if access.profile is not None:
        return (
            f"the profile {access.profile[:80]!r} of ~/.databrickscfg cannot be used: it is not there, or has no "
            "working credentials; `databricks auth profiles` lists them"
        )
    if access.host or os.environ.get("DATABRICKS_HOST"):
        return (
            "the workspace cannot be reached, or there are no credentials for it: check DATABRICKS_HOST, "
            "DATABRICKS_TOKEN and the network"
        )
    return (
        "no Databricks workspace is configured: set DATABRICKS_HOST and DATABRICKS_TOKEN, or name a profile of "
        "~/.databrickscfg with DATABRICKS_CONFIG_PROFILE; to try it without an account: orchestrate workspace serve"
    )
