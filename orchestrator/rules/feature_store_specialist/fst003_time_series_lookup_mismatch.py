"""A lookup and its feature table disagree about time: one has a time key and the other has none.

What: a `FeatureLookup` without `timestamp_lookup_key` on a table that the project declares with a time series column,
or with one on a table that it declares without, in a file that calls `create_training_set`.

Why: `load_df()` counts the keys and raises, in the training job and not in the code that declared the table. What
people then do is what hurts: the time column moves into the primary key, the join asks for equal instants instead of
the latest before the label, and features are missing or, with a coarser stamp, come from the future.

Silent when: the project does not declare the table, declares it in both ways, or its name is not known; arguments are
unpacked; the lookup belongs to a feature spec for serving (`create_feature_spec`), which asks for the latest value; or
the file is a test.

Source: databricks-feature-engineering 0.18.2, the checks before a join; Databricks documentation, point in time feature
joins.

Bad::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.create_table(
        name="main.churn.spend",
        primary_keys=["customer_id", "ts"],
        timeseries_columns="ts",
        df=spend,
    )
    lookups = [FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id")]
    training = fe.create_training_set(df=labels, feature_lookups=lookups, label="churned").load_df()

Bad: declared in SQL::

    # file: src/tables.sql
    CREATE TABLE main.churn.spend (
      customer_id BIGINT NOT NULL,
      ts TIMESTAMP NOT NULL,
      spend DOUBLE,
      CONSTRAINT pk PRIMARY KEY (customer_id, ts TIMESERIES)
    );
    # file: src/train.py
    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    training = FeatureEngineeringClient().create_training_set(
        df=labels,
        feature_lookups=[FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id")],
        label="churned",
    )

Bad: the other way round::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.create_table(name=f"{catalog}.churn.segments", primary_keys=["customer_id"], df=segments)
    lookup = FeatureLookup(
        table_name=f"{catalog}.churn.segments", lookup_key="customer_id", timestamp_lookup_key="ordered_at"
    )
    training = fe.create_training_set(df=labels, feature_lookups=[lookup], label="churned")

Good::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.create_table(name="main.churn.spend", primary_keys=["customer_id", "ts"], timeseries_columns=["ts"], df=spend)
    fe.create_table(name="main.churn.segments", primary_keys=["customer_id"], df=segments)
    lookups = [
        FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id", timestamp_lookup_key="ordered_at"),
        FeatureLookup(table_name="main.churn.segments", lookup_key="customer_id"),
        FeatureLookup(table_name="main.other.prices", lookup_key="product_id"),
        FeatureLookup(table_name="main.churn.spend", **keys),
    ]
    training = fe.create_training_set(df=labels, feature_lookups=lookups, label="churned")

Good: for serving, the latest value is meant::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.create_table(name="main.churn.spend", primary_keys=["customer_id", "ts"], timeseries_columns="ts", df=spend)
    lookups = [FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id")]
    fe.create_feature_spec(name="main.churn.spec", features=lookups)

Good: declared in both ways::

    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    if by_time:
        fe.create_table(name="main.churn.spend", primary_keys=["customer_id", "ts"], timeseries_columns="ts", df=spend)
    else:
        fe.create_table(name="main.churn.spend", primary_keys=["customer_id"], df=spend)
    lookup = FeatureLookup(table_name="main.churn.spend", lookup_key="customer_id")
    training = fe.create_training_set(df=labels, feature_lookups=[lookup], label="churned")

Good: a test::

    # file: tests/test_features.py
    from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

    fe = FeatureEngineeringClient()
    fe.create_table(name="main.churn.spend", primary_keys=["customer_id", "ts"], timeseries_columns="ts", df=spend)
    fe.create_training_set(df=labels, feature_lookups=[FeatureLookup(table_name="main.churn.spend", lookup_key="id")])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.tables import is_resolved, normalised
from orchestrator.rules.feature_store_specialist._declared import declared_with_time
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile

RULE = Rule(
    id="FST003",
    name="time-series-lookup-mismatch",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/machine-learning/feature-store/time-series.html",),
)
_TIME_KEY = "timestamp_lookup_key"


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every lookup of a training set whose table is declared otherwise."""
    files = [file for file in facts.project.python if _trains(file) and facts.role(file.path) is not Role.TEST]
    declared = declared_with_time(facts) if files else {}
    for file in files:
        for call in file.calls_named("FeatureLookup"):
            name = normalised(file.pattern(call.argument(0, "table_name")) or "")
            with_time = declared.get(name)
            if with_time is None or call.unpacks or not is_resolved(name) or with_time == _has_time_key(call):
                continue
            yield Hit(
                location=file.call_location(call),
                message=_message(name, with_time=with_time),
                severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
                symbol=file.symbol(call.node),
            )


def _trains(file: PythonFile) -> bool:
    if "FeatureLookup" not in file.source.text or "create_training_set" not in file.source.text:
        return False
    return any(file.calls_named("create_training_set")) and not any(file.calls_named("create_feature_spec"))


def _has_time_key(call: Call) -> bool:
    return any(keyword.arg == _TIME_KEY for keyword in call.node.keywords)


def _message(name: str, *, with_time: bool) -> str:
    if with_time:
        return f"`{name}` is declared as a time series and this lookup has no `{_TIME_KEY}`, so `load_df()` raises"
    return (
        f"`{name}` is declared without a time series column and this lookup has a `{_TIME_KEY}`, so `load_df()` raises"
    )
