"""The grants of a project: SQL and bundles, and which objects they can be about."""

from __future__ import annotations

from pathlib import Path

from orchestrator.code.granted import CodeGrant, granted
from tests.code.parsed import project

BUNDLE = """bundle: {name: b}
targets:
  dev: {mode: development, variables: {catalog: main_dev}}
  prod: {mode: production, variables: {catalog: main}}
variables: {catalog: {description: where}}
resources:
  schemas:
    gold:
      catalog_name: ${var.catalog}
      name: gold
      grants: [{principal: readers, privileges: [USE_SCHEMA, SELECT]}]
"""


def of(folder: Path, files: dict[str, str], catalog: str = "main") -> tuple[CodeGrant, ...]:
    return granted(project(folder, files).project, catalog)


def test_grants_and_revocations_in_sql_and_python_are_read(tmp_path: Path) -> None:
    files = {
        "a.sql": "GRANT ALL PRIVILEGES ON SCHEMA main.gold TO `a`;\nREVOKE SELECT ON TABLE main.gold.t FROM b;",
        "b.py": 'spark.sql("GRANT USE CATALOG ON CATALOG main TO `c`")',
    }
    assert [(each.action, each.principal, each.privileges, each.kind, each.parts) for each in of(tmp_path, files)] == [
        ("grant", "a", ("ALL_PRIVILEGES",), "schema", ("main", "gold")),
        ("revoke", "b", ("SELECT",), "table", ("main", "gold", "t")),
        ("grant", "c", ("USE_CATALOG",), "catalog", ("main",)),
    ]


def test_other_catalogs_other_objects_and_computed_principals_are_left_out(tmp_path: Path) -> None:
    files = {
        "a.sql": "GRANT SELECT ON TABLE other.gold.t TO `a`;\nGRANT EXECUTE ON FUNCTION main.gold.f TO `a`;",
        "b.py": 'spark.sql(f"GRANT SELECT ON TABLE main.gold.t TO `{who}`")',
    }
    assert of(tmp_path, files) == ()


def test_a_bundle_is_read_as_its_production_target_is(tmp_path: Path) -> None:
    (grant,) = of(tmp_path, {"databricks.yml": BUNDLE})
    assert (grant.principal, grant.privileges, grant.parts) == ("readers", ("USE_SCHEMA", "SELECT"), ("main", "gold"))
    assert of(tmp_path, {"databricks.yml": BUNDLE}, "main_dev") == ()


def test_what_the_code_leaves_open_fits_any_name(tmp_path: Path) -> None:
    files = {
        "a.sql": "GRANT SELECT ON TABLE gold.t TO `a`;",
        "b.py": 'spark.sql(f"GRANT SELECT ON SCHEMA {catalog}.gold TO `a`")',
    }
    table, schema = of(tmp_path, files)
    assert table.is_on("main.gold.t")
    assert not table.is_on("main.silver.t")
    assert not table.is_on("main.gold")
    assert schema.is_on("main.gold")
    assert not schema.is_on("main.silver")
