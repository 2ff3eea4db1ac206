"""What the front-end of each head understands."""

from __future__ import annotations

import pytest

from orchestrator.code.sql import (
    AlterTable,
    ApplyChanges,
    Clone,
    CreateFunction,
    CreateTable,
    Flow,
    Grant,
    Insert,
    Merge,
    Optimize,
    Policy,
    Recipient,
    Reorg,
    Restore,
    SetConf,
    Share,
    Use,
    Vacuum,
)
from tests.code.sql.asking import details_of, statement_of


def test_vacuum_tells_hours_and_dry_run() -> None:
    vacuum = details_of("VACUUM main.s.t LITE RETAIN 0.5 HOURS DRY RUN", Vacuum)

    assert vacuum.table is not None
    assert (vacuum.table.qualified, vacuum.mode, vacuum.retain_hours, vacuum.dry_run) == ("main.s.t", "LITE", 0.5, True)


def test_vacuum_with_interpolated_hours_keeps_the_hole() -> None:
    vacuum = details_of("VACUUM t RETAIN ${hours} HOURS", Vacuum)

    assert vacuum.retain_hours is None
    assert vacuum.retain_hole is not None
    assert vacuum.retain_hole.source == "${hours}"


def test_optimize_tells_zorder_and_condition() -> None:
    optimize = details_of("OPTIMIZE t WHERE d >= '2024-01-01' ZORDER BY (a, b.c)", Optimize)

    assert optimize.where is not None
    assert (optimize.where.text, optimize.zorder) == ("d >= '2024-01-01'", ("a", "b.c"))
    assert details_of("OPTIMIZE t ZORDER BY a, b", Optimize).zorder == ("a", "b")
    assert details_of("OPTIMIZE t FULL", Optimize).full


def test_grant_tells_privileges_securable_and_principal() -> None:
    grant = details_of("GRANT ALL PRIVILEGES ON CATALOG main TO `account users`", Grant)

    assert (grant.action, grant.privileges, grant.securable_type) == ("grant", ("ALL PRIVILEGES",), "CATALOG")
    assert grant.securable is not None
    assert (grant.securable.qualified, grant.principal) == ("main", "account users")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GRANT USE CATALOG, SELECT ON t TO a.b@x.org", (("USE CATALOG", "SELECT"), "TABLE", "a.b@x.org")),
        ("REVOKE ALL ON SCHEMA s FROM 'g'", (("ALL PRIVILEGES",), "SCHEMA", "g")),
        ("DENY MODIFY ON DATABASE s TO users", (("MODIFY",), "SCHEMA", "users")),
        (
            "GRANT CREATE EXTERNAL TABLE ON EXTERNAL LOCATION l TO g",
            (("CREATE EXTERNAL TABLE",), "EXTERNAL LOCATION", "g"),
        ),
        ("GRANT CREATE CATALOG ON METASTORE TO g", (("CREATE CATALOG",), "METASTORE", "g")),
        ("GRANT SELECT ON t", (("SELECT",), "TABLE", None)),
        ("GRANT", ((), "", None)),
    ],
)
def test_grants_of_every_shape_are_read(text: str, expected: tuple[tuple[str, ...], str, str | None]) -> None:
    grant = details_of(text, Grant)

    assert (grant.privileges, grant.securable_type, grant.principal) == expected


def test_masks_and_row_filters_are_read_from_alter_table() -> None:
    masked = details_of("ALTER TABLE t ALTER COLUMN ssn SET MASK sec.f USING COLUMNS (region)", AlterTable)
    filtered = details_of("ALTER TABLE t SET ROW FILTER sec.g ON (region, `a b`)", AlterTable)
    dropped = details_of("ALTER TABLE t DROP ROW FILTER", AlterTable)
    unmasked = details_of("ALTER TABLE t ALTER COLUMN ssn DROP MASK", AlterTable)

    (mask,) = masked.masks
    assert mask.function is not None
    assert (mask.column, mask.function.qualified, mask.using) == ("ssn", "sec.f", ("region",))
    assert filtered.row_filter is not None
    assert filtered.row_filter.columns == ("region", "a b")
    assert dropped.row_filter is not None
    assert dropped.row_filter.function is None
    assert unmasked.masks[0].function is None


