"""A declarative pipeline passes the dry run of Spark: its graph resolves, with no cycle and no unknown column."""

from __future__ import annotations

import os
from pathlib import Path

from orchestrator.workflows.generate.outside import run
from orchestrator.workflows.generate.validators import Target, Validated

NAME = "pipeline dry run"
SECONDS = 300.0
LOOPBACK = ("--conf", "spark.connect.grpc.binding.address=127.0.0.1")
SPEC = "spark-pipeline.yml"
RESOLVED = "every table and column resolves"


def validate(target: Target) -> Validated | None:
    """Whether `spark-pipelines dry-run` passes; nothing where no pipeline was generated."""
    spec = next((file.path for file in target.files if file.path.rpartition("/")[2] == SPEC), None)
    if spec is None:
        return None
    if not target.full:
        return Validated(name=NAME, standing="not run", detail="give --check full")
    program = Path(target.python).parent / "spark-pipelines"
    if not program.is_file():
        said = f"no spark-pipelines beside {target.python}; name by --python one with pyspark[pipelines]"
        return Validated(name=NAME, standing="not run", detail=said)
    target.progress("asking Spark for a dry run")
    folder = (target.into / spec).parent
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # A port of its own, on this machine alone: two dry runs at once would take the same one, open to the network.
    more = {"PATH": path, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_TESTING": "1", "PYTHONPATH": str(folder)}
    ended = run([str(program), *LOOPBACK, "dry-run"], folder, seconds=SECONDS, more=more)
    return Validated(
        name=NAME,
        standing="passed" if ended.code == 0 else "failed",
        detail=_told(ended.said) if ended.code else RESOLVED,
    )


def _told(said: str) -> str:
    """What failed, without the frames of Java and the warnings around it."""
    lines = [
        line for line in said.splitlines() if not line.startswith(("\tat ", "WARNING", "Picked up")) and line.strip()
    ]
    return "\n".join(lines)[-400:]
