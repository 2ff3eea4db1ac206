"""A serving endpoint of production scales to zero, so its first callers wait for it to start.

What: `scale_to_zero_enabled: true` for a served entity of an endpoint in a target named or marked as production, or of
an endpoint whose own name says so.

Why: after half an hour without a request the endpoint has no compute; the next request waits until a container with the
model has started, seconds to minutes, and clients time out. Databricks advises it for development and tests alone.

Silent when: the target is for development or staging; the value is a variable that differs between targets; the entity
is a foundation or external model, which has no compute of its own; the bundle is a demo or a test.

Opt-in: an endpoint for a batch or an internal tool may wait.

Source: Databricks documentation, create model serving endpoints, scale to zero.

Bad::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - entity_name: main.ml.churn
                entity_version: "7"
                workload_size: Small
                scale_to_zero_enabled: true
    targets:
      prod:
        mode: production

Good: only where nobody waits::

    # file: databricks.yml
    bundle:
      name: churn
    variables:
      idle:
        default: true
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - entity_name: main.ml.churn
                entity_version: "7"
                workload_size: Small
                scale_to_zero_enabled: ${var.idle}
    targets:
      dev:
        mode: development
      prod:
        mode: production
        variables: {idle: false}

Good: a model of somebody else::

    # file: databricks.yml
    bundle:
      name: chat
    resources:
      model_serving_endpoints:
        chat:
          name: chat
          config:
            served_entities:
              - external_model: {name: claude, provider: anthropic, task: llm/v1/chat}
                scale_to_zero_enabled: true
    targets:
      prod:
        mode: production

Good: a demo::

    # file: demos/churn/databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - {entity_name: main.ml.churn, entity_version: "7", scale_to_zero_enabled: true}
    targets:
      prod:
        mode: production
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.model_serving_specialist._endpoints import target_endpoints
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="SRV001",
    name="scale-to-zero-in-production",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/machine-learning/model-serving/create-manage-serving-endpoints",),
)
_SETTING = "scale_to_zero_enabled"


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such entity, once for all targets."""
    seen: set[Location] = set()
    targets = [target for target in bundle.targets if target.is_production or target.is_named_production]
    for target in targets if role_of(bundle.path).is_serious else ():
        for key, place in _scaled_to_zero(target):
            if place not in seen:
                seen.add(place)
                yield Hit(
                    location=place,
                    message=f"endpoint `{key}` of `{target.name}` scales to zero: the first request after a pause "
                    "waits until a container has started; keep one up in production",
                    symbol=key,
                )


def _scaled_to_zero(target: Target) -> Iterator[tuple[str, Location]]:
    """The key of each endpoint with a model of its own that scales to zero, and where that is written."""
    for endpoint in target_endpoints(target):
        for entity in endpoint.entities:
            written = entity.scalar(_SETTING)
            if written is not None and entity.boolean(_SETTING) is True and not entity.map("external_model"):
                yield endpoint.key, (written.resolved_from or written).location
