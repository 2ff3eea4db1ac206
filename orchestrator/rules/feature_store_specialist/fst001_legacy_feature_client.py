"""The code imports the legacy Feature Store client, which knows nothing of features in Unity Catalog.

What: an import from `databricks.feature_store`.

Why: the package of that name is deprecated since 0.17.0, and `FeatureStoreClient` is the client of the workspace's
own feature store: what was built since for tables in Unity Catalog is in `FeatureEngineeringClient` alone.
`FeatureLookup` and `FeatureFunction` are the same classes under both names: their import is renamed, by itself unless
the project installs the old package.

Severity: medium for the client, low for the classes that both share; one lower in demos.

Silent when: the import is what is done where the new package is absent (`except ImportError`) or is ready to fail, the
client does nothing but drop or delete tables (to clean up is what is left to do with it), or the file is a test.

Source: Databricks documentation, Feature Engineering Python API and its compatibility matrix;
databricks-feature-engineering 0.18.2.

Bad: classes that have moved::

    from databricks.feature_store import FeatureFunction, FeatureLookup

    lookups = [FeatureLookup(table_name="main.churn.features", lookup_key="customer_id")]

Bad: the client::

    from databricks.feature_store import FeatureStoreClient

    fs = FeatureStoreClient()
    fs.write_table(name="churn.features", df=features, mode="merge")

Bad: by its module::

    import databricks.feature_store as feature_store

    client = feature_store.FeatureStoreClient()

Good::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.write_table(name="main.churn.features", df=features, mode="merge")

Good: for runtimes without the new package::

    def client():
        try:
            from databricks.feature_engineering import FeatureEngineeringClient

            return FeatureEngineeringClient()
        except ImportError:
            from databricks.feature_store import FeatureStoreClient

            return FeatureStoreClient()

Good: old tables are dropped::

    from databricks.feature_store import FeatureStoreClient

    def clean_up(names):
        fs = FeatureStoreClient()
        for name in names:
            fs.drop_table(name)

Good: a module of one's own::

    from customer.feature_store import FeatureStoreClient

Good: a test::

    # file: tests/test_features.py
    from databricks.feature_store import FeatureLookup

Fixed::

    from databricks.feature_engineering import FeatureFunction, FeatureLookup

    lookups = [FeatureLookup(table_name="main.churn.features", lookup_key="customer_id")]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.removals import imports_of, is_installed
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Fix, Hit, Rule, Severity

RULE = Rule(
    id="FST001",
    name="legacy-feature-client",
    severity=Severity.MEDIUM,
    default=True,
    references=("https://docs.databricks.com/machine-learning/feature-store/python-api.html",),
)
_MODULE = "databricks.feature_store"
_CLIENT = "FeatureStoreClient"
_SHARED = frozenset({"FeatureLookup", "FeatureFunction"})
_CLEANING = ("drop_", "delete_")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The imports of the legacy package."""
    if "feature_store" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    statements = tuple(imports_of(file, _MODULE))
    if not statements or _only_cleans(file):
        return
    for statement in statements:
        shared = _is_shared(statement)
        severity = Severity.LOW if shared else Severity.MEDIUM
        yield Hit(
            location=file.location(statement),
            message=_message(statement, shared=shared),
            severity=severity.lowered(0 if facts.role(file.path).is_serious else 1),
            fix=_fix(file, facts, statement) if shared else None,
        )


def _is_shared(statement: ast.stmt) -> bool:
    """Whether the statement imports only what the new package has under the same names."""
    return (
        isinstance(statement, ast.ImportFrom)
        and statement.module == _MODULE
        and all(alias.name in _SHARED for alias in statement.names)
    )


def _message(statement: ast.Import | ast.ImportFrom, *, shared: bool) -> str:
    if shared:
        names = " and ".join(f"`{alias.name}`" for alias in statement.names)
        return f"{names} moved: import from `databricks.feature_engineering`; `{_MODULE}` is deprecated"
    return (
        f"`{_MODULE}` is deprecated, and its client knows only the workspace's feature store; use "
        "`FeatureEngineeringClient` of `databricks.feature_engineering` with tables in Unity Catalog"
    )


def _fix(file: PythonFile, facts: Facts, statement: ast.stmt) -> Fix:
    """The renamed import; safe unless the project installs the old package, and so may lack the new one."""
    old = file.text(statement)
    new = old.replace(_MODULE, "databricks.feature_engineering", 1)
    safe = not is_installed(facts, "databricks-feature-store")
    return Fix(description="import from the new package", edits=(file.edit(statement, new),), safe=safe)


def _only_cleans(file: PythonFile) -> bool:
    """Whether everything that is called on a legacy client removes a table."""
    called = [call.name for call in file.calls if call.receiver is not None and _is_client(file, call.receiver)]
    return bool(called) and all(name.startswith(_CLEANING) for name in called)


def _is_client(file: PythonFile, receiver: ast.expr) -> bool:
    made = as_call(file.value_of(receiver))
    return made is not None and made.name == _CLIENT
