"""`setup-monitoring`: what is watched of a model's predictions, from when it is an alarm, and what is done then."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.columns import Known, known, needs, needs_moment
from orchestrator.workflows.generate.learning.names import FullName, column, columns, full_name, package
from orchestrator.workflows.generate.learning.part import PANDAS, SPARK, Part, folder
from orchestrator.workflows.generate.learning.templates import Value, Words, rendered
from orchestrator.workflows.generate.setup_monitoring.collecting import Collected
from orchestrator.workflows.generate.shape import Generate, Generated

_TABLE = "    description: The rows that are read, by full name.\n"
_PREDICTION = "prediction"
_EPILOG = """examples:
  orchestrate setup-monitoring --model-name ml.models.churn --table ml.models.churn_predictions \\
      --time-column scored_on --features tenure_months,orders_90d --baseline ml.models.churn_baseline
  orchestrate setup-monitoring --model-name ml.models.churn --endpoint churn-prod --keys customer_id \\
      --features tenure_months,orders_90d --label churned --outcomes ml.gold.churned_customers
"""


class SetupMonitoring(Parameters):
    """What is asked for."""

    model_name: str
    table: str | None = None
    endpoint: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")
    baseline: str | None = None
    label: str | None = None
    outcomes: str | None = None
    keys: tuple[str, ...] = ()
    features: tuple[str, ...] = Field(default=(), max_length=200)
    time_column: str = "predicted_at"
    version_column: str = "model_version"
    silent_hours: int = Field(default=26, ge=1, le=24 * 60)
    path: Path = Path()
    into: Path | None = None


def _generated(asked: SetupMonitoring, site: Site) -> Generated:
    model = full_name("--model-name", asked.model_name, "ml.models.churn")
    predictions = _predictions(asked, model)
    found = Known() if asked.endpoint else known(predictions, site, site.path(asked.path))
    collected = _collected(asked, model, predictions, found)
    baseline = full_name("--baseline", asked.baseline or f"{predictions}_baseline", "ml.models.churn_baseline")
    part = Part(
        package=package("--model-name", f"{model.name}_monitoring"),
        description=f"Watches {model.name} by its predictions.",
        writes=predictions,
        reads=predictions,
        requires=("databricks-sdk>=0.60,<1", "numpy>=2,<3", PANDAS),
        develops=(SPARK, "pyyaml>=6"),
        scripts={"profile": "profile:main", "thresholds": "thresholds:main"},
    )
    words = {
        **_of_bundle(baseline),
        "\ntemplate_more_jobs\n": f"{collected.job()}\n",
        "template_sql_file\n": collected.page(),
        "template_outcome_said": f"column {asked.label}" if asked.label else "no outcome is joined yet",
        "template_hours": str(asked.silent_hours),
        "template_moment": collected.moment,
        "template_version": collected.version,
        "template_result": str(predictions),
        "template_model": str(model),
        **part.words(),
    }
    values: dict[str, Value] = {
        "MOMENT": collected.moment,
        "VERSION": collected.version,
        "PREDICTION": _PREDICTION,
        "LABEL": asked.label or "",
        "FEATURES": collected.features,
    }
    files = rendered(("part", "monitoring"), Words(words=words, values=values))
    return Generated(
        into=folder(asked.into and site.path(asked.into), site.path(asked.path), part.name),
        files=(*files, *collected.files(predictions)),
        tables=(_signals(asked, collected, predictions),),
        gaps=(found.gap,) if found.gap else (),
        questions=(*_open(asked, collected, baseline), part.to_fill_in),
        following="the job setup once the baseline is there, then the two trials of RUNBOOK.md",
        run_in=".",
    )


def _predictions(asked: SetupMonitoring, model: FullName) -> FullName:
    if asked.table is None and asked.endpoint is None:
        raise UsageError(
            "neither --table nor --endpoint: where predictions are not kept there is nothing to watch; batch-inference "
            "writes a job that keeps them, an inference table keeps those of an endpoint"
        )
    default = FullName(catalog=model.catalog, schema=model.schema, name=f"{model.name}_predictions")
    return full_name("--table", asked.table or str(default), "ml.models.churn_predictions")


def _collected(asked: SetupMonitoring, model: FullName, predictions: FullName, found: Known) -> Collected:
    keys = columns("--keys", asked.keys) or found.key
    moment, version = (
        column("--time-column", asked.time_column, ""),
        column("--version-column", asked.version_column, ""),
    )
    label = None if asked.label is None else column("--label", asked.label, "")
    outcomes = None if asked.outcomes is None else full_name("--outcomes", asked.outcomes, "ml.gold.churned_customers")
    if outcomes is not None and (label is None or not keys):
        raise UsageError(
            "--outcomes needs --label, the column of the outcome, and --keys, which joins it to a prediction"
        )
    needs_moment(found, predictions, moment)
    for option, name in (
        ("--version-column", version),
        ("--table", _PREDICTION),
        *((("--label", label),) if label else ()),
    ):
        needs(found, predictions, option, name, ())
    aside = (*keys, moment, version, _PREDICTION, *((label,) if label else ()))
    features = columns("--features", asked.features)
    for name in features:
        needs(found, predictions, "--features", name, ())
    if asked.endpoint and not features:
        raise UsageError("--features is missing: a request is unpacked by the columns that callers send; name them")
    payload = f"{model.catalog}.{model.schema}.{(asked.endpoint or '').replace('-', '_')}_payload"
    return Collected(
        keys=keys,
        moment=moment,
        version=version,
        label=label,
        features=features or found.measures(but=aside),
        payload=full_name("--endpoint", payload, "") if asked.endpoint else None,
        outcomes=outcomes,
    )


def _of_bundle(baseline: FullName) -> dict[str, str]:
    """The baseline and the warehouse are variables of each target."""
    words = {
        _TABLE: f"{_TABLE}  baseline:\n    description: Scored held-out rows of the version in service. Full name.\n"
        "  warehouse:\n    description: Id of the SQL warehouse that alerts and statements run on.\n"
    }
    for target, name in (("dev", baseline.of_dev), ("prod", baseline)):
        line = f"      table: template_table_of_{target}\n"
        words[line] = f"{line}      baseline: {name}\n      warehouse: 0000000000000000\n"
    return words


def _signals(asked: SetupMonitoring, collected: Collected, predictions: FullName) -> Table:
    inputs = ", ".join(collected.features) or "none is known"
    truth = f"{asked.label}{f' from {collected.outcomes}' if collected.outcomes else ''}" if asked.label else "no label"
    rows = (
        ("Does it run?", f"age of the newest {collected.moment}", f"over {asked.silent_hours} h", "alert"),
        ("Are the inputs known?", inputs, "measured on the baseline, two windows", "alert"),
        ("Are the outputs plausible?", _PREDICTION, "measured on the baseline, two windows", "alert"),
        ("Is it right?", truth, "none: compare versions and windows", "whoever looks"),
    )
    return Table(title=f"Signals of {predictions}", columns=("question", "signal", "threshold", "who hears"), rows=rows)


def _open(asked: SetupMonitoring, collected: Collected, baseline: FullName) -> tuple[str, ...]:
    said = []
    if asked.baseline is None:
        said.append(
            f"where are the scored held-out rows? {baseline} is assumed, and the profile waits for it; --baseline"
        )
    if asked.endpoint:
        said.append(f"is {collected.payload} the payload table of {asked.endpoint}? Its AI gateway says")
    if asked.label is None:
        said.append("in which column do outcomes arrive? Without --label nobody can say whether the model is right")
    elif collected.outcomes is None:
        said.append(f"who writes {asked.label} into the predictions? --outcomes names a table to join it from")
    else:
        said.append(f"is {', '.join(collected.keys)} one prediction? A key that comes again gets its outcome each time")
    if not collected.features:
        said.append("which features does the model have? Only the prediction is watched for drift; --features")
    return (*said, "databricks.yml: which warehouse do the alerts run on?")


COMMAND = Generate(parameters=SetupMonitoring, generate=_generated, epilog=_EPILOG)
