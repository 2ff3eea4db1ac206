"""Defects of data products: contracts, freshness, alerts, deployments, shares, tags, and what a policy misses."""

from planting import Mutator, edits

_CONTRACT = """
# file: contracts/orders.odcs.yaml
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:shop:orders
name: orders
version: 1.2.0
status: active§
team:
  name: shop
  members:
    - username: shop-owners@example.com
      role: owner
schema:
  - name: orders
    physicalName: orders
    physicalType: table
    properties:
      - name: order_id
        logicalType: integer
        physicalType: BIGINT
        required: true
      - name: amount§
        logicalType: number
        physicalType: DECIMAL(12,2)§
      - name: ordered_at§
        logicalType: timestamp
        physicalType: TIMESTAMP§
servers:
  - server: prod
    type: databricks
    catalog: main
    schema: gold
slaProperties:
  - property: frequency
    value: 1
    unit: d
    element: orders.ordered_at
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:§
      schedule: {quartz_cron_expression: "0 0 2 * * ?", timezone_id: UTC}§
      email_notifications: {on_failure: [shop-alerts@example.com]}
      tasks:
        - task_key: orders
          sql_task: {warehouse_id: abc, file: {path: sql/orders.sql}}
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: sql/orders.sql
CREATE TABLE IF NOT EXISTS main.gold.orders (
  order_id BIGINT NOT NULL,
  amount DECIMAL(12, 2),
  ordered_at TIMESTAMP
);
INSERT OVERWRITE main.gold.orders SELECT order_id, amount, ordered_at FROM main.silver.orders;
"""
_PLAIN = _CONTRACT.replace("§", "")

_DEPLOY = """
# file: .github/workflows/deploy.yml
name: deploy
on:
  push: {branches: [main]}
permissions: {id-token: write}
jobs:
  production:
    runs-on: ubuntu-latest
    env:
      DATABRICKS_AUTH_TYPE: github-oidc
      DATABRICKS_CLIENT_ID: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91
    steps:
      - uses: actions/checkout@v4
      - run: databricks bundle validate --strict -t prod
      - run: databricks bundle deploy -t prod§
# file: databricks.yml
bundle: {name: shop}
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
"""

_SHARE = """
CREATE TABLE main.gold.visits (visit_id BIGINT, shop STRING, visited_at TIMESTAMP);
CREATE TABLE main.gold.customers (customer_id BIGINT, email STRING, phone STRING);
CREATE VIEW main.gold.customer_counts AS SELECT count(*) AS customers FROM main.gold.customers;
ALTER SHARE partner ADD TABLE main.gold.visits;
"""

_RECIPIENT = """
import time
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.sharing import AuthenticationType

w = WorkspaceClient()
partner = w.recipients.create(§
    name="partner",
    authentication_type=AuthenticationType.TOKEN,
    expiration_time=int((time.time() + 30 * 86400) * 1000),
)
print("made", partner.name)
"""

_POLICY = """
ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
ALTER TABLE main.silver.staff ALTER COLUMN phone SET TAGS ('pii' = 'phone');
ALTER TABLE main.silver.visits SET TAGS ('data_owner' = 'shop');
ALTER TABLE main.silver.orders SET TAGS ('data_owner' = 'shop');
ALTER TABLE main.silver.parcels SET TAGS ('data_owner' = 'shop');
CREATE FUNCTION main.gov.hide(value STRING) RETURN IF(is_account_group_member('support'), value, '***');
CREATE POLICY hide_personal ON CATALOG main COLUMN MASK main.gov.hide TO `account users`§
FOR TABLES MATCH COLUMNS has_tag('pii') AS c ON COLUMN c;§
"""


def _of(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="project", clean=clean, edits=edits(*given))


def _sql(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="sql", clean=clean, edits=edits(*given))


def _python(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="python", clean=clean, edits=edits(*given))


