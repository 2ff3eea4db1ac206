"""CI definitions: GitHub Actions workflows, GitLab pipelines and Azure Pipelines, read into one list of steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from orchestrator.code.yaml import YamlList, YamlMap, YamlScalar, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlNode
    from orchestrator.types import Location

CiKind: TypeAlias = Literal["github", "gitlab", "azure"]

_GITHUB = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml\Z")
_GITLAB = re.compile(r"(?:.*/)?\.gitlab-ci\.ya?ml\Z")
_AZURE = re.compile(r"(?:.*/)?(?:\.?azure-pipelines?(?:[-.][\w.-]+)?|\.azuredevops/[\w./-]+)\.ya?ml\Z")
_GITLAB_SETTINGS = frozenset(
    {"default", "image", "include", "pages", "services", "spec", "stages", "variables", "workflow", "cache"}
)
_AZURE_RUNS = ("script", "bash", "pwsh", "powershell")
_AZURE_INLINE = ("inlineScript", "script")
_AZURE_STRATEGIES = ("strategy", "runOnce", "deploy", "rolling", "canary", "preDeploy", "postRouteTraffic")


@dataclass(frozen=True, kw_only=True, eq=False)
class CiStep:
    """One step: the commands it runs or the action it uses, in the job that holds it.

    `env` is the environment of step, job and workflow together, the nearest first to count; values may be expressions.
    """

    job: str
    name: str | None
    run: str | None
    uses: str | None
    env: Mapping[str, YamlScalar]
    condition: str | None
    run_node: YamlScalar | None
    location: Location
    node: YamlNode
    job_node: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class CiWorkflow:
    """One CI definition; `steps` are in the order of the file."""

    source: SourceFile
    kind: CiKind
    root: YamlMap
    name: str | None
    steps: tuple[CiStep, ...]

    @property
    def path(self) -> str:
        """The project-relative path of the file."""
        return self.source.path

    def jobs(self) -> tuple[str, ...]:
        """The names of the jobs that have steps, in order."""
        return tuple(dict.fromkeys(step.job for step in self.steps))


def ci_kind(path: str) -> CiKind | None:
    """Which CI system the path belongs to, None where it is none of those we read."""
    for kind, pattern in _KINDS:
        if pattern.match(path):
            return kind
    return None


def parse_workflow(source: SourceFile) -> CiWorkflow | None:
    """The CI definition that the file holds, None where its path is not one or it is not YAML; never raises."""
    kind = ci_kind(source.path)
    root = parse_yaml(source).map if kind else None
    if kind is None or root is None:
        return None
    steps = {"github": _github_steps, "gitlab": _gitlab_steps, "azure": _azure_steps}[kind]
    return CiWorkflow(source=source, kind=kind, root=root, name=root.text("name"), steps=tuple(steps(root)))


_KINDS: tuple[tuple[CiKind, re.Pattern[str]], ...] = (("github", _GITHUB), ("gitlab", _GITLAB), ("azure", _AZURE))


def _github_steps(root: YamlMap) -> Iterator[CiStep]:
    jobs = root.map("jobs")
    for key, job in jobs.items() if jobs else ():
        if not isinstance(job, YamlMap):
            continue
        for step in job.maps("steps"):
            yield CiStep(
                job=key,
                name=step.text("name"),
                run=step.text("run"),
                uses=step.text("uses"),
                env=_environment(root, job, step),
                condition=step.text("if") or job.text("if"),
                run_node=step.scalar("run"),
                location=step.location,
                node=step,
                job_node=job,
            )


def _gitlab_steps(root: YamlMap) -> Iterator[CiStep]:
    for key, job in root.items():
        if not isinstance(job, YamlMap) or key in _GITLAB_SETTINGS:
            continue
        for section in ("before_script", "script", "after_script"):
            for command in _commands(job.get(section)):
                yield CiStep(
                    job=key,
                    name=key,
                    run=command.text,
                    uses=None,
                    env=_environment(root, job),
                    condition=_gitlab_condition(job),
                    run_node=command,
                    location=command.location,
                    node=command,
                    job_node=job,
                )


def _gitlab_condition(job: YamlMap) -> str | None:
    rules = [rule.text("if") for rule in job.maps("rules")]
    branches = [branch.text for branch in job.scalars("only")]
    return " or ".join(each for each in (*rules, *branches) if each) or None


def _commands(node: YamlNode | None) -> Iterator[YamlScalar]:
    if isinstance(node, YamlScalar) and node.value is not None:
        yield node
    elif isinstance(node, YamlList):
        for element in node:
            yield from _commands(element)


def _azure_steps(root: YamlMap) -> Iterator[CiStep]:
    yield from _azure_nested(root, "", (root,))


def _azure_nested(node: YamlMap, job: str, outer: tuple[YamlMap, ...]) -> Iterator[CiStep]:
    for step in node.maps("steps"):
        yield _azure_step(step, job, outer)
    for section in ("stages", "jobs"):
        for inner in node.maps(section):
            name = inner.text("job") or inner.text("deployment") or inner.text("stage") or job
            yield from _azure_nested(inner, name, (*outer, inner))
    for section in _AZURE_STRATEGIES:
        strategy = node.map(section)
        if strategy is not None:
            yield from _azure_nested(strategy, job, outer)


def _azure_step(step: YamlMap, job: str, outer: tuple[YamlMap, ...]) -> CiStep:
    inputs = step.map("inputs")
    run = next((found for key in _AZURE_RUNS if (found := step.scalar(key))), None)
    if run is None and inputs is not None:
        run = next((found for key in _AZURE_INLINE if (found := inputs.scalar(key))), None)
    conditions = (node.text("condition") for node in (step, *reversed(outer)))
    return CiStep(
        job=job,
        name=step.text("displayName") or step.text("name"),
        run=run.text if run else None,
        uses=step.text("task") or step.text("template"),
        env=_environment(*outer, step),
        condition=next((condition for condition in conditions if condition), None),
        run_node=run,
        location=step.location,
        node=step,
        job_node=outer[-1],
    )


def _environment(*outer_first: YamlMap) -> Mapping[str, YamlScalar]:
    found: dict[str, YamlScalar] = {}
    for node in outer_first:
        for section in ("variables", "env"):
            settings = node.map(section)
            pairs = settings.items() if settings else ()
            found.update((key, value) for key, value in pairs if isinstance(value, YamlScalar))
        for variable in node.maps("variables"):
            scalar = variable.scalar("value")
            if scalar is not None:
                found[variable.text("name") or ""] = scalar
    return found
