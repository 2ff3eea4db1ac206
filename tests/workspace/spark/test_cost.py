"""Costs at list prices."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.cost import Rate, cluster_cost, run_cost
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.prices import price_list
from tests.workspace.spark import events

HOUR = 3_600_000


def test_a_cluster_costs_its_dbus_and_its_instances() -> None:
    estimate = cluster_cost(Rate(worker="i3.xlarge", driver="i3.2xlarge"), workers=4, hours=2)
    assert estimate.dbus == 2 * 2.0 + 8 * 1.0
    assert estimate.dbu_usd == pytest.approx(12 * 0.15)
    assert estimate.instance_usd == pytest.approx(2 * 0.624 + 8 * 0.312)
    assert estimate.usd == pytest.approx(estimate.dbu_usd + estimate.instance_usd)
    assert [source.id for source in estimate.sources] == ["databricks", "optscale", "nvidia-dbu", "aws-ec2"]


def test_plan_and_workload_change_the_price_of_a_dbu_and_nothing_else() -> None:
    jobs = cluster_cost(Rate(worker="m5.xlarge"), workers=1, hours=1)
    interactive = cluster_cost(Rate(worker="m5.xlarge", plan="enterprise", workload="all_purpose"), workers=1, hours=1)
    assert interactive.dbus == jobs.dbus
    assert interactive.instance_usd == jobs.instance_usd
    assert (jobs.usd_per_dbu, interactive.usd_per_dbu) == (0.15, 0.65)


def test_given_dbus_replace_those_of_the_type() -> None:
    estimate = cluster_cost(Rate(worker="m5.xlarge", dbu_per_hour=2.0, driver_dbu_per_hour=3.0), workers=2, hours=1)
    assert estimate.dbus == 2 * 2.0 + 3.0


def test_a_run_costs_the_time_of_its_executors(tmp_path: Path) -> None:
    log = events.written(
        tmp_path / "log",
        events.started(
            **{
                "spark.databricks.clusterUsageTags.clusterNodeType": "Standard_DS3_v2",
                "spark.databricks.clusterUsageTags.driverNodeType": "Standard_DS4_v2",
            }
        ),
        events.executor("driver"),
        events.executor("0", added=1_000),
        events.executor("1", added=1_000 + HOUR),
        events.execution(1, events.node("PhotonProject")),
        events.ended(1_000 + 2 * HOUR),
    )
    estimate = run_cost(read_event_log(log))
    assert {line.role: line.hours for line in estimate.lines} == {"driver": 2.0, "workers": 3.0}
    assert estimate.dbus == pytest.approx(2 * 1.5 + 3 * 0.75)
    assert any("used Photon" in note for note in estimate.notes)


def test_a_log_of_another_cluster_asks_for_the_instance_type(tmp_path: Path) -> None:
    profile = read_event_log(events.written(tmp_path / "log", events.started(), events.ended()))
    with pytest.raises(UsageError, match="names no instance types"):
        run_cost(profile)


def test_a_running_application_cannot_be_priced(tmp_path: Path) -> None:
    profile = read_event_log(events.written(tmp_path / "log", events.started()))
    with pytest.raises(UsageError, match="does not hold the application's start and end"):
        run_cost(profile, Rate(worker="i3.xlarge"))


def test_an_unknown_instance_type_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"no price is known for the instance type 'x9\.huge'; known ones: m5\.large, .*i3"
    ):
        cluster_cost(Rate(worker="x9.huge"), workers=1, hours=1)


def test_prices_of_two_clouds_are_not_mixed() -> None:
    with pytest.raises(UsageError, match="take one cloud"):
        cluster_cost(Rate(worker="i3.xlarge", driver="Standard_DS3_v2"), workers=1, hours=1)


def test_a_price_that_is_not_known_is_an_error() -> None:
    with pytest.raises(UsageError, match="no DBU price is known for azure enterprise jobs"):
        cluster_cost(Rate(worker="Standard_DS3_v2", plan="enterprise"), workers=1, hours=1)


@pytest.mark.parametrize(("workers", "hours"), [(1, 0), (1, -1), (-1, 1), (1, float("nan")), (float("inf"), 1)])
def test_numbers_out_of_bounds_are_refused(workers: float, hours: float) -> None:
    with pytest.raises(UsageError, match="cannot be priced"):
        cluster_cost(Rate(worker="i3.xlarge"), workers=workers, hours=hours)


def test_every_figure_of_the_price_list_has_its_sources_and_the_list_its_day() -> None:
    prices = price_list()
    known = {source.id for source in prices.sources}
    assert dt.date.fromisoformat(prices.as_of) <= dt.datetime.now(dt.UTC).date()
    for sources in [*(price.sources for price in prices.dbu_prices), *(item.sources for item in prices.instances)]:
        assert sources
        assert set(sources) <= known
    assert all(source.url.startswith("https://") for source in prices.sources)
    assert len({item.name for item in prices.instances}) == len(prices.instances)
