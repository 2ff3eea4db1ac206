"""Bundle resources that would notice: a monitor, an alert on the promised latency, and a dashboard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from string import Template

import yaml

from orchestrator.workflows.audit.monitor_data_product.live import Live, latency
from orchestrator.workflows.commands.result import NewFile

_AGE = Template(
    "SELECT coalesce(timestampdiff(MINUTE, max($column), current_timestamp()), 999999) AS age_minutes FROM $table"
)
_BY_DAY = Template("SELECT CAST($column AS DATE) AS day, count(*) AS n FROM $table GROUP BY 1 ORDER BY 1")
_TODAY = Template("SELECT current_date() AS day, count(*) AS n FROM $table")
_HEAD = "# Proposed from the contract {contract}: give the warehouse, the schedule and the people that fit.\n"


def proposed(every: Iterable[Live]) -> Iterator[NewFile]:
    """The files of each port whose table is there, below a bundle's folder."""
    for live in every:
        if live.table is not None:
            yield from _of_port(live)


def _of_port(live: Live) -> Iterator[NewFile]:
    slug, column = live.port.name.table, live.newest.column if live.newest else None
    resources: dict[str, object] = {"quality_monitors": {f"{slug}_monitor": _monitor(live, column)}}
    if column is not None and live.limit_hours is not None:
        resources["alerts"] = {f"{slug}_is_late": _alert(live, column, live.limit_hours)}
    resources["dashboards"] = {f"{slug}_health": _dashboard(slug)}
    text = yaml.safe_dump({"resources": resources}, sort_keys=False, allow_unicode=True, width=120)
    head = _HEAD.format(contract=live.port.contract.path)
    yield NewFile(path=f"resources/{slug}.monitoring.yml", text=head + text)
    yield NewFile(path=f"dashboards/{slug}.lvdash.json", text=json.dumps(_page(live, column), indent=2) + "\n")


def _monitor(live: Live, column: str | None) -> dict[str, object]:
    name = live.port.name
    found: dict[str, object] = {
        "table_name": str(name),
        "assets_dir": f"/Workspace/Shared/monitoring/{name.table}",
        "output_schema_name": f"{name.catalog}.{name.schema}",
        "schedule": {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"},
    }
    if column is None:
        return found | {"snapshot": {}}
    return found | {"time_series": {"timestamp_col": column, "granularities": ["1 day"]}}


def _alert(live: Live, column: str, hours: float) -> dict[str, object]:
    """Fires where the newest row is older than promised, and where there is none."""
    query = _AGE.substitute(column=f"`{column}`", table=live.port.name.quoted)
    promise = latency(live.port)
    said = f"{promise.name} of {promise.value.text if promise.value else ''} {promise.unit}" if promise else ""
    return {
        "display_name": f"{live.port.name} is late",
        "custom_description": f"The contract {live.port.contract.path} promises {said}.",
        "query_text": query,
        "warehouse_id": "${var.warehouse_id}",
        "evaluation": {
            "source": {"name": "age_minutes"},
            "comparison_operator": "GREATER_THAN",
            "threshold": {"value": {"double_value": hours * 60}},
            "empty_result_state": "TRIGGERED",
            "notification": {"subscriptions": [{"user_email": "${var.alert_email}"}], "notify_on_ok": True},
        },
        "schedule": {"quartz_cron_schedule": "0 0/30 * * * ?", "timezone_id": "UTC", "pause_status": "PAUSED"},
    }


def _dashboard(slug: str) -> dict[str, object]:
    return {
        "display_name": f"{slug} health",
        "file_path": f"../dashboards/{slug}.lvdash.json",
        "warehouse_id": "${var.warehouse_id}",
    }


def _page(live: Live, column: str | None) -> dict[str, object]:
    """One page: the rows of each day where there is a column of time, else their number."""
    table = live.port.name.quoted
    query = _BY_DAY.substitute(column=f"`{column}`", table=table) if column else _TODAY.substitute(table=table)
    fields = [{"name": name, "expression": f"`{name}`"} for name in ("day", "n")]
    widget = {
        "name": "rows",
        "queries": [{"name": "main_query", "query": {"datasetName": "rows", "fields": fields, "disaggregated": True}}],
        "spec": {
            "version": 3,
            "widgetType": "bar",
            "encodings": {
                "x": {"fieldName": "day", "scale": {"type": "temporal"}, "displayName": "day"},
                "y": {"fieldName": "n", "scale": {"type": "quantitative"}, "displayName": "rows"},
            },
            "frame": {"showTitle": True, "title": f"Rows of {live.port.name} by day"},
        },
    }
    layout = [{"widget": widget, "position": {"x": 0, "y": 0, "width": 6, "height": 6}}]
    return {
        "datasets": [{"name": "rows", "displayName": "rows by day", "queryLines": [query]}],
        "pages": [{"name": "health", "displayName": "Health", "layout": layout}],
    }
