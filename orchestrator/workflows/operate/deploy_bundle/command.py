"""`deploy-bundle [PATH] -t TARGET`: what the files of a bundle say, compared with what is live, and deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.bundles.deploying import Asked, Engine, desired
from orchestrator.workflows.operate.shape import Desired, Operate

_EPILOG = """examples:
  orchestrate deploy-bundle . -t dev --workspace sandbox
  orchestrate deploy-bundle . -t prod --workspace prod --var catalog=main
  orchestrate deploy-bundle . -t prod --workspace prod --apply --approve 3f9a0c1d2e4b
"""
Name = Annotated[str, Field(min_length=1, max_length=500)]


class DeployBundle(Parameters):
    """What is asked for."""

    path: Path = Path()
    target: str = Field(default="dev", min_length=1, max_length=200)
    var: tuple[Name, ...] = Field(default=(), max_length=100)
    engine: Engine = "auto"
    adopt: tuple[Name, ...] = Field(default=(), max_length=100)
    remove: tuple[Name, ...] = Field(default=(), max_length=100)


def _desired(asked: DeployBundle, site: Site) -> Desired:
    return desired(
        Asked(
            path=asked.path,
            target=asked.target,
            variables=asked.var,
            engine=asked.engine,
            adopt=asked.adopt,
            remove=asked.remove,
        ),
        site,
    )


COMMAND = Operate(parameters=DeployBundle, desired=_desired, epilog=_EPILOG)
