"""A serving endpoint of production keeps no record of its requests and answers.

What: a custom model in an endpoint of a target that serves production, without an inference table
(`ai_gateway.inference_table_config.enabled`) and without `telemetry_config`.

Why: nobody can compute drift, compare with what really happened, or answer what the model said to a customer last week:
the payloads are gone once they are sent. A table that is switched on later begins empty.

Silent when: the endpoint serves foundation or external models only; a setting is a variable; the older
`auto_capture_config` is on, which another rule reports as deprecated; the bundle is a demo or a test.

Opt-in: payloads with personal data may not be kept, or the application keeps them itself.

Source: Databricks documentation, AI Gateway inference tables.

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
              - {entity_name: main.ml.churn, entity_version: "7", workload_size: Small, scale_to_zero_enabled: false}
    targets:
      prod:
        mode: production

Bad: switched off::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - {entity_name: main.ml.churn, entity_version: "7", workload_size: Small, scale_to_zero_enabled: false}
          ai_gateway:
            inference_table_config: {enabled: false}
    targets:
      prod:
        mode: production

Good::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - {entity_name: main.ml.churn, entity_version: "7", workload_size: Small, scale_to_zero_enabled: false}
          ai_gateway:
            inference_table_config: {enabled: true, catalog_name: main, schema_name: ml_logs}
    targets:
      prod:
        mode: production

Good: a model of somebody else, and a target for development::

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
    targets:
      prod:
        mode: production
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.bundle_validator._deployment import live_targets
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.yaml import YamlMap
    from orchestrator.types import Location

RULE = Rule(
    id="MON001",
    name="endpoint-not-logged",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/ai-gateway/inference-tables",),
)


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such endpoint, once for all targets."""
    seen: set[Location] = set()
    for target in live_targets(bundle) if role_of(bundle.path).is_serious else ():
        for endpoint in target.endpoints:
            if endpoint.location not in seen and _serves_own_model(endpoint.node) and not _is_logged(endpoint.node):
                seen.add(endpoint.location)
                yield Hit(
                    location=endpoint.location,
                    message=f"endpoint `{endpoint.key}` keeps no request and no answer: drift and quality cannot be "
                    "measured later; enable `ai_gateway.inference_table_config`",
                    symbol=endpoint.key,
                )


def _serves_own_model(endpoint: YamlMap) -> bool:
    config = endpoint.map("config")
    entities = (*config.maps("served_entities"), *config.maps("served_models")) if config is not None else ()
    return any("external_model" not in entity and "foundation_model" not in entity for entity in entities)


def _is_logged(endpoint: YamlMap) -> bool:
    """Whether an inference table or telemetry is on, or set by what is not known here."""
    holders = ((endpoint.map("ai_gateway"), "inference_table_config"), (endpoint.map("config"), "auto_capture_config"))
    tables = [holder.map(name) for holder, name in holders if holder is not None]
    is_on = any(table is not None and table.boolean("enabled") is not False for table in tables)
    return is_on or "telemetry_config" in endpoint
