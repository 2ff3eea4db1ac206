"""What every statement head is read as."""

from __future__ import annotations

import pytest

from tests.code.sql.asking import statement_of, unit_of

HEADS = [
    ("SELECT 1", "SELECT"),
    ("(SELECT 1) UNION (SELECT 2)", "SELECT"),
    ("WITH a AS (SELECT 1) SELECT * FROM a", "SELECT"),
    ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "INSERT"),
    ("FROM t |> WHERE a > 1", "SELECT"),
    ("INSERT INTO t VALUES (1)", "INSERT"),
    ("INSERT OVERWRITE t SELECT 1", "INSERT OVERWRITE"),
    ("MERGE WITH SCHEMA EVOLUTION INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET *", "MERGE"),
    ("UPDATE t SET a = 1", "UPDATE"),
    ("DELETE FROM t", "DELETE"),
    ("create table t (a int)", "CREATE TABLE"),
    ("CREATE EXTERNAL TABLE t (a INT)", "CREATE TABLE"),
    ("CREATE OR REPLACE GLOBAL TEMP VIEW v AS SELECT 1", "CREATE VIEW"),
    ("CREATE OR REFRESH STREAMING TABLE t AS SELECT 1", "CREATE STREAMING TABLE"),
    ("CREATE OR REFRESH PRIVATE MATERIALIZED VIEW t AS SELECT 1", "CREATE MATERIALIZED VIEW"),
    ("CREATE LIVE TABLE t AS SELECT 1", "CREATE LIVE TABLE"),
    ("CREATE TEMPORARY STREAMING LIVE TABLE t AS SELECT 1", "CREATE LIVE TABLE"),
    ("CREATE LIVE VIEW t AS SELECT 1", "CREATE LIVE VIEW"),
    ("CREATE FUNCTION f(x INT) RETURN x", "CREATE FUNCTION"),
    ("CREATE DATABASE IF NOT EXISTS d", "CREATE SCHEMA"),
    ("CREATE CATALOG c", "CREATE CATALOG"),
    ("CREATE FLOW f AS INSERT INTO t BY NAME SELECT 1", "CREATE FLOW"),
    ("APPLY CHANGES INTO t FROM s KEYS (a) SEQUENCE BY b", "APPLY CHANGES"),
    ("AUTO CDC INTO t FROM s KEYS (a) SEQUENCE BY b", "AUTO CDC"),
    ("ALTER TABLE t ADD COLUMN a INT", "ALTER TABLE"),
    ("ALTER SHARE s ADD TABLE t", "ALTER SHARE"),
    ("CREATE SHARE s", "CREATE SHARE"),
    ("CREATE RECIPIENT r", "CREATE RECIPIENT"),
    ("CREATE POLICY p ON SCHEMA s ROW FILTER f TO g", "CREATE POLICY"),
    ("CREATE EXTERNAL LOCATION l URL 'x'", "CREATE LOCATION"),
    ("CREATE TABLE t DEEP CLONE s", "CLONE"),
    ("CREATE OR REPLACE TABLE t SHALLOW CLONE s VERSION AS OF 3", "CLONE"),
    ("CREATE TABLE t AS SELECT clone FROM s", "CREATE TABLE"),
    ("DROP TABLE IF EXISTS t", "DROP TABLE"),
    ("DROP SCHEMA s CASCADE", "DROP SCHEMA"),
    ("TRUNCATE TABLE t", "TRUNCATE"),
    ("VACUUM t", "VACUUM"),
    ("OPTIMIZE t", "OPTIMIZE"),
    ("ANALYZE TABLE t COMPUTE STATISTICS", "ANALYZE"),
    ("GRANT SELECT ON t TO g", "GRANT"),
    ("REVOKE SELECT ON t FROM g", "REVOKE"),
    ("DENY SELECT ON t TO g", "DENY"),
    ("SHOW TABLES FROM s", "SHOW"),
    ("DESC HISTORY t", "DESCRIBE"),
    ("EXPLAIN SELECT 1", "EXPLAIN"),
    ("USE CATALOG c", "USE CATALOG"),
    ("USE DATABASE d", "USE SCHEMA"),
    ("USE d", "USE SCHEMA"),
    ("SET a.b = 1", "SET"),
    ("SET TAG ON TABLE t pii = x", "SET TAG"),
    ("CACHE LAZY TABLE t", "CACHE"),
    ("REFRESH TABLE t", "REFRESH"),
    ("RESTORE TABLE t TO VERSION AS OF 1", "RESTORE"),
    ("REORG TABLE t APPLY (PURGE)", "REORG"),
    ("COPY INTO t FROM 's3://b/x' FILEFORMAT = JSON", "COPY INTO"),
    ("MSCK REPAIR TABLE t", "MSCK"),
    ("CALL p(1)", "CALL"),
    ("EXECUTE IMMEDIATE 'SELECT 1'", "EXECUTE IMMEDIATE"),
    ("DECLARE VARIABLE x INT", "DECLARE"),
    ("COMMENT ON TABLE t IS 'x'", "COMMENT ON"),
    ("UNDROP TABLE t", "UNDROP"),
    ("nothing to SELECT here", ""),
    ("hello", ""),
]


