"""`create-ml-pipeline`: one bundle job from labelled rows to a promoted and used model."""

from __future__ import annotations

from typing import Literal

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.create_ml_pipeline.serving import SERVINGS
from orchestrator.workflows.generate.learning.columns import known
from orchestrator.workflows.generate.learning.estimators import LIBRARIES, ModelType
from orchestrator.workflows.generate.learning.labelled import Asked, Labelled, labelled
from orchestrator.workflows.generate.learning.names import FullName, experiment, full_name, package
from orchestrator.workflows.generate.learning.part import MLFLOW, PANDAS, SPARK, Part, folder
from orchestrator.workflows.generate.learning.results import statement
from orchestrator.workflows.generate.learning.templates import Words, rendered
from orchestrator.workflows.generate.shape import Generate, Generated

_EPILOG = """examples:
  orchestrate create-ml-pipeline churn --table ml.features.customers --label churned --time-column observed_at \\
      --keys customer_id --features tenure_months,orders_90d --score-table ml.features.customers_today
  orchestrate create-ml-pipeline churn --table ml.features.customers --label churned --serve endpoint --workspace prod
"""


class CreateMlPipeline(Asked):
    """What is asked for."""

    name: str
    model_type: ModelType = "sklearn"
    serve: Literal["batch", "endpoint", "none"] = "batch"
    score_table: str | None = None


def _generated(asked: CreateMlPipeline, site: Site) -> Generated:
    name = package("the name", asked.name)
    rows = labelled(asked, site)
    default = FullName(catalog=rows.table.catalog, schema="ml", name=name)
    model = full_name("--model-name", asked.model_name or str(default), "ml.models.churn")
    if asked.serve == "batch" and not rows.keys:
        raise UsageError(
            "--keys is missing: a prediction has to be found by something; name the columns, or --serve none"
        )
    serving = SERVINGS[asked.serve]
    library = LIBRARIES[asked.model_type]
    part = Part(
        package=name,
        description=f"From {rows.table.name} to a promoted model {model.name}.",
        writes=model,
        reads=rows.table,
        requires=tuple(sorted((MLFLOW, PANDAS, *library.requires, *serving.requires))),
        develops=(SPARK, "pyyaml>=6"),
        scripts={"train": "tasks:train_task", "promote": "tasks:promote_task", **serving.scripts},
    )
    into = folder(asked.into and site.path(asked.into), site.path(asked.path), part.name)
    to_score = full_name("--score-table", asked.score_table or f"{rows.table}_to_score", "ml.features.customers_today")
    words = {
        "template_library": library.module,
        "template_experiment": experiment(asked.experiment_name, part.name),
        **serving.words(to_score),
        "template_result": f"{model.schema}.{model.name}_predictions",
        "template_model": str(model),
        **part.words(),
    }
    folders = ("part", "store", "training", f"models/{asked.model_type}", "pipeline", *serving.folders)
    files = rendered(folders, Words(words=words, values=rows.values))
    if asked.serve == "batch":
        files = (*files, _result(asked, site, rows, model, to_score))
    return Generated(
        into=into,
        files=files,
        tables=(rows.decisions, _hand_over(rows)),
        gaps=rows.gaps,
        questions=(*rows.questions, *_assumed(asked, to_score), part.to_fill_in),
        following=f"databricks bundle deploy -t dev in {into.name}, then setup-monitoring once there are predictions",
        run_in=".",
    )


def _result(asked: CreateMlPipeline, site: Site, rows: Labelled, model: FullName, to_score: FullName) -> NewFile:
    result = FullName(catalog=model.catalog, schema=model.schema, name=f"{model.name}_predictions")
    found = known(rows.table, site, site.path(asked.path))
    return NewFile(path=f"sql/{result.name}.sql", text=statement(result, to_score, rows.keys, rows.features, found))


def _assumed(asked: CreateMlPipeline, to_score: FullName) -> tuple[str, ...]:
    if asked.serve != "batch" or asked.score_table is not None:
        return ()
    return (f"which table has the rows to score? {to_score} is assumed; --score-table names it",)


def _hand_over(rows: Labelled) -> Table:
    said = (
        ("rows", f"one version of {rows.table.name}, and a split that is a function of {rows.moment} and the day"),
        ("version", "its number, as a task value from train to promote; never the newest"),
        ("gate", "champion and challenger score the same held-out rows now; NaN, no rows or a failed answer refuse"),
        ("alias", "one task moves it, after previous was set"),
        ("environment", "catalog and tables are variables of the target"),
    )
    return Table(title="Hand-over", columns=("what", "rule"), rows=said)


COMMAND = Generate(parameters=CreateMlPipeline, generate=_generated, epilog=_EPILOG)