def test_alter_table_tells_tags_properties_and_clustering() -> None:
    tagged = details_of("ALTER TABLE t ALTER COLUMN a SET TAGS ('pii' = 'email', 'x')", AlterTable)
    changed = details_of("ALTER TABLE t SET TBLPROPERTIES (delta.appendOnly = true)", AlterTable)

    assert (tagged.tags, tagged.tag_column) == ((("pii", "email"), ("x", "")), "a")
    assert changed.properties == (("delta.appendOnly", "true"),)
    assert details_of("ALTER TABLE t CLUSTER BY (a, b)", AlterTable).cluster_by == ("a", "b")
    assert details_of("ALTER TABLE t CLUSTER BY NONE", AlterTable).cluster_by == ("NONE",)
    assert details_of("ALTER TABLE t ADD COLUMN a INT", AlterTable).action == "ADD COLUMN"


def test_policy_tells_scope_function_principals_and_tags() -> None:
    policy = details_of(
        "CREATE OR REPLACE POLICY hide ON CATALOG c COMMENT 'x' COLUMN MASK sec.f TO `account users`, b "
        "EXCEPT admins FOR TABLES MATCH COLUMNS has_tag_value('pii', 'ssn') AS s ON COLUMN s",
        Policy,
    )

    assert policy.name is not None
    assert policy.function is not None
    assert (policy.name.table, policy.kind, policy.function.qualified) == ("hide", "COLUMN MASK", "sec.f")
    assert (policy.to, policy.excepted, policy.tags) == (("account users", "b"), ("admins",), ("pii",))


def test_shares_and_recipients_are_read() -> None:
    share = details_of("ALTER SHARE s ADD TABLE a.b.c PARTITION (x = 1) AS d.e WITHOUT HISTORY", Share)
    recipient = details_of("CREATE RECIPIENT IF NOT EXISTS r USING ID 'aws:eu:1' PROPERTIES ('k' = 'v')", Recipient)
    open_recipient = details_of("CREATE RECIPIENT r COMMENT 'partner'", Recipient)

    assert share.object is not None
    assert (share.action, share.object.qualified, share.partitioned, share.history) == ("add", "a.b.c", True, False)
    assert (recipient.sharing_id, recipient.properties) == ("aws:eu:1", (("k", "v"),))
    assert (open_recipient.sharing_id, open_recipient.comment) == (None, "partner")
    assert details_of("CREATE SHARE IF NOT EXISTS s COMMENT 'x'", Share).comment == "x"
    assert details_of("ALTER RECIPIENT r SET PROPERTIES ('a' = 'b')", Recipient).action == "alter"


def test_clone_tells_its_kind_and_source() -> None:
    clone = details_of("CREATE OR REPLACE TABLE dev.t SHALLOW CLONE prod.t TIMESTAMP AS OF '2024-01-01'", Clone)

    assert clone.source is not None
    assert (clone.kind, clone.source.qualified) == ("shallow", "prod.t")
    assert details_of("CREATE TABLE t CLONE s", Clone).kind == "deep"


def test_flows_and_change_capture_are_read() -> None:
    flow = details_of("CREATE FLOW f AS INSERT INTO ONCE t BY NAME SELECT * FROM STREAM(s)", Flow)
    captured = details_of(
        "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (a, b) SEQUENCE BY ts STORED AS SCD TYPE 2", Flow
    )
    changes = details_of(
        "APPLY CHANGES INTO LIVE.t FROM STREAM(LIVE.s) KEYS (id) APPLY AS DELETE WHEN op = 'D' "
        "SEQUENCE BY struct(a, b) COLUMNS * EXCEPT (op) STORED AS SCD TYPE 1",
        ApplyChanges,
    )

    assert (flow.kind, flow.once) == ("append", True)
    assert captured.cdc is not None
    assert (captured.cdc.keys, captured.cdc.stored_as_scd, captured.cdc.legacy) == (("a", "b"), "2", False)
    assert changes.sequence_by is not None
    assert changes.apply_as_delete is not None
    assert (changes.sequence_by.text, changes.apply_as_delete.text) == ("struct(a, b)", "op = 'D'")
    assert changes.legacy


