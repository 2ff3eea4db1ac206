"""`deploy-workflow JOB -t TARGET`: one job of a bundle with all that it refers to, deployed and run once if wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.bundles.deploying import Asked, Engine, desired
from orchestrator.workflows.operate.shape import Desired, Operate

_EPILOG = """examples:
  orchestrate deploy-workflow hourly -t dev --workspace sandbox
  orchestrate deploy-workflow hourly -t dev --run --minutes 30 --workspace dev
  orchestrate deploy-workflow hourly -t dev --run --workspace dev --apply --approve 3f9a0c1d2e4b
"""
Name = Annotated[str, Field(min_length=1, max_length=500)]


class DeployWorkflow(Parameters):
    """What is asked for."""

    job: str = Field(min_length=1, max_length=300)
    path: Path = Path()
    target: str = Field(default="dev", min_length=1, max_length=200)
    run: bool = False
    minutes: int = Field(default=60, ge=1, le=1_440)
    var: tuple[Name, ...] = Field(default=(), max_length=100)
    engine: Engine = "auto"
    adopt: tuple[Name, ...] = Field(default=(), max_length=100)


def _desired(asked: DeployWorkflow, site: Site) -> Desired:
    return desired(
        Asked(
            path=asked.path,
            target=asked.target,
            variables=asked.var,
            engine=asked.engine,
            adopt=asked.adopt,
            job=asked.job,
            minutes=asked.minutes if asked.run else 0,
        ),
        site,
    )


COMMAND = Operate(parameters=DeployWorkflow, desired=_desired, epilog=_EPILOG)
