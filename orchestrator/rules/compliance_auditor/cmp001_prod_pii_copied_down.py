"""Rows about people are copied from a production catalog to one for development or tests.

What: CREATE TABLE AS, CLONE, INSERT or MERGE in SQL, and `saveAsTable`, `insertInto` or `writeTo` in PySpark, from a
catalog that is production by its name to one that is for development, tests or a sandbox by its name, where the table
is about people by its name, or personal columns are selected, and nothing masks them.

Why: the copy has other readers, no masks, no row filters and no erasure: they belong to the production table. Copies
for tests are the usual way in which personal data leaves the place where it was accounted for.

Severity: high; medium for a shallow clone, whose files stay in production but whose masks do not follow.

Silent when: a column is masked, hashed, nulled or made synthetic on the way; the columns that are listed hold nothing
personal; the names of catalogs do not tell; the file is a test or a demo.

Source: GDPR, article 5 (purpose limitation, data minimisation) and article 25; ISO 27001:2022, A.8.33 test
information.

Bad::

    # file: src/refresh.sql
    CREATE OR REPLACE TABLE dev.crm.customers DEEP CLONE prod.crm.customers;

Bad: columns of a person, whatever the table is called::

    # file: src/refresh.sql
    INSERT OVERWRITE sandbox.crm.extract SELECT id, email, date_of_birth FROM prod.crm.consents WHERE id % 10 = 0;

Bad: in PySpark::

    spark.table("sales_prod.silver.customers").sample(0.1).write.mode("overwrite").saveAsTable("sales_dev.silver.customers")

Good: masked on the way::

    # file: src/refresh.sql
    CREATE OR REPLACE TABLE dev.crm.customers AS
    SELECT customer_id, sha2(concat(secret('crm', 'key'), email), 256) AS email, country FROM prod.crm.customers;

Good: nothing personal is taken::

    # file: src/refresh.sql
    CREATE OR REPLACE TABLE dev.crm.customers AS SELECT customer_id, country, segment FROM prod.crm.customers;
    CREATE OR REPLACE TABLE dev.ref.stores DEEP CLONE prod.ref.stores;

Good: towards production, or within it::

    # file: src/publish.sql
    CREATE OR REPLACE TABLE prod.crm.customers AS SELECT * FROM staging.crm.customers;
    CREATE OR REPLACE TABLE prod.gold.customers AS SELECT * FROM prod.silver.customers;

Good: dropped or masked in PySpark::

    people = spark.table("prod.silver.customers").drop("email", "phone", "full_name")
    people.write.saveAsTable("dev.silver.customers")
    masked(spark.table("prod.silver.customers")).write.saveAsTable("dev.silver.customers")
    spark.table("prod.silver.customers").groupBy("country").count().write.saveAsTable("dev.silver.customers")

Good: the catalog is not told::

    spark.table(f"{source}.silver.customers").write.saveAsTable(f"{target}.silver.customers")

Good: a test::

    # file: tests/copy.sql
    CREATE TABLE dev.crm.customers DEEP CLONE prod.crm.customers;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import RootKind
from orchestrator.code.personal import personal_kind
from orchestrator.code.roles import Role
from orchestrator.code.tables import name_parts, normalised
from orchestrator.rules.compliance_auditor._environments import environment, is_of_people
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit, Statement, TableName
    from orchestrator.code.writes import Write

RULE = Rule(
    id="CMP001",
    name="prod-pii-copied-down",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/security/privacy/gdpr-delta",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO})
_UPPER = re.compile(r"(?:prod|prd|live|production)[\d_-]*\w*\.\w")
_LOWER = re.compile(r"(?:dev|test|tst|qa|uat|sandbox|sbx|nonprod|scratch|playground|development)[\d_-]*\w*\.\w")
_HIDING = re.compile(
    r"mask|sha1|sha2|md5|hash|encrypt|anonym|pseudo|redact|scrub|token|fake|synth|\bnull\s+as\b|overlay\s*\(|\bdrop\b",
    re.IGNORECASE,
)
_KEEPING = frozenset(
    {"filter", "where", "limit", "sample", "orderBy", "sort", "distinct", "dropDuplicates", "cache", "persist", "alias",
     "repartition", "coalesce", "select", "table", "read", "format", "option", "write", "mode"}
)  # fmt: skip


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every statement that takes people from production down."""
    text = unit.template.text.lower()
    if not _LOWER.search(text) or not _UPPER.search(text):
        return
    for statement in unit.statements:
        target = statement.target if statement.kind in _COPIES else None
        if target is None or environment(target.catalog) != "below" or facts.role(unit.path) in _PLAY:
            continue
        source = next((name for name in _sources(statement) if environment(name.catalog) == "production"), None)
        if source is None or _HIDING.search(statement.text):
            continue
        personal = _personal_columns(statement)
        if personal or (personal is None and is_of_people(source.table)):
            yield _hit(statement, source, target, personal or ())


