"""`deploy-model`: the version beside the others without traffic, a look at its health, then its share of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Result, Row
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.deploy_model.preflight import (
    CODE,
    ENDPOINT,
    VERSION,
    Standing,
    observed,
    owners,
)
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.serving.endpoint import Endpoint, endpoint
from orchestrator.workspace.serving.settings import EndpointSetting, ServedSetting, TrafficSetting, Version, split

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

CHAMPION = "champion"
SEE = "USE CATALOG, USE SCHEMA and EXECUTE on the model"
_WHOLE = 100
_EPILOG = """examples:
  orchestrate deploy-model --model-name ml_platform.models.churn --endpoint churn-api --workspace sandbox
  orchestrate deploy-model --model-name main.ml.churn --endpoint churn-api --share 25 --workspace prod
  orchestrate deploy-model --model-name main.ml.churn --endpoint churn-api --share 0 --workspace prod
"""


class DeployModel(Parameters):
    """What is asked for."""

    model_name: str = Field(pattern=r"^[^.`/\s]{1,255}\.[^.`/\s]{1,255}\.[^.`/\s]{1,255}$")
    version: int | None = Field(default=None, ge=1, le=1_000_000_000)
    endpoint: str = Field(min_length=1, max_length=63)
    share: int = Field(default=5, ge=0, le=100)
    workload_size: str = Field(default="Small", pattern=r"^[A-Za-z][\w-]{0,40}$")
    scale_to_zero: bool = False
    target: str = Field(default="dev", pattern=r"^[\w.-]{1,100}$")
    path: Path | None = None


def _desired(asked: DeployModel, site: Site) -> Desired:
    site.progress(f"reading {asked.model_name} and the endpoint {asked.endpoint}")
    number, status, aliases = site.workspace.ask(
        f"read the model {asked.model_name}", lambda client: _version(client, asked), privilege=SEE
    )
    if number is None:
        raise UsageError(f"no version of {asked.model_name} has the alias {CHAMPION}; name one by --version")
    found = endpoint(site.workspace, asked.endpoint)
    now = Standing(
        entity=asked.model_name, version=str(number), status=status, aliases=aliases, share=asked.share, endpoint=found,
        owners=owners(site.path(asked.path), asked.endpoint) if asked.path is not None else (), target=asked.target,
    )  # fmt: skip
    wanted = Version(
        entity=asked.model_name, version=str(number), workload_size=asked.workload_size,
        scale_to_zero=asked.scale_to_zero,
    )  # fmt: skip
    return Desired(
        title=f"serve version {number} of {asked.model_name} on endpoint {asked.endpoint}",
        goals=_goals(asked, wanted, found),
        result=Result(
            facts=tuple(_facts(now)),
            observations=tuple(observed(now)),
            tables=() if found is None else (_serves(found),),
            notes=tuple(_notes(asked, wanted, found)),
        ),
    )


def _version(client: WorkspaceClient, asked: DeployModel) -> tuple[int | None, str, tuple[str, ...]]:
    """Number, status and aliases of the version that is meant."""
    model = client.registered_models.get(asked.model_name, include_aliases=True)
    held = [(each.alias_name or "", each.version_num) for each in model.aliases or []]
    number = asked.version or next((version for alias, version in held if alias == CHAMPION), None)
    if number is None:
        return None, "", ()
    found = client.model_versions.get(asked.model_name, number)
    status = found.status.value if found.status else "status not known"
    return number, status, tuple(sorted(alias for alias, version in held if version == number))


def _goals(asked: DeployModel, wanted: Version, found: Endpoint | None) -> tuple[Goal, ...]:
    """A first deployment gets everything; else the version comes without traffic before it gets its share."""
    if found is None:
        setting = EndpointSetting(endpoint=asked.endpoint, first=wanted)
        return (Goal(setting=setting, wanted=lambda _now: wanted.state),)
    shares = split(found, _served_as(wanted, found), asked.share)
    served = ServedSetting(endpoint=asked.endpoint, version=wanted)
    traffic = Goal(setting=TrafficSetting(endpoint=asked.endpoint), wanted=lambda _now: shares)
    if _served_as(wanted, found) != wanted.name:
        return (traffic,)
    return (Goal(setting=served, wanted=lambda now: now or wanted.state), traffic)


def _served_as(wanted: Version, found: Endpoint) -> str:
    """What the endpoint calls the version; where it does not serve it, what it would be called.

    Raises:
        UsageError: something else has that name there.
    """
    known = next((e.name for e in found.served if (e.entity, e.version) == (wanted.entity, wanted.version)), None)
    if known is None and found.of(wanted.name) is not None:
        raise UsageError(f"{found.name} serves something else under the name {wanted.name}; take that away first")
    return known or wanted.name


def _facts(now: Standing) -> list[Facts]:
    about: Row = {"model": now.entity, "version": now.version, "status": now.status, "aliases": list(now.aliases)}
    facts = [Facts(name=VERSION, source="registered_models.get and model_versions.get", rows=(about,))]
    if now.endpoint is not None:
        facts.append(Facts(name=ENDPOINT, source="serving_endpoints.get", rows=tuple(_rows(now.endpoint))))
    if now.owners:
        rows: tuple[Row, ...] = tuple({"place": place} for place in now.owners)
        facts.append(Facts(name=CODE, source="the files of the project that name the endpoint", rows=rows))
    return facts


def _rows(found: Endpoint) -> list[Row]:
    """A row a served version; values of its environment are never among them."""
    head = {"endpoint": found.name, "creator": found.creator, "ready": found.ready, "update": found.update}
    return [
        {
            **head, "request_log": found.logs_requests, "served": each.name, "model": each.entity,
            "version": each.version, "share": each.share, "deployment": each.deployment,
            "credentials_as_text": list(each.plain_secrets),
        }
        for each in found.served
    ]  # fmt: skip


def _serves(found: Endpoint) -> Table:
    rows = tuple(
        (each.name, f"{each.entity} version {each.version}", each.share, each.deployment) for each in found.served
    )
    return Table(
        title=f"What {found.name} serves now",
        columns=("served", "model", "share in %", "state"),
        rows=rows,
        note=f"{found.ready}, {found.update}; requests are {'logged' if found.logs_requests else 'not logged'}",
    )


def _notes(asked: DeployModel, wanted: Version, found: Endpoint | None) -> list[str]:
    if found is None:
        note = (
            f"{asked.endpoint} is new: its first version gets all of the traffic, and --share {asked.share} counts not"
        )
        return [note, "no request is sent to it: ready says that the model was loaded"]
    notes = ["the health check: the update is through and the version is ready before it gets traffic, and after"]
    if asked.share < _WHOLE:
        notes.append(
            f"the way back at any time: --version {wanted.version} --share 0; the next step, after enough requests "
            "were judged: a greater --share"
        )
    else:
        notes.append("the former versions stay without traffic, so that the way back needs no loading")
    return notes


COMMAND = Operate(parameters=DeployModel, desired=_desired, epilog=_EPILOG)
