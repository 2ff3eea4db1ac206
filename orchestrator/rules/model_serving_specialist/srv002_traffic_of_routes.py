"""The routes of a serving endpoint do not add up to 100 %, or name something that it does not serve.

What: `traffic_config.routes` of an endpoint in a bundle, or `TrafficConfig(routes=[Route(...)])` in Python, whose
percentages are all literals and do not sum to 100; and a route of a bundle to a `served_entity_name` (or
`served_model_name`) that no entity of the endpoint has.

Why: the API refuses such a configuration, and it does so after the rest of the deployment was made: the new version of
the model is registered, the jobs point to it, and the endpoint keeps the old one.

Silent when: a percentage or a name is a reference or computed, an entity has no name of its own (its name is then made
from the model and the version), or the routes are unpacked or built elsewhere.

Source: Databricks documentation, serve multiple models to a model serving endpoint; databricks-sdk 0.156, `Route`.

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
              - name: current
                entity_name: main.churn.classifier
                entity_version: "3"
              - name: next
                entity_name: main.churn.classifier
                entity_version: "4"
            traffic_config:
              routes:
                - served_model_name: current
                  traffic_percentage: 95
                - served_model_name: next
                  traffic_percentage: 10

Bad: a route to nothing::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - name: current
                entity_name: main.churn.classifier
                entity_version: "3"
            traffic_config:
              routes:
                - served_entity_name: curent
                  traffic_percentage: 100

Bad: in Python::

    from databricks.sdk.service.serving import Route, TrafficConfig

    traffic = TrafficConfig(
        routes=[
            Route(served_model_name="current", traffic_percentage=90),
            Route(served_model_name="next", traffic_percentage=20),
        ]
    )

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
              - name: current
                entity_name: main.churn.classifier
                entity_version: "3"
              - name: next
                entity_name: main.churn.classifier
                entity_version: "4"
            traffic_config:
              routes:
                - served_model_name: current
                  traffic_percentage: 90
                - served_model_name: next
                  traffic_percentage: 10

Good: a reference, and a name that the service makes::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
          config:
            served_entities:
              - entity_name: main.churn.classifier
                entity_version: "3"
            traffic_config:
              routes:
                - served_model_name: classifier-3
                  traffic_percentage: ${var.share}

Good: all of it goes to one, and what is computed::

    from databricks.sdk.service.serving import Route, TrafficConfig

    traffic = TrafficConfig(routes=[Route(served_model_name="current", traffic_percentage=100)])
    canary = TrafficConfig(
        routes=[
            Route(served_model_name="current", traffic_percentage=100 - share),
            Route(served_model_name="next", traffic_percentage=share),
        ]
    )

Good: another `Route`::

    from web import Route, TrafficConfig

    routes = TrafficConfig(routes=[Route(served_model_name="current", traffic_percentage=20)])
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.rules.model_serving_specialist._endpoints import Endpoint, endpoints
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.yaml import YamlMap
    from orchestrator.types import Location

RULE = Rule(
    id="SRV002",
    name="traffic-of-routes",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/machine-learning/model-serving/serve-multiple-models-to-serving-endpoint",
    ),
)
_ALL = 100
_NAMES = ("served_entity_name", "served_model_name")


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every endpoint whose routes do not share out all of its traffic among what it serves."""
    seen: set[Location] = set()
    for endpoint in endpoints(bundle):
        traffic = endpoint.config.map("traffic_config")
        routes = traffic.maps("routes") if traffic is not None else ()
        for location, message in _problems(endpoint, traffic, routes):
            if location not in seen:
                seen.add(location)
                yield Hit(location=location, message=message, symbol=endpoint.key)


def _problems(
    endpoint: Endpoint, traffic: YamlMap | None, routes: tuple[YamlMap, ...]
) -> Iterator[tuple[Location, str]]:
    shares = [route.integer("traffic_percentage") for route in routes]
    total = sum(share for share in shares if share is not None)
    if traffic is not None and shares and None not in shares and total != _ALL:
        yield traffic.key_location("routes"), _sum_message(f"`{endpoint.key}`", total)
    names = {entity.text("name") for entity in endpoint.entities}
    if not names or None in names or any("${" in (name or "") for name in names):
        return
    for route in routes:
        key = next((key for key in _NAMES if route.text(key)), None)
        name = route.text(key) if key else None
        if key is not None and name is not None and "${" not in name and name not in names:
            known = ", ".join(f"`{each}`" for each in sorted(filter(None, names)))
            what = f"this route of `{endpoint.key}` leads to `{name}`, which the endpoint does not serve ({known})"
            yield route.key_location(key), f"{what}; the API refuses it"


@RULE.on_python
def check_python(file: PythonFile, _facts: Facts) -> Iterator[Hit]:
    """Every literal list of routes that does not sum to 100."""
    if not file.imports_any("databricks.sdk"):
        return
    for call in file.calls_named("TrafficConfig"):
        routes = call.argument(0, "routes")
        value = file.value_of(routes) if routes is not None else None
        shares = [_share(file, each) for each in value.elts] if isinstance(value, ast.List) else []
        total = sum(share for share in shares if share is not None)
        if shares and None not in shares and total != _ALL:
            yield Hit(location=file.call_location(call), message=_sum_message("this endpoint", total))


def _share(file: PythonFile, node: ast.expr) -> int | None:
    route = as_call(node)
    share = file.constant(route.argument(0, "traffic_percentage")) if route is not None else None
    return share if isinstance(share, int) and not isinstance(share, bool) else None


def _sum_message(what: str, total: int) -> str:
    return f"the routes of {what} sum to {total} % of its traffic and not to {_ALL}; the API refuses the configuration"