MUTATORS = (
    _of(
        "CON001",
        _PLAIN,
        ("a section misspelt", "\nschema:\n", "\nschemas:\n"),
        ("no version of the standard", "apiVersion: v3.1.0\nkind: DataContract\n", "kind: DataContract§\n"),
        ("an unknown type", "logicalType: number", "logicalType: decimal"),
        ("a flag that is a word", "required: true", 'required: "yes"'),
        ("a column twice", "      - name: amount\n", "      - name: order_id\n"),
        ("a column without a name", "      - name: amount\n        logicalType", "      - logicalType"),
        ("a promise about no column", "orders.ordered_at", "orders.updated_at"),
        (
            "columns as a mapping",
            "    properties:\n      - name: order_id\n        logicalType: integer\n",
            "    properties:\n      - order_id: integer\n",
        ),
    ),
    _of(
        "CON002",
        _CONTRACT,
        ("a column that the table lacks", "      - name: amount§\n", "      - name: total_amount\n"),
        ("another type", "physicalType: BIGINT", "physicalType: STRING"),
        ("a narrower number in the table", "  amount DECIMAL(12, 2),\n", "  amount INT,\n"),
        ("a date for a time", "  ordered_at TIMESTAMP\n", "  ordered_at DATE\n"),
        ("the table lost the column", "  amount DECIMAL(12, 2),\n", ""),
    ),
    _of(
        "SLA003",
        _CONTRACT,
        ("promised hourly, run daily", "    value: 1\n    unit: d\n", "    value: 1§\n    unit: h§\n"),
        ("promised daily, run on Mondays", '"0 0 2 * * ?"', '"0 0 2 ? * MON"§'),
        ("promised daily, run monthly", '"0 0 2 * * ?"', '"0 0 2 1 * ?"§'),
        (
            "freshness in minutes",
            "property: frequency\n    value: 1\n    unit: d\n",
            "property: freshness§\n    value: 30§\n    unit: minutes§\n",
        ),
    ),
    _of(
        "SLA001",
        _CONTRACT,
        ("nobody is told", "      email_notifications: {on_failure: [shop-alerts@example.com]}\n", ""),
        ("told of success only", "{on_failure:", "{on_success:"),
    ),
    _of(
        "DPA001",
        _CONTRACT,
        (
            "no owner",
            "team:\n  name: shop\n  members:\n    - username: shop-owners@example.com\n      role: owner\n",
            "description: {purpose: Orders.}\n",
        ),
    ),
    _of(
        "DEP001",
        _DEPLOY,
        (
            "a stored token",
            "      DATABRICKS_AUTH_TYPE: github-oidc\n      DATABRICKS_CLIENT_ID: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91\n",
            "      DATABRICKS_HOST: ${{ vars.HOST }}\n      DATABRICKS_TOKEN: ${{ secrets.DATABRICKS_TOKEN }}\n",
        ),
    ),
    _of(
        "DEP001",
        _DEPLOY.replace(
            "    env:\n      DATABRICKS_AUTH_TYPE: github-oidc\n      DATABRICKS_CLIENT_ID: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91\n",
            "",
        ),
        (
            "a stored token of the step",
            "deploy -t prod§\n",
            'deploy -t prod§\n        env: {DATABRICKS_TOKEN: "${{ secrets.PROD_TOKEN }}"}\n',
        ),
    ),
    _of(
        "DEP003",
        _DEPLOY,
        ("force", "deploy -t prod", "deploy -t prod --force"),
        ("force-lock", "deploy -t prod", "deploy --force-lock --target prod"),
        ("destroy", "databricks bundle deploy -t prod", "databricks bundle destroy -t prod --auto-approve"),
        (
            "in a script of several lines",
            "- run: databricks bundle deploy -t prod",
            "- run: |\n          databricks bundle validate -t prod\n          databricks bundle deploy \\\n            --target prod \\\n            --force",
        ),
    ),
    _sql(
        "SHR001",
        _SHARE,
        ("a raw table", "ADD TABLE main.gold.visits", "ADD TABLE main.bronze.visits"),
        ("a table of people", "ADD TABLE main.gold.visits", "ADD TABLE main.gold.customers"),
        ("a raw schema", "ADD TABLE main.gold.visits", "ADD SCHEMA main.raw"),
        (
            "a raw table under another name",
            "ADD TABLE main.gold.visits",
            "ADD TABLE main.landing.visits AS gold.visits",
        ),
    ),
    _python(
        "SHR002",
        _RECIPIENT,
        ("no end and no addresses", "    expiration_time=int((time.time() + 30 * 86400) * 1000),\n", ""),
        ("only a comment", "expiration_time=int((time.time() + 30 * 86400) * 1000)", 'comment="for the partner"'),
    ),
    _python(
        "SHR003",
        _RECIPIENT.replace("§", ""),
        ("the link printed", 'print("made", partner.name)', "print(partner.tokens[0].activation_url)"),
        (
            "the link in a log",
            'print("made", partner.name)',
            'import logging\nlogging.getLogger("s").info("link: %s", partner.tokens[0].activation_url)',
        ),
        (
            "the link through a variable",
            'print("made", partner.name)',
            'link = partner.tokens[0].activation_url\nprint(f"open {link}")',
        ),
        ("all tokens displayed", 'print("made", partner.name)', "display(partner.tokens)"),
    ),
    _sql(
        "ACL005",
        _POLICY,
        ("a tag that is never set", "has_tag('pii')", "has_tag('personal')"),
    ),
    # Not in an f-string: which catalog `{catalog}` is, the code does not say, and it may be the policy's own.
    Mutator(
        rule="ACL005",
        kind="sql",
        clean=_POLICY,
        into=("file", "jupyter", "literal", "magic", "notebook", "variable"),
        edits=edits(("a policy of another catalog", "ON CATALOG main COLUMN", "ON CATALOG archive COLUMN")),
    ),
    _sql(
        "CLS002",
        _POLICY.replace("§", ""),
        ("another case", "visits SET TAGS ('data_owner'", "visits SET TAGS ('Data_Owner'§"),
        ("a hyphen", "visits SET TAGS ('data_owner'", "visits SET TAGS ('data-owner'§"),
    ),
    _sql(
        "AUD001",
        "SELECT event_time, user_identity.email, action_name FROM system.access.audit WHERE event_date > current_date() - 7 AND action_name = 'getSecret';",
        ("no date", "event_date > current_date() - 7 AND action_name", "action_name"),
        ("a column that is not there", "user_identity.email", "user_email"),
        ("the service by another name", "action_name FROM", "service FROM"),
    ),
    _of(
        "MSC004",
        """
# file: sql/grants.sql
GRANT EXECUTE ON MODEL main.ml.churn TO `scoring`;
# file: databricks.yml
bundle: {name: shop}
resources:
  registered_models:
    churn:
      name: churn
      catalog_name: main
      schema_name: ml
      grants:
        - principal: scoring§
          privileges: [EXECUTE]
""",
        ("to everyone", "principal: scoring", "principal: account users"),
        ("SELECT on a model", "GRANT EXECUTE", "GRANT SELECT"),
    ),
    _python(
        "MON002",
        """
from databricks.sdk import WorkspaceClient

w = WorkspaceClient()
tables = w.tables.list("main", "gold")
""",
        (
            "the old interface of the client",
            'w.tables.list("main", "gold")',
            'w.quality_monitors.get("main.gold.orders")',
        ),
        (
            "the old package",
            "from databricks.sdk import WorkspaceClient\n",
            "from databricks.sdk import WorkspaceClient\nfrom databricks import lakehouse_monitoring as lm§\n",
        ),
    ),
)