@pytest.mark.parametrize(("text", "kind"), HEADS, ids=[text for text, _ in HEADS])
def test_head_is_normalised(text: str, kind: str) -> None:
    statement = statement_of(f"-- note; with a semicolon\n/* and\n{'another'} */ {text} ;")

    assert statement.kind == kind
    assert statement.text.startswith(text[:1]) or kind == ""


RELATIONS = [
    ("SELECT * FROM a.b x JOIN c USING (id), d AS e LEFT JOIN (f JOIN g ON 1 = 1) ON true", "a.b c d f g", ""),
    ("WITH a AS (SELECT * FROM z), b (x) AS (SELECT 1) SELECT * FROM a, b, c.b", "z c.b", ""),
    ("SELECT extract(year FROM d), trim(BOTH 'x' FROM e) FROM t WHERE a IS NOT DISTINCT FROM b", "t", ""),
    ("SELECT * FROM range(10) JOIN read_files('/x') JOIN STREAM(s.t) JOIN STREAM u", "s.t u", ""),
    ("SELECT * FROM t LATERAL VIEW explode(x) e AS k, v", "t", ""),
    ("SELECT * FROM t VERSION AS OF 3 WHERE x IN (SELECT y FROM `u v`.w)", "t u v.w", ""),
    ("SELECT (SELECT max(a) FROM b) FROM c ORDER BY d, e", "b c", ""),
    ("INSERT INTO t SELECT * FROM s", "s", "t"),
    ("INSERT OVERWRITE TABLE t PARTITION (d = 1) SELECT * FROM s", "s", "t"),
    ("INSERT OVERWRITE DIRECTORY '/x' SELECT * FROM s", "s", ""),
    ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "s", "t"),
    ("MERGE INTO t AS x USING (SELECT * FROM s) y ON x.a = y.a WHEN MATCHED THEN DELETE", "s", "t"),
    ("UPDATE t SET a = (SELECT b FROM c)", "c", "t"),
    ("DELETE FROM t WHERE a IN (SELECT b FROM c)", "c", "t"),
    ("CREATE OR REPLACE TABLE t CLUSTER BY (a) AS SELECT * FROM s", "s", "t"),
    ("CREATE TABLE t LIKE s", "s", "t"),
    ("CREATE TABLE t SHALLOW CLONE s", "s", "t"),
    ("CREATE VIEW v AS (SELECT * FROM s)", "s", "v"),
    ("COPY INTO t FROM (SELECT a FROM '/Volumes/x')", "", "t"),
    ("APPLY CHANGES INTO t FROM STREAM(s) KEYS (a) SEQUENCE BY b", "s", "t"),
    ("CREATE FLOW f AS INSERT INTO ONCE t BY NAME SELECT * FROM STREAM(s)", "s", "t"),
    ("RESTORE TABLE t TO VERSION AS OF 1", "", "t"),
    ("DROP VIEW IF EXISTS v", "", "v"),
    ("VACUUM t", "", ""),
    ("REVOKE SELECT ON TABLE t FROM g", "", ""),
    ("SHOW TABLES FROM s", "", ""),
    ("FROM a INSERT INTO b SELECT *", "a", "b"),
]