def test_merge_tells_source_condition_and_clauses() -> None:
    merge = details_of(
        "MERGE WITH SCHEMA EVOLUTION INTO t AS x USING s y ON x.id = y.id AND x.d = y.d "
        "WHEN MATCHED AND y.op = 'D' THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET a = CASE WHEN y.a THEN 1 END "
        "WHEN NOT MATCHED BY TARGET THEN INSERT * WHEN NOT MATCHED BY SOURCE THEN DELETE",
        Merge,
    )

    assert merge.schema_evolution
    assert merge.on is not None
    assert (merge.target_alias, merge.source_alias, merge.on.text) == ("x", "y", "x.id = y.id AND x.d = y.d")
    assert [(clause.matched, clause.action, clause.is_star) for clause in merge.clauses] == [
        ("matched", "DELETE", False),
        ("matched", "UPDATE", False),
        ("not matched", "INSERT", True),
        ("not matched by source", "DELETE", False),
    ]
    assert merge.clauses[0].condition is not None


def test_merge_from_a_subquery_keeps_the_query() -> None:
    merge = details_of("MERGE INTO t USING (SELECT * FROM s) AS s ON t.a = s.a WHEN MATCHED THEN UPDATE SET *", Merge)

    assert merge.source is None
    assert merge.source_query is not None
    assert (merge.source_query.text, merge.source_alias, merge.clauses[0].is_star) == ("SELECT * FROM s", "s", True)


def test_insert_overwrite_tells_what_it_replaces() -> None:
    assert not details_of("INSERT OVERWRITE t SELECT * FROM s", Insert).is_selective
    assert details_of("INSERT OVERWRITE t PARTITION (d) SELECT * FROM s", Insert).partition is not None
    where = details_of("INSERT INTO t REPLACE WHERE d = 1 AND e IN (2) SELECT * FROM s", Insert).replace_where
    assert where is not None
    assert where.text == "d = 1 AND e IN (2)"
    assert details_of("INSERT INTO t REPLACE USING (d, e) SELECT 1", Insert).replace_using == ("d", "e")
    on = details_of("INSERT INTO t AS x REPLACE ON x.d = s.d (SELECT * FROM c) AS s", Insert).replace_on
    assert on is not None
    assert on.text == "x.d = s.d"
    assert details_of("INSERT INTO t (a, b) VALUES (1, 2)", Insert).columns == ("a", "b")
    assert details_of("INSERT INTO t VALUES (1)", Insert).is_values


def test_restore_and_reorg_are_read() -> None:
    restore = details_of("RESTORE TABLE t TO TIMESTAMP AS OF '2024-01-01'", Restore)

    assert restore.value is not None
    assert (restore.unit, restore.value.text) == ("TIMESTAMP", "'2024-01-01'")
    assert details_of("REORG TABLE t WHERE d = 1 APPLY (PURGE)", Reorg).action == "PURGE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET spark.sql.ansi.enabled=false", ("spark.sql.ansi.enabled", "false")),
        ("SET spark.sql.shuffle.partitions", ("spark.sql.shuffle.partitions", None)),
        ("SET a.b-c = 'x y'", ("a.b-c", "x y")),
    ],
)
def test_set_tells_key_and_value(text: str, expected: tuple[str, str | None]) -> None:
    setting = details_of(text, SetConf)

    assert (setting.key, setting.value) == expected


