"""Refuse a bundle plan that deletes or recreates what holds data. Standard library only; copy it to `ci/`.

    databricks bundle plan -t prod -o json > plan.json
    python3 check_plan.py plan.json --allow allowed-deletions.txt

Exit codes: 0 nothing that holds data goes, 1 something does (or an action is unknown), 2 this is no plan.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HARMLESS = frozenset({"skip", "create", "update", "update_id", "resize"})
DESTROYS = frozenset({"delete", "recreate"})
# Kinds whose deletion loses something that the next deployment does not bring back.
HOLDS_DATA = frozenset(
    {
        "catalogs",
        "database_catalogs",
        "database_instances",
        "experiments",
        "pipelines",
        "postgres_branches",
        "postgres_databases",
        "postgres_projects",
        "registered_models",
        "schemas",
        "secret_scopes",
        "synced_database_tables",
        "vector_search_indexes",
        "volumes",
    }
)
KEY_PARTS = 3


class PlanError(Exception):
    """What was read is not a plan of `databricks bundle plan -o json`."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One resource of the plan and what a deployment would do to it."""

    key: str
    action: str

    @property
    def kind(self) -> str:
        """`schemas` of `resources.schemas.orders`."""
        return self.key.split(".")[1]

    @property
    def loses_data(self) -> bool:
        """Whether data goes; grants and permissions of a resource (a fourth part of the key) hold none."""
        return self.action in DESTROYS and self.kind in HOLDS_DATA and self.key.count(".") < KEY_PARTS


def read_plan(path: Path) -> list[Step]:
    """The steps of the plan in its order.

    Raises:
        PlanError: the file is not JSON, or has no `plan` with resource keys.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PlanError(f"{path} is not JSON ({error}); is an error message of the CLI in it?") from error
    plan = document.get("plan") if isinstance(document, dict) else None
    if not isinstance(plan, dict):
        raise PlanError(f"{path} has no object `plan`; write it with `databricks bundle plan -o json`")
    bad = [key for key in plan if key.count(".") < KEY_PARTS - 1]
    if bad:
        raise PlanError(f"{path} has the key {bad[0]!r}; a resource is named like 'resources.jobs.load'")
    return [Step(key=key, action=str((entry or {}).get("action"))) for key, entry in plan.items()]


def read_allowed(path: Path | None) -> frozenset[str]:
    """The resource keys that may go; `#` starts a comment, and a file that is not there allows nothing."""
    if path is None or not path.exists():
        return frozenset()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def judge(steps: list[Step], allowed: frozenset[str]) -> tuple[list[str], bool]:
    """The lines to print, and whether the plan may be deployed."""
    unknown = [step for step in steps if step.action not in HARMLESS | DESTROYS]
    refused = [step for step in steps if step.loses_data and step.key not in allowed]
    stale = sorted(allowed - {step.key for step in steps if step.action in DESTROYS})
    counts = Counter(step.action for step in steps)
    lines = [
        "Plan: " + (", ".join(f"{number} {action}" for action, number in sorted(counts.items())) or "no resources")
    ]
    lines += [f"{step.action} {step.key}" for step in steps if step.action not in ("skip", "None")]
    lines += [f"REFUSED: {step.action} of {step.key} loses data; unbind it or allow it by name" for step in refused]
    lines += [f"REFUSED: unknown action {step.action!r} of {step.key}; read the notes of the CLI" for step in unknown]
    lines += [f"STALE: {key} is allowed to go, and the plan keeps it; remove the line" for key in stale]
    return lines, not refused and not unknown


def main(arguments: list[str] | None = None) -> int:
    """Print the verdict and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--allow", type=Path)
    options = parser.parse_args(arguments)
    try:
        steps = read_plan(options.plan)
    except (OSError, PlanError) as error:
        print(f"NO PLAN: {error}", file=sys.stderr)
        return 2
    lines, deployable = judge(steps, read_allowed(options.allow))
    print("\n".join(lines))
    return 0 if deployable else 1


if __name__ == "__main__":
    sys.exit(main())
