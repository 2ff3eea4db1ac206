"""A job or pipeline that a bundle deploys, found by its name and the tag of the bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from pydantic import JsonValue

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.deployment.canonical import Settings, covers, lines, settings_of

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Kind = Literal["job", "pipeline"]
TAG: Final = "orchestrate-bundle"
JOBS, PIPELINES = "/api/2.2/jobs", "/api/2.0/pipelines"
NEEDED = "CAN MANAGE on it, or permission to make one"
_PAGED = ("tasks", "job_clusters", "parameters", "environments")


@dataclass(frozen=True, kw_only=True)
class Live:
    """A job or pipeline as it stands."""

    kind: Kind
    id: str
    name: str
    settings: Settings
    creator: str

    @property
    def bundle(self) -> str:
        """The bundle and target that deployed it; empty where we did not."""
        tags = self.settings.get("tags")
        return str(tags.get(TAG, "")) if isinstance(tags, dict) else ""

    @property
    def is_of_cli(self) -> bool:
        """Whether the CLI keeps it in a state of its own."""
        deployment = self.settings.get("deployment")
        return isinstance(deployment, dict) and deployment.get("kind") == "BUNDLE"


def named(client: WorkspaceClient, kind: Kind, name: str) -> list[Live]:
    """Everything of that kind and exactly that name, whoever deployed it."""
    if kind == "job":
        ids = [str(job.job_id) for job in client.jobs.list(name=name)]
    else:
        pattern = f"name LIKE '{name.replace(chr(39), chr(39) * 2)}'"
        ids = [item.pipeline_id or "" for item in client.pipelines.list_pipelines(filter=pattern)]
    return [found for each in ids if (found := live(client, kind, each)).name == name]


def live(client: WorkspaceClient, kind: Kind, identifier: str) -> Live:
    """One job or pipeline with every setting that the interface tells."""
    answer = _job(client, identifier) if kind == "job" else _asked(client, "GET", f"{PIPELINES}/{identifier}")
    found = answer.get("settings" if kind == "job" else "spec")
    settings: Settings = dict(found) if isinstance(found, dict) else {}
    creator, runner = str(answer.get("creator_user_name") or ""), str(answer.get("run_as_user_name") or "")
    settings.pop("run_as", None)
    if runner and runner != creator:
        settings["run_as"] = {"user_name" if "@" in runner else "service_principal_name": runner}
    name = str(settings.get("name") or answer.get("name") or "")
    return Live(kind=kind, id=identifier, name=name, settings=settings, creator=creator)


def _job(client: WorkspaceClient, identifier: str) -> Settings:
    """A job with the tasks of all its pages."""
    answer = _asked(client, "GET", f"{JOBS}/get", query={"job_id": identifier})
    whole, token = cast("Settings", answer["settings"]), answer.get("next_page_token")
    while token:
        page = _asked(client, "GET", f"{JOBS}/get", query={"job_id": identifier, "page_token": token})
        more = cast("Settings", page["settings"])
        for name in _PAGED:
            whole[name] = [*_elements(whole.get(name)), *_elements(more.get(name))]
        token = page.get("next_page_token")
    return answer


def _elements(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _asked(
    client: WorkspaceClient,
    verb: str,
    path: str,
    *,
    query: Mapping[str, JsonValue] | None = None,
    body: Settings | None = None,
) -> Settings:
    """The answer as it came: the SDK's own classes drop the settings that they do not know."""
    answer = client.api_client.do(verb, path, query=dict(query or {}), body=body)
    return cast("Settings", answer) if isinstance(answer, dict) else {}