def test_use_tells_its_level() -> None:
    assert details_of("USE CATALOG ${catalog}", Use).level == "catalog"
    used = details_of("USE SCHEMA a.b", Use)
    assert used.name is not None
    assert (used.level, used.name.qualified) == ("schema", "a.b")


def test_create_table_tells_columns_and_clauses() -> None:
    table = details_of(
        """CREATE TABLE IF NOT EXISTS c.s.t (
            id BIGINT GENERATED ALWAYS AS IDENTITY,
            tags MAP<STRING, ARRAY<INT>> COMMENT 'any, of them',
            mail STRING MASK sec.f,
            amount DECIMAL(10, 2) NOT NULL DEFAULT 0,
            CONSTRAINT pk PRIMARY KEY (id)
        ) USING delta PARTITIONED BY (day DATE) LOCATION 's3://b/t' COMMENT 'orders'
        TBLPROPERTIES ('delta.appendOnly' = 'true', quality = 'gold') WITH ROW FILTER sec.g ON (id)""",
        CreateTable,
    )

    assert [(column.name, column.type) for column in table.columns] == [
        ("id", "BIGINT"),
        ("tags", "MAP<STRING, ARRAY<INT>>"),
        ("mail", "STRING"),
        ("amount", "DECIMAL(10, 2)"),
    ]
    identity, tags, mail, amount = table.columns
    assert identity.identity
    assert tags.comment == "any, of them"
    assert mail.mask is not None
    assert mail.mask.qualified == "sec.f"
    assert amount.not_null
    assert amount.default
    assert (table.using, table.partitioned_by, table.location) == ("delta", ("day",), "s3://b/t")
    assert (table.comment, table.primary_key, table.if_not_exists) == ("orders", ("id",), True)
    assert table.properties == (("delta.appendOnly", "true"), ("quality", "gold"))
    assert table.row_filter is not None
    assert not table.as_select


def test_streaming_table_tells_expectations() -> None:
    table = details_of(
        """CREATE OR REFRESH STREAMING TABLE t (
            id INT,
            CONSTRAINT a EXPECT (id > 0),
            CONSTRAINT b EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
            CONSTRAINT c EXPECT (id < 9) ON VIOLATION FAIL UPDATE
        ) CLUSTER BY AUTO AS SELECT * FROM STREAM(s)""",
        CreateTable,
    )

    assert [(found.name, found.on_violation) for found in table.expectations] == [
        ("a", "warn"),
        ("b", "drop"),
        ("c", "fail"),
    ]
    assert table.expectations[1].condition is not None
    assert table.expectations[1].condition.text == "id IS NOT NULL"
    assert (table.form, table.cluster_by, table.as_select) == ("streaming table", ("AUTO",), True)
    assert table.streaming
    assert table.or_refresh


def test_materialized_view_tells_its_schedule_and_cte_body() -> None:
    view = statement_of("CREATE MATERIALIZED VIEW v SCHEDULE EVERY 1 HOUR AS WITH a AS (SELECT 1 AS x) SELECT x FROM a")

    assert isinstance(view.details, CreateTable)
    assert view.details.schedule is not None
    assert view.details.schedule.text == "EVERY 1 HOUR"
    assert view.query is not None
    assert view.query.text.startswith("WITH a AS")
    assert view.query_tree is not None
    assert view.tree is None


def test_function_tells_parameters_and_body() -> None:
    function = details_of(
        "CREATE OR REPLACE FUNCTION sec.mask(mail STRING, depth INT DEFAULT 1) RETURNS STRING COMMENT 'x' "
        "RETURN CASE WHEN is_account_group_member('hr') THEN mail ELSE '***' END",
        CreateFunction,
    )
    python = details_of("CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return x $$", CreateFunction)

    assert [parameter.name for parameter in function.parameters] == ["mail", "depth"]
    assert function.body is not None
    assert (function.returns, function.language, function.body.text[:9]) == ("STRING", "SQL", "CASE WHEN")
    assert python.body is not None
    assert (python.language, python.body.tokens[0].value) == ("PYTHON", " return x ")
