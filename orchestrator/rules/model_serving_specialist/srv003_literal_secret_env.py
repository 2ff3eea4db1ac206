"""A serving endpoint is given a credential as a literal instead of a reference to a secret.

What: a literal for an environment variable of a served entity whose name says password, secret, token or key
(`environment_vars`), and a literal for the `..._plaintext` fields of an external model, in a bundle or in Python.

Why: everyone who may read the repository or view the endpoint has the credential, and the history of both keeps it. The
credential must be replaced; reports show only its first characters. A `{{secrets/scope/key}}` reference is filled when
the endpoint starts.

Silent when: the value is a `{{secrets/...}}` or `${...}` reference, is read by the code, is empty or a stand-in such
as `changeme`; the name tells where a secret is kept; nothing in the file speaks of an endpoint; the value has an
issuer's form, which is SEC001; or the file is a test.

Severity: critical; high in demos.

Source: Databricks documentation, configure access to resources from model serving endpoints; CWE-798.

Bad::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      model_serving_endpoints:
        assistant:
          name: assistant
          config:
            served_entities:
              - entity_name: main.agents.assistant
                entity_version: "3"
                environment_vars:
                  CRM_PASSWORD: Tr0ub4dor-and-3

Bad: an external model::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      model_serving_endpoints:
        chat:
          name: chat
          config:
            served_entities:
              - name: chat
                external_model:
                  name: gpt-5
                  provider: openai
                  task: llm/v1/chat
                  openai_config:
                    openai_api_key_plaintext: q8Xv2mN7pR4sT9wZ1bC6dF3gH5jK0lQa

Bad: in Python::

    from databricks.sdk.service.serving import ServedEntityInput

    entity = ServedEntityInput(
        entity_name="main.agents.assistant",
        entity_version="3",
        environment_vars={"CRM_API_KEY": "q8Xv2mN7pR4sT9wZ1bC6dF3gH5jK0lQa"},
    )

Bad: as a dictionary::

    client.create_endpoint(
        name="assistant",
        config={"served_entities": [{"environment_vars": {"CRM_PASSWORD": "Tr0ub4dor-and-3"}}]},
    )

Good::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      model_serving_endpoints:
        assistant:
          name: assistant
          config:
            served_entities:
              - entity_name: main.agents.assistant
                entity_version: "3"
                environment_vars:
                  CRM_PASSWORD: "{{secrets/crm/password}}"
                  CRM_TOKEN: ${var.token}
                  SECRET_SCOPE: crm-prod-1
                  LOG_LEVEL: DEBUG-2

Good: read or referred to::

    from databricks.sdk.service.serving import ServedEntityInput

    entity = ServedEntityInput(
        entity_name="main.agents.assistant",
        environment_vars={
            "CRM_API_KEY": "{{secrets/crm/key}}",
            "CRM_TOKEN": dbutils.secrets.get("crm", "token"),
            "CRM_PASSWORD": "<your-password>",
        },
    )

Good: no endpoint::

    runner.start(command="load", settings={"environment_vars": {"CRM_PASSWORD": "Tr0ub4dor-and-3"}})

Good: a test::

    # file: tests/test_endpoint.py
    from databricks.sdk.service.serving import ServedEntityInput

    entity = ServedEntityInput(environment_vars={"CRM_PASSWORD": "Tr0ub4dor-and-3"})
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.yaml import YamlMap, YamlScalar
from orchestrator.rules.model_serving_specialist._endpoints import endpoints
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.security_guardian._credentials import is_credential, names_credential

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.types import Location

RULE = Rule(
    id="SRV003",
    name="literal-secret-env",
    severity=Severity.CRITICAL,
    default=True,
    references=(
        "https://docs.databricks.com/machine-learning/model-serving/store-env-variable-model-serving",
        "https://cwe.mitre.org/data/definitions/798.html",
    ),
)
_VARIABLES = "environment_vars"
_PLAIN = "_plaintext"
_SERVING = ("served_entities", "served_models", "ServedEntityInput", "ServedModelInput", "external_model")


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every literal credential of an endpoint of the bundle."""
    seen: set[Location] = set()
    for key, name, scalar in _credentials(bundle):
        place = scalar.location
        if place not in seen and facts.role(place.path) is not Role.TEST:
            seen.add(place)
            yield _hit(facts, place, name, scalar.text, key)


def _credentials(bundle: Bundle) -> Iterator[tuple[str, str, YamlScalar]]:
    """The endpoint, the name and the value of each literal credential."""
    for endpoint in endpoints(bundle):
        for entity in endpoint.entities:
            found = ((name, scalar) for name, scalar in _settings(entity) if _is_literal(name, scalar.text))
            yield from ((endpoint.key, name, scalar) for name, scalar in found)


def _settings(entity: YamlMap) -> Iterator[tuple[str, YamlScalar]]:
    """The environment variables of an entity, and the plain credentials of its external model."""
    variables = entity.map(_VARIABLES)
    external = entity.map("external_model")
    configs = [node for _, node in external.items() if isinstance(node, YamlMap)] if external is not None else []
    for node in (variables, *configs):
        for name, value in node.items() if node is not None else ():
            if isinstance(value, YamlScalar) and (node is variables or name.endswith(_PLAIN)):
                yield name, value


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every literal credential of an endpoint that Python makes."""
    text = file.source.text
    if (_VARIABLES not in text and _PLAIN not in text) or not any(word in text for word in _SERVING):
        return
    if facts.role(file.path) is Role.TEST:
        return
    for name, node in _python_settings(file):
        value = file.string(node)
        if value is not None and _is_literal(name, value):
            yield _hit(facts, file.location(node), name, value, "")


def _python_settings(file: PythonFile) -> Iterator[tuple[str, ast.expr]]:
    for keyword in file.nodes(ast.keyword):
        if keyword.arg == _VARIABLES:
            yield from _entries(file, keyword.value)
        elif keyword.arg is not None and keyword.arg.endswith(_PLAIN):
            yield keyword.arg, keyword.value
    for node in file.nodes(ast.Dict):
        for name, value in _entries(file, node):
            if name == _VARIABLES:
                yield from _entries(file, value)
            elif name.endswith(_PLAIN):
                yield name, value


def _entries(file: PythonFile, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    found = file.value_of(node)
    for key, value in zip(found.keys, found.values, strict=True) if isinstance(found, ast.Dict) else ():
        name = file.string(key)
        if name is not None:
            yield name, value


def _is_literal(name: str, value: str) -> bool:
    return names_credential(name.removesuffix(_PLAIN)) and is_credential(value)


def _hit(facts: Facts, location: Location, name: str, value: str, symbol: str) -> Hit:
    return Hit(
        location=location,
        message=f"`{name}` of the endpoint is a literal, so everyone who can read this file or view the endpoint has "
        "it: replace the credential and refer to the new one as `{{secrets/scope/key}}`",
        severity=Severity.CRITICAL if facts.role(location.path).is_serious else Severity.HIGH,
        symbol=symbol,
        redact=(value,),
    )
