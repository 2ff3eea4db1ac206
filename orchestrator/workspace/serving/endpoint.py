"""A serving endpoint as it stands: served versions, shares of the traffic, readiness, request log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PATH = "/api/2.0/serving-endpoints"
SEE = "CAN VIEW on the endpoint"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_TOLD_ONLY = frozenset({"creator", "creation_timestamp", "state", "foundation_model"})
_SECRET = re.compile(r"secret|passw|token|credential|api[._-]?key|access[._-]?key", re.I)
_REFERENCE = re.compile(r"\{\{secrets/[^{}]{1,200}\}\}")
Json = dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A version that an endpoint serves, with its share of the traffic in percent."""

    name: str
    entity: str
    version: str
    share: int
    deployment: str
    """DEPLOYMENT_READY, or why it is not"""
    message: str
    settings: Json = field(repr=False)
    """What an update sends again; it may hold secrets, and is never shown."""

    @property
    def plain_secrets(self) -> tuple[str, ...]:
        """Names of environment variables that speak of a credential and hold it as text."""
        given = self.settings.get("environment_vars")
        pairs = given.items() if isinstance(given, dict) else ()
        return tuple(sorted(key for key, value in pairs if _SECRET.search(key) and not _REFERENCE.search(str(value))))


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint."""

    name: str
    creator: str
    ready: str
    update: str
    """NOT_UPDATING, IN_PROGRESS, UPDATE_FAILED or UPDATE_CANCELED"""
    served: tuple[Served, ...]
    logs_requests: bool

    def of(self, name: str) -> Served | None:
        """The served version of that name."""
        return next((each for each in self.served if each.name == name), None)

    @property
    def shares(self) -> tuple[str, ...]:
        """Who gets traffic, as a state: `name share`, a line each."""
        return tuple(
            f"{each.name} {each.share}" for each in sorted(self.served, key=lambda each: each.name) if each.share
        )


def endpoint(workspace: Workspace, name: str) -> Endpoint | None:
    """The endpoint of that name; None where there is none.

    Raises:
        WorkspaceError: the name can be none, or it may not be read.
    """
    if not NAME.fullmatch(name):
        raise WorkspaceError(f"{name[:80]!r} cannot be the name of an endpoint: letters, digits, - and _, at most 63")

    def question(client: WorkspaceClient) -> Json | None:
        from databricks.sdk.errors import NotFound

        try:
            return cast("Json", client.api_client.do("GET", f"{PATH}/{name}"))
        except NotFound:
            return None

    found = workspace.ask(f"read the endpoint {name}", question, privilege=SEE)
    return None if found is None else _endpoint(found)


def _endpoint(found: Json) -> Endpoint:
    config, state = _part(found, "config"), _part(found, "state")
    routes = _list(_part(config, "traffic_config"), "routes")
    shares = {_text(each, "served_entity_name", "served_model_name"): each.get("traffic_percentage") for each in routes}
    gateway = _part(_part(found, "ai_gateway"), "inference_table_config")
    capture = _part(config, "auto_capture_config")
    return Endpoint(
        name=_text(found, "name"),
        creator=_text(found, "creator"),
        ready=_text(state, "ready"),
        update=_text(state, "config_update"),
        served=tuple(_served(each, shares) for each in _list(config, "served_entities")),
        logs_requests=gateway.get("enabled") is True or capture.get("enabled") is True,
    )


def _served(entity: Json, shares: dict[str, JsonValue]) -> Served:
    name, state = _text(entity, "name"), _part(entity, "state")
    share = shares.get(name)
    return Served(
        name=name,
        entity=_text(entity, "entity_name"),
        version=_text(entity, "entity_version"),
        share=share if isinstance(share, int) else 0,
        deployment=_text(state, "deployment"),
        message=_text(state, "deployment_state_message")[:300],
        settings={key: value for key, value in entity.items() if key not in _TOLD_ONLY},
    )


def _part(of: Json, key: str) -> Json:
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def _list(of: Json, key: str) -> list[Json]:
    found = of.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(of: Json, *keys: str) -> str:
    return next((str(of[key]) for key in keys if of.get(key) is not None), "")
