"""`train-model`: training code for a model, with its split, its run, its tests and its job."""

from __future__ import annotations

from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.estimators import LIBRARIES, ModelType
from orchestrator.workflows.generate.learning.labelled import Asked, labelled
from orchestrator.workflows.generate.learning.names import FullName, experiment, full_name, package
from orchestrator.workflows.generate.learning.part import MLFLOW, PANDAS, SPARK, Part, folder
from orchestrator.workflows.generate.learning.templates import Words, rendered
from orchestrator.workflows.generate.shape import Generate, Generated

_EPILOG = """examples:
  orchestrate train-model --table ml.features.customers --label churned --time-column observed_at \\
      --features tenure_months,orders_90d --model-name ml.models.churn
  orchestrate train-model lightgbm --table ml_platform.monitoring.churn_training --label churned --workspace prod
"""


class TrainModel(Asked):
    """What is asked for."""

    model_type: ModelType = "sklearn"


def _generated(asked: TrainModel, site: Site) -> Generated:
    rows = labelled(asked, site)
    default = FullName(catalog=rows.table.catalog, schema=rows.table.schema, name=rows.label)
    model = full_name("--model-name", asked.model_name or str(default), "ml.models.churn")
    library = LIBRARIES[asked.model_type]
    part = Part(
        package=package("--model-name", f"{model.name}_training"),
        description=f"Trains {model.name} from {rows.table.name}.",
        writes=model,
        reads=rows.table,
        requires=(MLFLOW, PANDAS, *library.requires),
        develops=(SPARK,),
        scripts={"train": "train:main"},
    )
    words = {
        "template_library": library.module,
        "template_label": rows.label,
        "template_experiment": experiment(asked.experiment_name, part.name),
        **part.words(),
    }
    into = folder(asked.into and site.path(asked.into), site.path(asked.path), part.name)
    return Generated(
        into=into,
        files=rendered(
            ("part", "store", "training", f"models/{asked.model_type}"), Words(words=words, values=rows.values)
        ),
        tables=(rows.decisions,),
        gaps=rows.gaps,
        questions=(*rows.questions, part.to_fill_in),
        following=f"run-hyperparameter-tuning --path {into.name}, or validate-model once a version is registered",
        run_in=".",
    )


COMMAND = Generate(parameters=TrainModel, generate=_generated, epilog=_EPILOG)
