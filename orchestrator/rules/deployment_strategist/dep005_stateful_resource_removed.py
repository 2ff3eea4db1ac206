"""A change takes a resource with data out of a bundle, or renames its key: the next deployment destroys it.

What: with `--diff`, a pipeline, schema, volume, catalog or database instance that a production target of the
base declares and the same target of the project does not, by its key.

Why: a bundle knows its resources by their keys. What is no longer there is deleted on the next deployment: a schema or
volume with its contents, a pipeline with every table that it made. Under a new key an empty one is made.

Silent when: no base is compared with; `lifecycle.prevent_destroy` makes the deployment fail instead; the pipeline sets
`cascade_on_destroy: false`, or the volume is external; the target or the whole bundle went, or only development had the
resource; Python makes resources of the bundle.

Source: Databricks documentation, bundle resources (`lifecycle`, `cascade_on_destroy`).

Bad: a schema goes::

    # before: databricks.yml
    bundle:
      name: shop
    resources:
      schemas:
        gold: {catalog_name: main, name: gold}
        silver: {catalog_name: main, name: silver}
    targets:
      prod: {mode: production}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      schemas:
        gold: {catalog_name: main, name: gold}
    targets:
      prod: {mode: production}

Bad: its file was deleted::

    # before: databricks.yml
    bundle: {name: shop}
    include: [resources/*.yml]
    # before: resources/storage.yml
    resources:
      volumes:
        landing: {catalog_name: main, schema_name: bronze, name: landing}
    # file: databricks.yml
    bundle: {name: shop}
    include: [resources/*.yml]

Bad: a key was made prettier::

    # before: databricks.yml
    bundle: {name: shop}
    include: [resources/*.yml]
    # before: resources/marts.yml
    resources:
      pipelines:
        pipeline1: {name: marts, catalog: main, schema: gold}
    # file: databricks.yml
    bundle: {name: shop}
    include: [resources/*.yml]
    # file: resources/marts.yml
    resources:
      pipelines:
        marts: {name: marts, catalog: main, schema: gold}

Good: the deployment would refuse, or the tables stay::

    # before: databricks.yml
    bundle:
      name: shop
    resources:
      schemas:
        silver: {catalog_name: main, name: silver, lifecycle: {prevent_destroy: true}}
      pipelines:
        marts: {name: marts, cascade_on_destroy: false}
    # file: databricks.yml
    bundle:
      name: shop

Good: it moved to another file, and jobs hold no data::

    # before: databricks.yml
    bundle:
      name: shop
    include: [resources/*.yml]
    resources:
      jobs:
        load: {name: load}
      schemas:
        silver: {catalog_name: main, name: silver}
    # file: databricks.yml
    bundle:
      name: shop
    include: [resources/*.yml]
    # file: resources/storage.yml
    resources:
      schemas:
        silver: {catalog_name: main, name: silver}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.deployment_strategist._state import STATEFUL, live, place, taken
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="DEP005",
    name="stateful-resource-removed",
    severity=Severity.HIGH,
    default=True,
    about_change=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/resources",),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every resource with data that the change takes out of a bundle that stays."""
    if facts.before is None or facts.change is None or not facts.project.bundles:
        return
    known = {bundle.path: bundle for bundle in facts.before.bundles}
    for bundle in facts.project.bundles:
        old = known.get(bundle.path)
        if old is not None and not (bundle.python_resources or old.python_resources):
            yield from _lost(facts, old, bundle)


def _lost(facts: Facts, old: Bundle, bundle: Bundle) -> Iterator[Hit]:
    seen: set[tuple[str, str]] = set()
    for target in live(old):
        after = bundle.target(target.name)
        for resource, renamed in taken(target, after) if after is not None and facts.change is not None else ():
            if (resource.kind, resource.key) in seen or facts.change is None:
                continue
            seen.add((resource.kind, resource.key))
            shown = f"{STATEFUL[resource.kind]} `{resource.key}`"
            what = f"the {shown} is now `{renamed}`" if renamed else f"the {shown} is no longer declared"
            yield Hit(
                location=place(facts.change, bundle, resource),
                message=f"{what}, so the next deployment of `{target.name}` destroys it with its data: keep the key, "
                "or unbind the resource first",
                symbol=f"{resource.kind}.{resource.key}",
            )
