"""What can be changed of a serving endpoint: that it is there, that it serves a version, and who gets the traffic."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.serving.endpoint import PATH, Endpoint, Json, Served, endpoint

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

NEEDED = "CAN MANAGE on the endpoint, and EXECUTE on the model"
READY, FAILED = "DEPLOYMENT_READY", "UPDATE_FAILED"
WAIT_SECONDS = 540.0
POLL_SECONDS = 5.0
_UPDATING = "IN_PROGRESS"


@dataclass(frozen=True, kw_only=True)
class Version:
    """A model version as it is to be served."""

    entity: str
    version: str
    workload_size: str = "Small"
    scale_to_zero: bool = False

    @property
    def name(self) -> str:
        """What the endpoint calls it."""
        return f"{self.entity.rpartition('.')[2]}-{self.version}"

    @property
    def body(self) -> Json:
        """As the interface takes it."""
        return {
            "name": self.name, "entity_name": self.entity, "entity_version": self.version,
            "workload_size": self.workload_size, "scale_to_zero_enabled": self.scale_to_zero,
        }  # fmt: skip

    @property
    def state(self) -> State:
        """As a state."""
        return (f"{self.entity} version {self.version}",)


@dataclass(frozen=True, kw_only=True)
class EndpointSetting:
    """Whether there is an endpoint; the first version that it serves gets all of the traffic."""

    endpoint: str
    first: Version

    @property
    def subject(self) -> str:
        """What is set."""
        return f"endpoint {self.endpoint}"

    def read(self, workspace: Workspace) -> State:
        """What it serves."""
        found = endpoint(workspace, self.endpoint)
        return None if found is None else tuple(f"{each.entity} version {each.version}" for each in found.served)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it and wait until it answers, or delete it."""
        del before
        if after is None:
            _send(workspace, f"delete the endpoint {self.endpoint}", "DELETE", f"{PATH}/{self.endpoint}", None)
            return
        _send(workspace, f"make the endpoint {self.endpoint}", "POST", PATH, self._body)
        check_healthy(settled(workspace, self.endpoint), (self.first.name,))

    @property
    def _body(self) -> Json:
        routes: list[object] = [{"served_model_name": self.first.name, "traffic_percentage": 100}]
        config = {"served_entities": [self.first.body], "traffic_config": {"routes": routes}}
        return {"name": self.endpoint, "config": json.loads(json.dumps(config))}

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        if after is None:
            return f"DELETE {PATH}/{self.endpoint}"
        return f"POST {PATH} {json.dumps(self._body)}"


@dataclass(frozen=True, kw_only=True)
class ServedSetting:
    """Whether an endpoint serves a version; it comes without traffic, and goes only without."""

    endpoint: str
    version: Version

    @property
    def subject(self) -> str:
        """What is set."""
        return f"served version {self.version.name} of endpoint {self.endpoint}"

    def read(self, workspace: Workspace) -> State:
        """The version, where it is served."""
        found = existing(workspace, self.endpoint).of(self.version.name)
        return None if found is None else (f"{found.entity} version {found.version}",)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Add it and wait until it is ready, or take it away; the others stay as they are."""
        del before
        now = settled(workspace, self.endpoint)
        name = self.version.name
        others = [each for each in now.served if each.name != name]
        served = now.of(name)
        if after is None and served is not None and served.share:
            raise WorkspaceError(f"cannot take {name} from {self.endpoint}: it gets {served.share} % of the traffic")
        entities = [each.settings for each in others] + ([self.version.body] if after is not None else [])
        shares = {each.name: each.share for each in others} | ({name: 0} if after is not None else {})
        _update(workspace, self.endpoint, entities, shares)
        if after is not None:
            check_healthy(settled(workspace, self.endpoint), (name,))

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        head = f"PUT {PATH}/{self.endpoint}/config, the others as they are"
        if after is None:
            return f"{head}, without {self.version.name}"
        return f"{head}, with {json.dumps(self.version.body)} and 0 % of the traffic; then wait until it is ready"


@dataclass(frozen=True, kw_only=True)
class TrafficSetting:
    """The shares of the traffic of an endpoint; only a version that is ready gets some."""

    endpoint: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"traffic of endpoint {self.endpoint}"

    def read(self, workspace: Workspace) -> State:
        """The shares of those who get some."""
        return existing(workspace, self.endpoint).shares

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set the shares after a look at the health of those who get traffic, and look again afterwards."""
        now = settled(workspace, self.endpoint)
        wanted, former = _shares(after or ()), _shares(before or ())
        # What is taken back need not be healthy, or a failed canary could not be left.
        more = tuple(name for name, share in wanted.items() if share > former.get(name, 0))
        check_ready(now, more)
        shares = {each.name: wanted.get(each.name, 0) for each in now.served}
        _update(workspace, self.endpoint, [each.settings for each in now.served], shares)
        check_healthy(settled(workspace, self.endpoint), more)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        shares = ", ".join(f"{line} %" for line in after or ())
        return f"PUT {PATH}/{self.endpoint}/config, what is served as it is, traffic: {shares}"


