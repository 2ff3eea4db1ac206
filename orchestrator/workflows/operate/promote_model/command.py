"""`promote-model`: `previous` to the former holder, the alias to the validated version, where it came from as a tag."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.promote_model.consumers import Consumer, consumers
from orchestrator.workflows.operate.promote_model.preflight import VERSION, Around, Standing, observed, standing
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.models.evidence import SEE_MODEL, version_of
from orchestrator.workspace.models.model import ModelVersion, model_version
from orchestrator.workspace.models.promotion import promoting
from orchestrator.workspace.models.registry import paged
from orchestrator.workspace.models.settings import aliasing, version_tagging

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHALLENGER, PREVIOUS, FROM = "challenger", "previous", "promoted_from"
_PAGE = 100
_EPILOG = """examples:
  orchestrate promote-model --model-name main.ml.churn --workspace prod
  orchestrate promote-model --model-name churn --version 7 --apply --approve 3f9a1c2e4b5d
with MLFLOW_TRACKING_URI the model is on that server, else in the Unity Catalog of the workspace
"""


class PromoteModel(Parameters):
    """What is asked for."""

    model_name: str = Field(min_length=1, max_length=800)
    version: int | None = Field(default=None, ge=1, le=1_000_000_000)
    alias: str = Field(default="champion", min_length=1, max_length=255)
    path: Path | None = None


def _desired(asked: PromoteModel, site: Site) -> Desired:
    registry, model = site.registry, asked.model_name
    if asked.alias == PREVIOUS:
        raise UsageError(f"the alias {PREVIOUS} is the way back of a promotion and moves with it; name another one")
    version = _version(asked, site)
    former = version_of(registry, model, asked.alias)
    found, tags = registry.ask(
        f"read version {version} of {model!r}", lambda client: _read(client, model, version), privilege=SEE_MODEL
    )
    title = f"promote version {version} of model {model} to {asked.alias}"
    if former == version:
        note = f"version {version} of {model} holds the alias {asked.alias} already"
        return Desired(title=title, goals=(), where=site.models_label, result=Result(notes=(note,)))
    site.progress(f"reading the evidence of version {version} of {model} again")
    is_so = standing(registry, found, tags)
    newest = registry.ask(f"list the versions of {model!r}", lambda client: _newest(client, model))
    uses = consumers(site.path(asked.path), model) if asked.path is not None else ()
    owners = tuple(each.place for each in uses if each.moves)
    around = Around(alias=asked.alias, former=former, newest=newest, owners=owners)
    return Desired(
        title=title,
        goals=_goals(asked, site, version, former, is_so),
        where=site.models_label,
        result=Result(
            facts=(Facts.of(VERSION, f"the registry of {registry.place.shown}", [found]),),
            observations=tuple(observed(found, tags, is_so, around)),
            tables=(_evidence(is_so), *((_loading(uses),) if uses else ())),
            notes=(_back(asked, former),),
        ),
    )


def _version(asked: PromoteModel, site: Site) -> str:
    if asked.version is not None:
        return str(asked.version)
    found = version_of(site.registry, asked.model_name, CHALLENGER)
    if found is None:
        raise UsageError(f"no version of {asked.model_name} has the alias {CHALLENGER}; name one by --version")
    return found


def _read(client: MlflowClient, model: str, version: str) -> tuple[ModelVersion, dict[str, str]]:
    found = client.get_model_version(model, version)
    return model_version(found), dict(found.tags)


def _newest(client: MlflowClient, model: str) -> str:
    if "'" in model or "\\" in model:
        return ""
    wanted = f"name = '{model}'"
    found = paged(lambda token: client.search_model_versions(wanted, _PAGE, page_token=token))
    return str(max(int(each.version) for each in found))


def _goals(asked: PromoteModel, site: Site, version: str, former: str | None, is_so: Standing) -> tuple[Goal, ...]:
    """`previous` before the alias, so that the way back is known at every moment."""
    registry, model = site.registry, asked.model_name
    kept = () if former is None else (aliasing(registry, model, PREVIOUS, int(former)),)
    return (
        *kept,
        version_tagging(registry, model, int(version), FROM, f"{asked.alias}={former or 'none'}"),
        promoting(registry, model, asked.alias, version, is_so.proof),
    )


def _evidence(is_so: Standing) -> Table:
    said, live = is_so.recorded, is_so.judgement
    rows = (
        ("verdict", said.verdict or "none", live.verdict if live else is_so.problem or "not known"),
        ("sha256 of what was validated", said.proof or "none", live.held.proof if live else ""),
        ("terms", said.terms or "none", live.held.terms.text if live else ""),
        ("why", said.reason or "", live.reason if live else ""),
        ("load test", said.load_test or "not recorded", "not repeated"),
    )
    return Table(title="The validation of this version", columns=("what", "recorded", "read again now"), rows=rows)


def _loading(uses: Sequence[Consumer]) -> Table:
    rows = tuple((each.place, each.text, each.when) for each in uses)
    return Table(title="Who loads the model, in the project", columns=("place", "code", "when it notices"), rows=rows)


def _back(asked: PromoteModel, former: str | None) -> str:
    model, alias = asked.model_name, asked.alias
    if former is None:
        return f"{model} has no {alias} so far: the way back leaves it without one"
    return f"the way back: {alias} of {model} to version {former}; an endpoint that was updated meanwhile needs its own"


COMMAND = Operate(parameters=PromoteModel, desired=_desired, epilog=_EPILOG)