_COPIES = frozenset({"CREATE TABLE", "CLONE", "INSERT", "INSERT OVERWRITE", "MERGE"})


def _sources(statement: Statement) -> tuple[TableName, ...]:
    from orchestrator.code.sql import Clone

    details = statement.details if statement.kind == "CLONE" else None
    if isinstance(details, Clone) and details.source is not None:
        return (details.source,)
    return statement.reads


def _personal_columns(statement: Statement) -> tuple[str, ...] | None:
    """The personal columns that the query selects as they are; None where it takes all columns."""
    from sqlglot import exp

    if statement.kind in {"CLONE", "MERGE"}:
        return None
    tree = statement.query_tree
    if tree is None or any(isinstance(each, exp.Star) for each in getattr(tree, "selects", ())):
        return None
    names = (each.name for each in getattr(tree, "selects", ()) if isinstance(each, exp.Column))
    return tuple(name for name in names if personal_kind(name))


def _hit(statement: Statement, source: TableName, target: TableName, personal: tuple[str, ...]) -> Hit:
    from orchestrator.code.sql import Clone

    is_shallow = isinstance(statement.details, Clone) and statement.details.kind == "shallow"
    what = f" ({', '.join(personal[:3])})" if personal else ""
    return Hit(
        location=statement.location(),
        message=_message(source.qualified, target.qualified, what),
        severity=Severity.MEDIUM if is_shallow else Severity.HIGH,
    )


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every write of a production table about people to a catalog below production."""
    text = file.source.text.lower()
    if not _LOWER.search(text) or not _UPPER.search(text) or facts.role(file.path) in _PLAY:
        return
    for write in facts.writes(file):
        target = normalised(file.pattern(write.target) or "") if write.to_table else ""
        if environment(_catalog(target)) != "below" or not _is_kept(write):
            continue
        for root in write.frame.roots:
            source = normalised(file.pattern(root.target) or "") if root.kind is RootKind.TABLE else ""
            if environment(_catalog(source)) == "production" and _is_personal(file, write, source):
                yield Hit(location=file.call_location(write.call), message=_message(source, target, ""))


def _catalog(name: str) -> str | None:
    parts = name_parts(name)
    return parts[0] if len(parts) == 3 and "{" not in parts[0] else None


def _is_kept(write: Write) -> bool:
    """Whether the rows go as they are: nothing drops, replaces or counts columns on the way."""
    return all(call.name in _KEEPING for call in write.frame.operations) and not write.frame.joined


def _is_personal(file: PythonFile, write: Write, source: str) -> bool:
    select = write.frame.operation("select")
    if select is None:
        return is_of_people(name_parts(source)[-1])
    return any(personal_kind(file.string(given) or "") for given in select.node.args)


def _message(source: str, target: str, what: str) -> str:
    return (
        f"rows about people go from production (`{source}`) to `{target}`{what}, where no mask, filter or erasure "
        "of the original reaches them; mask or drop what is personal on the way, or make synthetic rows"
    )