@dataclass(frozen=True, kw_only=True)
class ResourceSetting:
    """The settings of a job or pipeline of a bundle; None where it is not deployed.

    `wanted` are the lines that the files state: live settings that differ only in what the platform fills in read as
    them. `references` are `${resources.KIND.KEY.id}` with the kind and name of what they mean. `adopted` is the id of
    one that the bundle takes over.
    """

    kind: Kind
    name: str
    bundle: str
    wanted: tuple[str, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    adopted: str = ""

    @property
    def subject(self) -> str:
        """What is set."""
        return f"{self.kind} {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The live settings as lines."""
        found, ids = workspace.ask(f"read the {self.subject}", self._found, privilege=NEEDED)
        if found is None:
            return None
        settings = cast("Settings", _replaced(found.settings, {str(value): text for text, value in ids.items()}))
        settings.setdefault("name", found.name)
        return self.wanted if self.wanted and covers(settings, settings_of(self.wanted)) else lines(settings)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it, change it, or delete it; a deleted pipeline leaves its tables."""
        verb = "delete" if after is None else "change" if before else "make"

        def change(client: WorkspaceClient) -> None:
            found, ids = self._found(client)
            if after is None:
                self._delete(client, found)
            else:
                body = cast("Settings", _replaced(settings_of(after), ids))
                self._put(client, found, body)

        workspace.ask(f"{verb} the {self.subject}", change, privilege=NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        identifier = "JOB_ID" if self.kind == "job" else "PIPELINE_ID"
        if after is None:
            return (
                f"POST {JOBS}/delete {identifier}"
                if self.kind == "job"
                else (f"DELETE {PIPELINES}/{identifier}?cascade=false")
            )
        body = json.dumps(settings_of(after), sort_keys=True)
        if before is None:
            return f"POST {JOBS}/create {body}" if self.kind == "job" else f"POST {PIPELINES} {body}"
        return (
            f"POST {JOBS}/reset {identifier} {body}" if self.kind == "job" else f"PUT {PIPELINES}/{identifier} {body}"
        )

    def _found(self, client: WorkspaceClient) -> tuple[Live | None, dict[str, JsonValue]]:
        """What is deployed, and the ids of what the settings refer to, by reference.

        Raises:
            WorkspaceError: two of that name carry the tag.
        """
        every = [each for each in named(client, self.kind, self.name) if each.bundle == self.bundle]
        if not every and self.adopted:
            every = list(_adopted(client, self.kind, self.adopted))
        if len(every) > 1:
            ids = ", ".join(each.id for each in every[:5])
            raise WorkspaceError(
                f"{len(every)} {self.kind}s {self.name!r} carry the tag of {self.bundle}: {ids}; keep one"
            )
        return (every[0] if every else None), dict(self._ids(client))

    def _ids(self, client: WorkspaceClient) -> Iterator[tuple[str, JsonValue]]:
        for text, kind, name in self.references:
            matches = [each for each in named(client, cast("Kind", kind), name) if each.bundle == self.bundle]
            if matches:
                yield text, int(matches[0].id) if kind == "job" else matches[0].id

    def _delete(self, client: WorkspaceClient, found: Live | None) -> None:
        if found is not None and self.kind == "job":
            client.jobs.delete(int(found.id))
        elif found is not None:
            client.pipelines.delete(found.id, cascade=False)

    def _put(self, client: WorkspaceClient, found: Live | None, body: Settings) -> None:
        if self.kind == "job":
            path = "create" if found is None else "reset"
            given: Settings = body if found is None else {"job_id": int(found.id), "new_settings": body}
            _asked(client, "POST", f"{JOBS}/{path}", body=given)
        elif found is None:
            _asked(client, "POST", PIPELINES, body=body)
        else:
            _asked(client, "PUT", f"{PIPELINES}/{found.id}", body={**body, "id": found.id})


def _adopted(client: WorkspaceClient, kind: Kind, identifier: str) -> Iterator[Live]:
    from databricks.sdk.errors import InvalidParameterValue, NotFound

    try:
        yield live(client, kind, identifier)
    except (NotFound, InvalidParameterValue):
        return


def _replaced(value: JsonValue, words: Mapping[str, JsonValue]) -> JsonValue:
    """The value with whole texts and numbers that are among the words put in their place."""
    if isinstance(value, dict):
        return {key: _replaced(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, words) for inner in value]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    return words.get(str(value), value)


def left_behind(
    client: WorkspaceClient, bundle: str, declared: Callable[[Kind, str], bool], *, most: int
) -> tuple[list[Live], bool]:
    """What carries the bundle's tag and is no longer declared, and whether there was more to look through."""
    jobs, more_jobs = _first((str(job.job_id) for job in client.jobs.list()), most)
    pipelines, more_pipelines = _first((item.pipeline_id or "" for item in client.pipelines.list_pipelines()), most)
    pairs: list[tuple[Kind, str]] = [*(("job", each) for each in jobs), *(("pipeline", each) for each in pipelines)]
    found = (live(client, kind, each) for kind, each in pairs)
    gone = [each for each in found if each.bundle == bundle and not declared(each.kind, each.name)]
    return gone, more_jobs or more_pipelines


def _first(items: Iterable[str], most: int) -> tuple[list[str], bool]:
    found: list[str] = []
    for item in items:
        if len(found) == most:
            return found, True
        found.append(item)
    return found, False
