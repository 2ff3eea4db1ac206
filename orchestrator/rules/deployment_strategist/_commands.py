"""The `databricks bundle` commands of CI definitions, and the target that each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.bundle.model import names_production
from orchestrator.code.yaml import YamlMap

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.workflow import CiStep, CiWorkflow
    from orchestrator.types import Location

_COMMAND = re.compile(r"^(?!\s*(?:#|echo\b)).*?\bbundle[ \t]+(deploy|destroy)\b([^\n;&|#]*)", re.MULTILINE)
_CONTINUED = re.compile(r"\\\n")
_TARGET = re.compile(r"(?:^|\s)(?:-t|--target)[ \t=]+(?:\"([^\"]*)\"|'([^']*)'|(\$\{\{.*?\}\}|\S+))")
_VARIABLE = re.compile(r"\$\{\{\s*env\.(\w+)\s*\}\}|\$\{(\w+)\}|\$\((\w+)\)|\$(\w+)")
_LITERAL = re.compile(r"'([\w-]+)'")
_TARGET_VARIABLES = ("DATABRICKS_BUNDLE_TARGET", "DATABRICKS_BUNDLE_ENV")


class Command(NamedTuple):
    """One deployment or destruction: `options` are what follows the verb, `target` is None where it is not known."""

    workflow: CiWorkflow
    step: CiStep
    verb: str
    options: str
    target: str | None
    location: Location

    def has(self, flag: str) -> bool:
        """Whether the flag is given, and not switched off."""
        found = re.search(rf"(?:^|\s){re.escape(flag)}(?:=(\w+))?(?=\s|$)", self.options)
        return found is not None and found[1] != "false"


def commands(facts: Facts) -> Iterator[Command]:
    """Every deployment and destruction of a bundle by CI, in the order of the files."""
    for workflow in facts.project.workflows:
        for step in workflow.steps:
            text = _CONTINUED.sub("  ", step.run or "")
            for found in _COMMAND.finditer(text) if "bundle" in text else ():
                yield Command(workflow, step, found[1], found[2], _target(step, found[2]), _place(step, found[0]))


def of_production(command: Command) -> bool:
    """Whether the command is, or can be, about a target that is named production."""
    return command.target is not None and any(names_production(name) for name in command.target.split("|"))


def is_manual(workflow: CiWorkflow) -> bool:
    """Whether only a person starts the workflow."""
    node = workflow.root.get("on")
    events = set(node) if isinstance(node, YamlMap) else {each.text for each in workflow.root.scalars("on")}
    events |= {workflow.root.text("on") or ""} - {""}
    return workflow.kind == "github" and bool(events) and events <= {"workflow_dispatch"}


def _target(step: CiStep, options: str) -> str | None:
    """The target's name, several joined by `|` where an expression chooses; None where it is not known."""
    found = _TARGET.search(options)
    text = next((part for part in found.groups() if part), "") if found else ""
    if found is None:
        text = next((step.env[name].text for name in _TARGET_VARIABLES if name in step.env), "")
    variable = _VARIABLE.fullmatch(text)
    if variable is not None:
        known = step.env.get(next(part for part in variable.groups() if part))
        text = known.text if known is not None else ""
    if "${{" in text:
        return "|".join(_LITERAL.findall(text.partition("&&")[2])) or None
    return text if re.fullmatch(r"[\w.-]+", text) else None


def _place(step: CiStep, command: str) -> Location:
    """The line of the step on which the command begins."""
    node, first = step.run_node, command.strip().split("  ")[0][:60]
    if node is None:
        return step.location
    lines = node.source.lines
    for number in range(node.start_line, min(node.end_line, len(lines)) + 1):
        if first in lines[number - 1]:
            return node.source.location(number)
    return step.location
