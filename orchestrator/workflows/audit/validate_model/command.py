"""`validate-model`: a version held against thresholds and against the champion on the same data, with a load test."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.audit.validate_model.judging import Judgement, facts, judged, tables
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.shape import Desired
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.models.evidence import Evidence, version_of
from orchestrator.workspace.models.proving import Proved, proved, proved_run
from orchestrator.workspace.models.settings import version_tagging
from orchestrator.workspace.models.terms import Terms, lower_is_better, thresholds
from orchestrator.workspace.models.trial import Trial, tried
from orchestrator.workspace.models.validation import LOAD_TEST, PROOF, REASON, TERMS, VERDICT, held

_UNTRIED = Gap(
    source="load test",
    reason="not asked for: --python FILE names an interpreter that has the model's packages",
    incomplete=False,
)
RULES = ("MLR", "SEC")
CHALLENGER = "challenger"
_EPILOG = """examples:
  orchestrate validate-model --model-name main.ml.churn --metric auc --margin 0.005 --workspace prod
  orchestrate validate-model --model-name churn --threshold "auc>=0.8,log_loss<=0.4" --python .venv/bin/python
  orchestrate validate-model --model-name churn --version 7 --metric auc --apply
with MLFLOW_TRACKING_URI the model is on that server, else in the Unity Catalog of the workspace
"""


class ValidateModel(Parameters):
    """What is asked for."""

    run_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    model_name: str | None = Field(default=None, min_length=1, max_length=800)
    version: int | None = Field(default=None, ge=1, le=1_000_000_000)
    metric: str | None = Field(default=None, min_length=1, max_length=250)
    lower_is_better: bool = False
    threshold: tuple[str, ...] = Field(default=(), max_length=50)
    against: str = Field(default="champion", min_length=1, max_length=255)
    margin: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    slice_fall: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    python: str | None = Field(default=None, min_length=1, max_length=500)
    path: Path | None = None


def _audited(asked: ValidateModel, site: Site) -> Audited:
    terms = _terms(asked)
    code = _code(asked.path, site) if asked.path is not None else None
    if asked.model_name is None:
        if asked.run_id is None or asked.version is not None:
            raise UsageError("name what is judged: --model-name NAME with --version N, or --run-id ID")
        site.progress(f"reading run {asked.run_id}")
        with proved_run(site.registry, asked.run_id) as found:
            return Audited(result=_result(_judgement(asked, terms, found, site), code))
    version = _version(asked, site)
    site.progress(f"reading version {version} of {asked.model_name} and what it is held against")
    with proved(site.registry, asked.model_name, version, terms) as found:
        _check_run(asked, found.version)
        judgement = _judgement(asked, terms, found, site)
    return Audited(result=_result(judgement, code), proposal=_proposal(judgement, site))


def _terms(asked: ValidateModel) -> Terms:
    bounds = thresholds(asked.threshold)
    metric = asked.metric or (bounds[0].metric if bounds else None)
    lower = asked.lower_is_better or (metric is not None and lower_is_better(metric))
    return Terms(
        metric=metric, lower_is_better=lower, thresholds=bounds, margin=asked.margin, slice_fall=asked.slice_fall,
        against=asked.against,
    )  # fmt: skip


def _version(asked: ValidateModel, site: Site) -> str:
    if asked.version is not None:
        return str(asked.version)
    model = asked.model_name or ""
    found = version_of(site.registry, model, CHALLENGER)
    if found is None:
        raise UsageError(f"no version of {model} has the alias {CHALLENGER}; name one by --version")
    return found


def _check_run(asked: ValidateModel, found: Evidence) -> None:
    if asked.run_id is not None and asked.run_id != found.run_id:
        raise UsageError(f"{found.name} of {asked.model_name} was made by run {found.run_id}, not by {asked.run_id}")


def _judgement(asked: ValidateModel, terms: Terms, found: Proved, site: Site) -> Judgement:
    if terms.metric is None:
        metric = _only_metric(found)
        lower = metric is not None and (asked.lower_is_better or lower_is_better(metric))
        terms = terms.model_copy(update={"metric": metric, "lower_is_better": lower})
    return judged(held(terms, found.version, found.reference), _trial(asked, found, site))


def _only_metric(found: Proved) -> str | None:
    """The metric that decides where none was named: the only one that both have, slices left out."""
    mine = {each.metric for each in found.version.measured if "/" not in each.metric}
    if found.reference is not None:
        mine &= {each.metric for each in found.reference.measured}
    return next(iter(mine)) if len(mine) == 1 else None


def _trial(asked: ValidateModel, found: Proved, site: Site) -> Trial | None:
    if asked.python is None:
        return None
    program = str(site.path(Path(asked.python))) if "/" in asked.python else asked.python
    site.progress("loading the model in a process of its own")
    return tried(program, found.folder, found.version.contents.requirements or ())


def _code(path: Path, site: Site) -> Reviewed:
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=RULES))
    return cached_review(request, use_cache=False, progress=site.progress)


def _result(judgement: Judgement, code: Reviewed | None) -> Result:
    return Result(
        facts=facts(judgement),
        observations=judgement.observations,
        tables=tables(judgement),
        gaps=() if judgement.trial is not None else (_UNTRIED,),
        notes=("no row was scored here: the numbers are those that the runs have logged",),
        reviewed=code,
    )


def _proposal(judgement: Judgement, site: Site) -> Desired:
    """The verdict as tags of the version; promote-model asks for them and reads the evidence again."""
    found = judgement.held.version
    model, version = found.model or "", int(found.version or 0)
    values = {
        TERMS: judgement.held.terms.text, REASON: judgement.reason, LOAD_TEST: judgement.load_test,
        PROOF: judgement.held.proof, VERDICT: judgement.verdict,
    }  # fmt: skip
    goals = tuple(version_tagging(site.registry, model, version, key, value) for key, value in values.items())
    title = f"record the validation of version {version} of model {model}"
    return Desired(title=title, goals=goals, where=site.models_label)


COMMAND = Audit(parameters=ValidateModel, audit=_audited, changes=True, epilog=_EPILOG)
