"""The study over the executors of a cluster: several trials at once, kept in the experiment and resumed by name."""

from __future__ import annotations

import mlflow
import optuna
from mlflow.optuna.storage import MlflowStorage
from mlflow.pyspark.optuna.study import MlflowSparkStudy

PARALLEL = 4


class ParallelStudy(MlflowSparkStudy):
    """A study that always runs so many trials at once, and whose storage makes the runs of its trials."""

    def optimize(self, func: optuna.study.study.ObjectiveFuncType, **arguments: object) -> None:
        """Run the trials; `callbacks` are left out, since the executors have no run of the driver open."""
        arguments.pop("callbacks", None)
        super().optimize(func, n_jobs=PARALLEL, **arguments)


def opened_study(name: str) -> optuna.Study:
    """The study of that name in the experiment of the run that is open.

    It takes no direction on older runtimes and minimises; it has no seed, since each task would try the same points.
    """
    run = mlflow.active_run()
    storage = MlflowStorage(experiment_id=run.info.experiment_id)
    return ParallelStudy(study_name=name, storage=storage)