@pytest.mark.parametrize(("text", "reads", "writes"), RELATIONS, ids=[text for text, _, _ in RELATIONS])
def test_reads_and_writes_are_told_from_tokens(text: str, reads: str, writes: str) -> None:
    statement = statement_of(text)

    assert " ".join(name.qualified for name in statement.reads) == reads
    assert " ".join(name.qualified for name in statement.writes) == writes


def test_temporary_views_of_the_unit_are_not_reads() -> None:
    unit = unit_of("CREATE OR REPLACE TEMP VIEW Recent AS SELECT * FROM a;\nSELECT * FROM recent, b")

    assert [name.qualified for statement in unit.statements for name in statement.reads] == ["a", "b"]


def test_names_tell_paths_and_computed_names_apart() -> None:
    path, computed, parameter, plain = statement_of(
        "SELECT * FROM delta.`/mnt/x`, IDENTIFIER(:c || '.t'), :t, `My Cat`.S.t"
    ).reads

    assert path.path == "/mnt/x"
    assert not path.is_resolved
    assert computed.dynamic
    assert parameter.dynamic
    assert (plain.catalog, plain.schema, plain.table) == ("my cat", "s", "t")
    assert plain.parts == ("My Cat", "S", "t")
    assert plain.is_resolved


def test_script_is_also_read_statement_by_statement() -> None:
    unit = unit_of(
        "BEGIN DECLARE x INT; IF x > 1 THEN VACUUM a; ELSE INSERT INTO c SELECT CASE WHEN x THEN 2 END FROM d; END IF; "
        "MERGE INTO m USING n ON m.a = n.a WHEN MATCHED THEN DELETE; END;\nSELECT 1"
    )

    assert [(statement.kind, statement.nested) for statement in unit.statements] == [
        ("BEGIN", False),
        ("DECLARE", True),
        ("VACUUM", True),
        ("INSERT", True),
        ("MERGE", True),
        ("SELECT", False),
    ]


def test_transaction_is_not_a_script() -> None:
    assert [statement.kind for statement in unit_of("BEGIN TRANSACTION; SELECT 1; VACUUM t").statements] == [
        "BEGIN",
        "SELECT",
        "VACUUM",
    ]


def test_function_body_in_dollars_is_one_token() -> None:
    unit = unit_of("CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON AS $$\nreturn {x: 1}; # it's\n$$; SELECT 1")

    assert [statement.kind for statement in unit.statements] == ["CREATE FUNCTION", "SELECT"]
    assert unit.template.holes == ()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("GRANT SELECT ON t TO g", None),
        ("CREATE TABLE t (a INT) WITH ROW FILTER f ON (a)", None),
        ("CREATE TABLE t WITH ROW FILTER f ON (a) AS SELECT 1", "SELECT 1"),
        ("CREATE VIEW v AS (SELECT 1)", "SELECT 1"),
        ("INSERT WITH SCHEMA EVOLUTION INTO t SELECT 1", "SELECT 1"),
        ("INSERT INTO t (a) (SELECT 1)", "SELECT 1"),
        ("INSERT INTO t VALUES (1)", "VALUES (1)"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ("DELETE FROM t", None),
    ],
)
def test_query_of_a_statement_is_found(text: str, query: str | None) -> None:
    found = statement_of(text).query

    assert (found.text if found else None) == query