def existing(workspace: Workspace, name: str) -> Endpoint:
    """The endpoint of that name.

    Raises:
        WorkspaceError: there is none, or it may not be read.
    """
    found = endpoint(workspace, name)
    if found is None:
        raise WorkspaceError(f"there is no endpoint {name}, or you may not see it")
    return found


def settled(workspace: Workspace, name: str) -> Endpoint:
    """The endpoint when no update of it runs any more.

    Raises:
        WorkspaceError: it still runs after nine minutes, or the endpoint cannot be read.
    """
    until = time.monotonic() + WAIT_SECONDS
    while (found := existing(workspace, name)).update == _UPDATING:
        if time.monotonic() > until:
            raise WorkspaceError(f"the endpoint {name} is still updating after {WAIT_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)
    return found


def check_healthy(found: Endpoint, names: Iterable[str]) -> None:
    """Nothing, where the last update is through, the endpoint answers and these served versions are ready.

    Raises:
        WorkspaceError: one is not; the sentence says why.
    """
    if found.update == FAILED:
        raise WorkspaceError(f"the update of the endpoint {found.name} failed; what served before still serves")
    check_ready(found, names)
    if found.ready != "READY":
        raise WorkspaceError(f"the health check of {found.name} failed: it is {found.ready}")


def check_ready(found: Endpoint, names: Iterable[str]) -> None:
    """Nothing, where these served versions are ready.

    Raises:
        WorkspaceError: one is not; the sentence says why.
    """
    for name in names:
        served = found.of(name)
        if served is None or served.deployment != READY:
            why = "is not served" if served is None else f"is {_why(served)}"
            raise WorkspaceError(f"the health check of {found.name} failed: {name} {why}")


def split(found: Endpoint, name: str, share: int) -> tuple[str, ...]:
    """The shares after the version has its one, the others keeping their proportions.

    Raises:
        WorkspaceError: nobody else is there who could get the rest.
    """
    others = {each.name: each.share for each in found.served if each.name != name}
    rest, total = 100 - share, sum(others.values())
    if rest and not total:
        raise WorkspaceError(
            f"no other version of {found.name} gets traffic, so nobody would get the other {rest} %; name the version "
            "that shall get it, with --share 100"
        )
    shares = {each: rest * value // total if total else 0 for each, value in others.items()}
    if shares and rest:
        # What rounding leaves over goes to the greatest.
        greatest = max(others, key=lambda each: (others[each], each))
        shares[greatest] += rest - sum(shares.values())
    return tuple(f"{each} {value}" for each, value in sorted({**shares, name: share}.items()) if value)


def _why(served: Served) -> str:
    return f"{served.deployment} ({served.message})" if served.message else served.deployment


def _shares(lines: Iterable[str]) -> dict[str, int]:
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in lines}


def _update(workspace: Workspace, name: str, entities: list[Json], shares: dict[str, int]) -> None:
    routes: list[Json] = [
        {"served_model_name": each, "traffic_percentage": share} for each, share in sorted(shares.items())
    ]
    body: Json = {"served_entities": list(entities), "traffic_config": {"routes": list(routes)}}
    _send(workspace, f"update the endpoint {name}", "PUT", f"{PATH}/{name}/config", body)


def _send(workspace: Workspace, what: str, method: str, path: str, body: Json | None) -> None:
    def question(client: WorkspaceClient) -> None:
        client.api_client.do(method, path, body=body)

    workspace.ask(what, question, privilege=NEEDED)
