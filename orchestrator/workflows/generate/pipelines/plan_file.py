"""A plan as YAML: what is empty is left out, and what is short stands on one line."""

from __future__ import annotations

from orchestrator.workflows.generate.pipelines.plan import Plan
from orchestrator.workflows.generate.pipelines.yaml_text import mapping_lines

_HEAD = "# `orchestrate work-pipeline {name}` builds this plan. Edit it, and delete a question when it is answered."


def plan_text(plan: Plan) -> str:
    """The file."""
    found = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "\n".join([_HEAD.format(name=plan.pipeline.name), *mapping_lines(found), ""])
