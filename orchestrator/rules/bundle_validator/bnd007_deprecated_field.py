"""The bundle sets a field that is deprecated.

What: a field of a job, pipeline, cluster, serving endpoint or other resource that the models of the resources mark as
deprecated, such as `client` in an environment, `target` of a pipeline or `served_models` of an endpoint; the section
`environments` for `targets`; the Terraform engine. High is `development: true` of a pipeline where it reaches a target
with `mode: production`.

Why: a deprecated field works until the release that drops it, and its documentation is gone before that. Whoever copies
the bundle next spreads it, and a setting that the product has moved away from no longer gets what was built since. A
target in production mode is not deployed at all while one of its pipelines has `development: true`.

Silent when: `continuous` or `development` is set to false, which only states the default; the bundle is an example or a
test, which may show a field because it is deprecated. The fix is safe where the key alone changes; a replacement that
needs thought is only named.

Source: databricks-bundles 1.22.1, the docstrings of its models; Databricks CLI, warnings, change log and what it checks
of `mode: production` (`process_target_mode.go`).

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          environments:
            - environment_key: default
              spec:
                client: "2"
                dependencies: [pandas]
          tasks: []

Bad: the section of targets had another name once::

    # file: databricks.yml
    bundle:
      name: orders
    environments:
      dev:
        mode: development

Bad: a replacement that needs thought::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          target: gold

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_models:
              - model_name: main.ml.churn
                model_version: "3"

Bad: a target of its own sets it::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          schema: gold
    targets:
      dev:
        mode: development
        resources:
          pipelines:
            marts:
              development: true

Bad: the target in production mode is refused::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          schema: gold
          development: true
    targets:
      dev:
        mode: development
      prod:
        mode: production

Good: development by the mode of the target::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          schema: gold
    targets:
      dev:
        mode: development
      prod:
        mode: production
        resources:
          pipelines:
            marts:
              development: false

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          schema: gold
          continuous: false
          development: false
      jobs:
        load:
          environments:
            - environment_key: default
              spec:
                environment_version: "4"
                dependencies: [pandas]
          tasks: []
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - entity_name: main.ml.churn
                entity_version: "3"
    targets:
      dev:
        mode: development

Bad: the engine that was replaced::

    # file: databricks.yml
    bundle:
      name: orders
      engine: terraform

Good: the engine of today::

    # file: databricks.yml
    bundle:
      name: orders
      engine: direct

Good: an example that shows every field::

    # file: examples/all_fields/databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          catalog: main
          target: gold

Good: the same words elsewhere::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          parameters:
            - name: client
              default: retail
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: /Workspace/Shared/load
                base_parameters: {target: gold, client: retail}

Fixed::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          environments:
            - environment_key: default
              spec:
                environment_version: "2"
                dependencies: [pandas]
          tasks: []

Fixed::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      dev:
        mode: development
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Edit, Fix, Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.platform import DeprecatedField
    from orchestrator.code.yaml import YamlMap, YamlScalar
    from orchestrator.types import Location

RULE = Rule(
    id="BND007",
    name="deprecated-field",
    severity=Severity.LOW,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/settings",),
)


class _Use(NamedTuple):
    """A map of the bundle that sets a deprecated field, and the resource that it belongs to."""

    field: DeprecatedField
    holder: YamlMap
    owner: str


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every deprecated key, once, whatever the number of targets that share it."""
    seen = set()
    if not role_of(bundle.path).is_serious:
        return
    refused = _refused(bundle)
    written = tuple(field for field in facts.platform.deprecated_fields if _is_written(bundle, field))
    for use in _uses(bundle, written):
        name = use.field.path.rpartition(".")[2]
        key = use.holder.key(name)
        if key is None or key.location in seen or not _counts(use, name):
            continue
        seen.add(key.location)
        target = refused.get(key.location)
        yield Hit(
            location=key.location,
            message=_message(use, name) if target is None else _refusal(use, target),
            severity=Severity.HIGH if target is not None else None,
            fix=_fix(use, key),
            symbol=use.owner.strip("`"),
        )


def _message(use: _Use, name: str) -> str:
    instead = f"; use `{use.field.replacement}`" if use.field.replacement else ""
    value = f": {use.field.value}" if use.field.value else ""
    return f"`{name}{value}` of {use.owner} is deprecated{instead}. {use.field.note}"


def _refusal(use: _Use, target: str) -> str:
    return (
        f"`development: true` of {use.owner} holds in target `{target}`, which has `mode: production`: the CLI refuses "
        f"to deploy that. {use.field.note}"
    )


def _refused(bundle: Bundle) -> dict[Location, str]:
    """The keys that put a pipeline of a target with `mode: production` into development, each with such a target."""
    return {
        key.location: target.name
        for target in reversed(bundle.targets)
        if target.mode == "production"
        for pipeline in target.pipelines
        if pipeline.development and (key := pipeline.node.key("development")) is not None
    }


def _is_written(bundle: Bundle, field: DeprecatedField) -> bool:
    """Whether the key occurs anywhere in the bundle's files: a cheap look before a dear one."""
    name = field.path.rpartition(".")[2]
    return any(name in file.source.text for file in bundle.files)


def _uses(bundle: Bundle, fields: tuple[DeprecatedField, ...]) -> Iterator[_Use]:
    for field in fields:
        if not field.resource:
            yield from (_Use(field, holder, "the bundle") for holder in bundle.root.holders(field.path))
            continue
        for target in (*bundle.targets, bundle.base):
            for resource in target.resources(field.resource):
                yield from (_Use(field, each, f"`{resource.key}`") for each in resource.node.holders(field.path))


def _counts(use: _Use, name: str) -> bool:
    """Whether the value makes it a use: the deprecated value where only one is, and not a stated default."""
    if use.field.value is not None:
        return use.holder.text(name) == use.field.value
    return use.holder.boolean(name) is not False


def _fix(use: _Use, key: YamlScalar) -> Fix | None:
    """The renamed key, where that is all that changes and the key stands plainly on one line."""
    new = use.field.replacement
    start, end = key.span.start_column, key.span.end_column
    plain = key.start_line == key.end_line and end - start == len(key.raw)
    if new is None or not use.field.safe_rename or new in use.holder or not plain:
        return None
    line = key.start_line
    edit = Edit(
        path=key.source.path, start_line=line, start_column=start, end_line=line, end_column=end, replacement=new
    )
    return Fix(description=f"rename `{key.raw}` to `{new}`", edits=(edit,), safe=True)
