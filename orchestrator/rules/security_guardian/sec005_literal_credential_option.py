"""A password or key is given as a literal to a reader, a setting or a connection.

What: a literal for an option, Spark setting, connection argument or environment variable whose name says password,
secret, token or key (`option("password", ...)`, `fs.azure.account.key...`, `spark_env_vars`), and a password inside a
JDBC address.

Why: everyone who may read the repository, the notebook or the cluster's configuration can use the account, and its
history keeps the value. The credential must be replaced; reports show only its first characters.

Silent when: the value is read (`dbutils.secrets.get`, the environment), a `{{secrets/...}}` or `${...}` reference,
empty, or a stand-in such as `password`, `changeme` or `<your-key>`; the name tells where a secret is kept (a scope, a
path, a provider); the host is the own machine; the file is a test; or the value has an issuer's form, which is SEC001.

Source: Databricks documentation, secret management; CWE-798.

Bad::

    orders = (
        spark.read.format("jdbc")
        .option("url", url)
        .option("user", "loader")
        .option("password", "Tr0ub4dor-and-3")
        .load()
    )

Bad: a Spark setting, through a constant::

    KEY = "q8Xv2mN7pR4sT9wZ1bC6dF3gH5jK0lQaWm=="
    spark.conf.set("fs.azure.account.key.lake.dfs.core.windows.net", KEY)

Bad: properties::

    properties = {"user": "loader", "password": "Tr0ub4dor-and-3"}
    orders = spark.read.jdbc(url, "orders", properties=properties)

Bad: inside an address::

    orders = spark.read.jdbc("jdbc:sqlserver://db.corp.net;user=loader;password=Tr0ub4dor-and-3", "orders")

Bad: a connection::

    import psycopg2

    connection = psycopg2.connect(host="db.corp.net", user="loader", password="Tr0ub4dor-and-3")

Bad: in a bundle::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                spark_env_vars:
                  CRM_PASSWORD: Tr0ub4dor-and-3

Good::

    orders = (
        spark.read.format("jdbc")
        .option("url", url)
        .option("password", dbutils.secrets.get("crm", "password"))
        .load()
    )
    spark.conf.set("fs.azure.account.key.lake.dfs.core.windows.net", dbutils.secrets.get("lake", "key"))

Good: where a secret is kept, and stand-ins::

    frame = spark.read.format("crm").option("secret_scope", "crm-prod").option("password", "<your-password>").load()
    other = spark.read.format("crm").option("tokenFile", "/Volumes/main/ops/tokens/crm").option("password", "").load()
    spark.conf.set("ai.max_token", "4096")

Good: the own machine::

    reader = spark.read.format("jdbc").option("url", "jdbc:postgresql://localhost/x").option("password", "s3same-open")

Good: names that only the run knows::

    spark.conf.set(name(), "Tr0ub4dor-and-3")
    spark.read.jdbc(url, "orders", properties={name(): "Tr0ub4dor-and-3", **more})

Good: an option of a command line::

    import click

    @click.command()
    @click.option("--client-secret", "client_secret_of_app")
    def export(client_secret_of_app):
        print("exported")

Good: references in a bundle::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                spark_env_vars:
                  CRM_PASSWORD: "{{secrets/crm/password}}"
                  CRM_TOKEN: ${var.token}
                spark_conf:
                  fs.azure.sas.token.provider.type.lake: org.example.SasProvider

Good: data of a test::

    # file: tests/test_options.py
    def test_options(spark):
        assert reader(spark).option("password", "Tr0ub4dor-and-3")
    # file: tests/bundle/databricks.yml
    bundle:
      name: orders
    variables:
      cluster:
        default:
          spark_env_vars:
            CRM_PASSWORD: Tr0ub4dor-and-3
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.security_guardian._credentials import is_credential, names_credential, password_in_url

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.yaml import YamlNode
    from orchestrator.types import Location

RULE = Rule(
    id="SEC005",
    name="literal-credential-option",
    severity=Severity.CRITICAL,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/security/secrets/",
        "https://cwe.mitre.org/data/definitions/798.html",
    ),
)
_PAIRS = ("option", "set", "config")
_KEYWORDS = ("options", "connect", "WorkspaceClient", "ClientSecretCredential", "MongoClient", "Redis", "create_client")
_MAPPINGS = {"jdbc": "properties", "mount": "extra_configs", "options": "options", "setAll": "pairs"}
_LOCAL = ("localhost", "127.0.0.1")


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Literals behind credential names in calls."""
    if facts.role(file.path) is Role.TEST:
        return
    for name, node in _settings(file):
        value = file.string(node)
        if value is None or not names_credential(name) or not is_credential(value) or _is_local(file, node):
            continue
        yield _hit(facts, file.location(node), f"`{name}`", value)
    for call in file.calls_named("option", "jdbc", "create_engine", "connect"):
        url = call.argument(1 if call.name == "option" else 0, "url")
        value = password_in_url(file.pattern(url) or "") if url is not None else None
        if value is not None and url is not None:
            yield _hit(facts, file.location(url), "the password in the address", value)


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Literals in Spark settings and environment variables."""
    for file in bundle.files:
        if facts.role(file.source.path) is Role.TEST:
            continue
        for name, value, location in _yaml_settings(file.root):
            if names_credential(name) and is_credential(value):
                yield _hit(facts, location, f"`{name}`", value)


def _settings(file: PythonFile) -> Iterator[tuple[str, ast.expr]]:
    """Every name and value that a call gives to a reader, a session or a connection."""
    for call in file.calls_named(*_PAIRS):
        key, value = call.argument(0, "key"), call.argument(1, "value")
        name = file.pattern(key) if key is not None and value is not None else None
        if name and value is not None:
            yield name, value
    for call in file.calls_named(*_KEYWORDS):
        yield from ((given.arg, given.value) for given in call.node.keywords if given.arg)
    for call in file.calls_named(*_MAPPINGS):
        yield from _mapping(file, call)


def _mapping(file: PythonFile, call: Call) -> Iterator[tuple[str, ast.expr]]:
    """The entries of a dictionary that a call is given by keyword, by place or by `**`."""
    given = [call.argument(-1, _MAPPINGS[call.name]), *call.node.args]
    given += [keyword.value for keyword in call.node.keywords if keyword.arg is None]
    for node in given:
        found = file.value_of(node) if node is not None else None
        for key, value in zip(found.keys, found.values, strict=True) if isinstance(found, ast.Dict) else ():
            name = file.pattern(key) if key is not None else None
            if name:
                yield name, value


def _is_local(file: PythonFile, node: ast.expr) -> bool:
    """Whether the statement around a value speaks of the own machine."""
    statement = file.statement(node)
    text = file.text(statement) if statement is not None else ""
    return any(host in text for host in _LOCAL)


def _yaml_settings(root: YamlNode) -> Iterator[tuple[str, str, Location]]:
    from orchestrator.code.yaml import YamlList, YamlMap, YamlScalar

    waiting: list[YamlNode] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, YamlList):
            waiting.extend(node)
        for key, value in node.items() if isinstance(node, YamlMap) else ():
            if key in {"spark_conf", "spark_env_vars", "environment_variables"} and isinstance(value, YamlMap):
                pairs = ((name, each) for name, each in value.items() if isinstance(each, YamlScalar))
                yield from ((name, each.raw, each.location) for name, each in pairs)
            else:
                waiting.append(value)


def _hit(facts: Facts, location: Location, what: str, value: str) -> Hit:
    severity = Severity.CRITICAL if facts.role(location.path).is_serious else Severity.HIGH
    return Hit(
        location=location,
        message=f"{what} is a literal, so everyone who can read this file has it: replace the "
        "credential and read the new one with `dbutils.secrets.get` or a `{{secrets/...}}` reference",
        severity=severity,
        redact=(value,),
    )
