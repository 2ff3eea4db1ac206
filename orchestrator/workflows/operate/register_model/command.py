"""`register-model`: the registered model where there is none, the version, and its alias."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Severity, Table
from orchestrator.workflows.audit.validate_model import checks
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.models.evidence import Evidence, evidence_of_logged, logged_model_id, model_of_run
from orchestrator.workspace.models.registration import aliasing_logged, registering, version_from
from orchestrator.workspace.models.settings import check_alias

KEPT = frozenset({"champion", "previous"})
"""Aliases that promote-model moves."""
NO_ALIAS = "none"
_UNNAMED = replace(checks.DATA, specialist=checks.EXPERT, severity=Severity.MEDIUM)
_LOGGED = re.compile(r"models:/(m-[A-Za-z0-9]{1,64})")
_VERSION = re.compile(r"models:/([^/@]{1,800})/(\d{1,9})")
_NAME = re.compile(r"[^/\\:'\"\x00-\x1f]{1,800}")
_EPILOG = """examples:
  orchestrate register-model --model-name main.ml.churn --run-id 6c8da78010b84c32903234eb0730d1dc --workspace prod
  orchestrate register-model --model-name prod.ml.churn --model-uri models:/dev.ml.churn/7 --workspace prod
with MLFLOW_TRACKING_URI the model is on that server, else in the Unity Catalog of the workspace
"""


class RegisterModel(Parameters):
    """What is asked for."""

    model_name: str = Field(min_length=1, max_length=800)
    run_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    model_uri: str | None = Field(default=None, max_length=1_000)
    alias: str = Field(default="challenger", min_length=1, max_length=255)
    description: str | None = Field(default=None, max_length=1_000)


def _desired(asked: RegisterModel, site: Site) -> Desired:
    _check(asked)
    registry, model = site.registry, asked.model_name
    model_id = _logged_model(asked, site)
    site.progress(f"reading the logged model {model_id} and its run")
    with TemporaryDirectory(prefix="model-") as folder:
        found = evidence_of_logged(registry, model_id, Path(folder))
    there = version_from(registry, model, model_id)
    goals = registering(registry, model, model_id, found.run_id, asked.description)
    if asked.alias != NO_ALIAS:
        goals = (*goals, aliasing_logged(registry, model, asked.alias, model_id))
    known = f"{model_id} is version {there[0].version} of {model} already" if there else ""
    next_step = f"next: orchestrate validate-model --model-name {model}"
    return Desired(
        title=f"register {model_id} as a version of model {model}",
        goals=goals,
        where=site.models_label,
        result=Result(
            facts=_facts(found),
            observations=tuple(_observed(found)),
            tables=(_origin(found, model_id),),
            notes=(*((known,) if known else ()), next_step),
        ),
    )


def _observed(found: Evidence) -> Iterator[Observation]:
    """What speaks against it; without named data it can be registered, and is then not validated."""
    for each in (*checks.of_version(found, None), *checks.of_requirements(found)):
        yield replace(each, check=_UNNAMED) if each.check.id == _UNNAMED.id else each


def _check(asked: RegisterModel) -> None:
    if (asked.run_id is None) == (asked.model_uri is None):
        raise UsageError("name what is registered: --run-id ID of the run that logged it, or --model-uri models:/ID")
    if not _NAME.fullmatch(asked.model_name):
        raise UsageError(f"{asked.model_name[:80]!r} cannot be the name of a model: it has a quote, colon or slash")
    if asked.alias in KEPT:
        raise UsageError(f"the alias {asked.alias} is moved by promote-model, after a validation; give another one")
    if asked.alias != NO_ALIAS:
        check_alias(asked.alias)


def _logged_model(asked: RegisterModel, site: Site) -> str:
    """The id of the logged model that is to be registered."""
    registry, uri = site.registry, asked.model_uri
    if uri is None:
        return model_of_run(registry, asked.run_id or "")
    if logged := _LOGGED.fullmatch(uri):
        return logged[1]
    named = _VERSION.fullmatch(uri)
    if named is None:
        raise UsageError(f"{uri[:100]!r} names no model; write models:/MODEL_ID or models:/NAME/VERSION")
    name, number = named[1], named[2]
    found = registry.ask(f"read version {number} of {name!r}", lambda client: client.get_model_version(name, number))
    model_id = logged_model_id(found)
    if model_id is None:
        raise UsageError(f"version {number} of {name} has no logged model of MLflow 3; log the model again")
    return model_id


def _facts(found: Evidence) -> tuple[Facts, ...]:
    row = found.model_dump(mode="json", exclude={"measured": True, "contents": {"requirements"}})
    lines = found.contents.requirements or ()
    return (
        Facts(name=checks.VERSIONS, source="the logged model, its run and its MLmodel file", rows=(row,)),
        Facts(
            name=checks.REQUIREMENTS,
            source="requirements.txt of the logged model",
            rows=tuple({"requirement": line} for line in lines),
        ),
    )


def _origin(found: Evidence, model_id: str) -> Table:
    metrics = ", ".join(
        f"{each.metric} {each.value if each.value is not None else 'no number'}" for each in found.measured[:10]
    )
    rows = (
        ("logged model", model_id),
        ("run", f"{found.run_id or 'not known'}, {found.run_status or 'status not known'}"),
        ("commit", found.commit or "not recorded"),
        ("data of the run", "; ".join(found.data) or "none logged"),
        ("metrics", metrics or "none"),
        ("signature", found.contents.inputs or "none"),
        ("files", f"{found.contents.files}, sha256 {found.contents.sha256[:12]}"),
    )
    return Table(title="What is registered", columns=("what", "value"), rows=rows)


COMMAND = Operate(parameters=RegisterModel, desired=_desired, epilog=_EPILOG)
