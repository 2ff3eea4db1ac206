"""`run-hyperparameter-tuning`: an Optuna search beside the training code that it tunes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.estimators import LIBRARIES, ModelType
from orchestrator.workflows.generate.learning.names import experiment
from orchestrator.workflows.generate.learning.templates import Words, rendered
from orchestrator.workflows.generate.learning.written import Written, written
from orchestrator.workflows.generate.shape import Generate, Generated

_FINAL_FIT = 3600
"""Seconds that a job has beside its search, for reading and the final fit."""
_SLOTS = 4
_EPILOG = """examples:
  orchestrate run-hyperparameter-tuning --path churn-training
  orchestrate run-hyperparameter-tuning --path churn-training --metric log_loss --trials 200 --timeout 7200 --parallel 8
"""


class RunHyperparameterTuning(Parameters):
    """What is asked for."""

    model_type: ModelType | None = None
    experiment_name: str | None = None
    metric: Literal["auc", "average_precision", "log_loss", "brier"] = "auc"
    trials: int = Field(default=60, ge=1, le=10_000)
    timeout: int = Field(default=3600, ge=10, le=7 * 86_400)
    parallel: int = Field(default=1, ge=1, le=256)
    path: Path = Path()
    into: Path | None = None


def _generated(asked: RunHyperparameterTuning, site: Site) -> Generated:
    part = written(site.path(asked.path))
    if asked.model_type not in {None, part.model_type}:
        raise UsageError(
            f"--model-type {asked.model_type}: the training code of {part.folder.name} is {part.model_type}"
        )
    if asked.into is not None and site.path(asked.into).resolve() != part.folder.resolve():
        raise UsageError(
            f"--into {str(asked.into)!r}: a search stands in the package that it tunes, {str(part.folder)!r}"
        )
    where = "tuning_one" if asked.parallel == 1 else "tuning_spark"
    name = part.package.replace("_", "-")
    words = {
        "template_library": LIBRARIES[part.model_type].module,
        "template_experiment": experiment(asked.experiment_name, f"{part.experiment or name}-tuning"),
        "template_job_seconds": str(asked.timeout + _FINAL_FIT),
        "template_trials": str(asked.trials),
        "template_timeout": str(asked.timeout),
        "template_workers": str(-(-asked.parallel // _SLOTS)),
        "template_schema": part.schema,
        "template_name": part.model,
        "template_part": part.package,
        "template-part": name,
    }
    values = {"METRIC": asked.metric, "PARALLEL": asked.parallel}
    return Generated(
        into=part.folder,
        files=rendered(("tuning", where, f"spaces/{part.model_type}"), Words(words=words, values=values)),
        tables=(_decisions(asked, part, words["template_experiment"]),),
        notes=(f"the code of {part.folder.name} is not changed: the job of the search installs Optuna itself",),
        questions=_questions(asked),
        following="start the job tune, then validate-model on the version that it registers",
        run_in=".",
    )


def _questions(asked: RunHyperparameterTuning) -> tuple[str, ...]:
    if asked.parallel == 1:
        return ()
    return (
        "which node type has the cloud? The job assumes m5d.xlarge with four cores (variable node_type)",
        "the search over executors was not run here: its tests run trials on one machine",
    )


def _decisions(asked: RunHyperparameterTuning, part: Written, place: str) -> Table:
    rows = (
        (
            "parts",
            "training, validation for the objective, test for the final fit",
            "those of rows.py; trials have no test",
        ),
        ("direction", f"minimise a loss of {asked.metric}", "the same for every study"),
        ("space", f"space.py, for {part.model_type}", "each name is a parameter of model.py"),
        ("limits", f"{asked.trials} trials, {asked.timeout} s", "both"),
        ("parallel", str(asked.parallel), "with a seed" if asked.parallel == 1 else "no seed: tasks would share it"),
        ("failure", "a failed trial has no score", "it cannot win"),
        ("runs", place, "one below the search for each trial; none registers a model"),
    )
    return Table(title="Decisions", columns=("decision", "value", "why"), rows=rows)


COMMAND = Generate(parameters=RunHyperparameterTuning, generate=_generated, epilog=_EPILOG)
