"""The resources of a bundle load in the types of the package databricks-bundles, where that is installed.

The package is under the Databricks licence and no part of ours: it is asked in the interpreter that was named.
"""

from __future__ import annotations

from pathlib import Path

from orchestrator.workflows.generate.outside import run
from orchestrator.workflows.generate.validators import Target, Validated

NAME = "bundle loads"
SECONDS = 60.0
_PROGRAM = """
import importlib, pathlib, sys, yaml
kinds = {"jobs": ("jobs", "Job"), "pipelines": ("pipelines", "Pipeline"), "schemas": ("schemas", "Schema"),
         "volumes": ("volumes", "Volume"), "alerts": ("alerts", "Alert"), "dashboards": ("dashboards", "Dashboard"),
         "experiments": ("experiments", "MlflowExperiment"), "quality_monitors": ("quality_monitors", "QualityMonitor"),
         "registered_models": ("registered_models", "RegisteredModel")}
count = 0
for name in sys.argv[1:]:
    for kind, found in ((yaml.safe_load(pathlib.Path(name).read_text()) or {}).get("resources") or {}).items():
        if kind not in kinds:
            continue
        module, cls = kinds[kind]
        made = getattr(importlib.import_module(f"databricks.bundles.{module}"), cls)
        for key, value in found.items():
            try:
                made.from_dict(value)
            except Exception as error:
                sys.exit(f"{name}: resources.{kind}.{key}: {error}")
            count += 1
print(f"{count} resources")
"""


def validate(target: Target) -> Validated | None:
    """Whether every resource loads; nothing where no bundle was generated."""
    files = [file.path for file in target.files if file.path.endswith((".yml", ".yaml")) and "resources:" in file.text]
    if not files:
        return None
    if not target.full:
        return Validated(name=NAME, standing="not run", detail="give --check full")
    probe = run([target.python, "-c", "import databricks.bundles, yaml"], target.into, seconds=SECONDS)
    if probe.code != 0:
        said = f"{target.python} lacks databricks-bundles and pyyaml, which know the types of resources"
        return Validated(name=NAME, standing="not run", detail=said)
    ended = run([target.python, "-c", _PROGRAM, *_paths(target.into, files)], target.into, seconds=SECONDS)
    return Validated(name=NAME, standing="passed" if ended.code == 0 else "failed", detail=ended.said)


def _paths(into: Path, files: list[str]) -> list[str]:
    return [str(into / path) for path in files]
