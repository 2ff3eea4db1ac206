"""Monitors of data quality on tables and schemas, and their refreshes."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.problem import CallRefusedError, absent, taken
from orchestrator.workspace.sandbox.records import identity
from orchestrator.workspace.sandbox.seed.governance import MonitorSeed, RefreshSeed
from orchestrator.workspace.sandbox.seed.part import Json, Owned
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind, Placed

FAMILY = Family(title="Data quality monitors")
_PATH = "/api/data-quality/v1/monitors"
_ONE = _PATH + "/{object_type}/{object_id}"
PAGE = Sizes(parameter="page_size", default=100, most=1_000)
_DAILY = ["AGGREGATION_GRANULARITY_1_DAY"]


class Profiling(BaseModel):
    """What a new monitor on a table is to do."""

    output_schema_id: str = ""
    assets_dir: str | None = None


class MonitorBody(BaseModel):
    """The body that makes a monitor."""

    object_type: str
    object_id: str
    data_profiling_config: Profiling | None = None


def _securable(state: State, on: str) -> Placed[Owned]:
    return state.unity.find(Kind.TABLE if on.count(".") == 2 else Kind.SCHEMA, on)


def wire(state: State, monitor: MonitorSeed) -> Json:
    """The monitor as the interface answers it."""
    found = _securable(state, monitor.of)
    answer: Json = {"object_type": found.kind.lower(), "object_id": identity(found)}
    if found.kind is Kind.SCHEMA:
        return answer | {"anomaly_detection_config": {"excluded_table_full_names": []}}
    output = state.unity.schemas.get(monitor.output_schema or found.parent)
    metrics = f"{output.full_name}.{found.name}"
    config: Json = {
        "output_schema_id": identity(output),
        "monitored_table_name": found.full_name,
        "profile_metrics_table_name": f"{metrics}_profile_metrics",
        "drift_metrics_table_name": f"{metrics}_drift_metrics",
        "assets_dir": f"/Shared/monitors/{found.full_name}",
        "status": f"DATA_PROFILING_STATUS_{monitor.status}",
        "monitor_version": 1,
    }
    if monitor.failure is not None:
        config["latest_monitor_failure_message"] = monitor.failure
    if monitor.cron is not None:
        config["schedule"] = {"quartz_cron_expression": monitor.cron, "timezone_id": "UTC"}
    return answer | {"data_profiling_config": config | _analysis(monitor)}


def _analysis(monitor: MonitorSeed) -> Json:
    if monitor.problem_type is not None:
        log: Json = {
            "problem_type": monitor.problem_type,
            "timestamp_column": monitor.timestamp_column or "",
            "granularities": _DAILY,
            "prediction_column": monitor.prediction_column or "",
            "model_id_column": monitor.model_id_column or "",
        }
        return {"inference_log": log | ({"label_column": monitor.label_column} if monitor.label_column else {})}
    if monitor.timestamp_column is not None:
        return {"time_series": {"timestamp_column": monitor.timestamp_column, "granularities": _DAILY}}
    return {"snapshot": {}}


def _monitor(call: Call) -> MonitorSeed:
    for monitor in call.state.monitors:
        found = _securable(call.state, monitor.of)
        if identity(found) == call.path["object_id"] and found.kind.lower() == call.path["object_type"].lower():
            return monitor
    raise absent("Monitor", f"of {call.path['object_type'][:20]} {call.path['object_id'][:60]}")


@FAMILY.get(_PATH, sdk="data_quality.list_monitor")
def list_monitors(call: Call) -> Json:
    """The monitors, in pages."""
    return call.page(call.state.monitors, lambda monitor: wire(call.state, monitor), key="monitors", sizes=PAGE)


@FAMILY.get(_ONE, sdk="data_quality.get_monitor")
def get_monitor(call: Call) -> Json:
    """The monitor of one table or schema, by the id of that table or schema."""
    return wire(call.state, _monitor(call))


@FAMILY.post(_PATH, sdk="data_quality.create_monitor")
def create_monitor(call: Call) -> Json:
    """A new monitor on a table or schema; needs MANAGE on it; 409 where there is one."""
    given, state = call.parse(MonitorBody), call.state
    for item in [*state.unity.tables, *state.unity.schemas]:
        if identity(item) == given.object_id and item.kind.lower() == given.object_type.lower():
            return _made(call, item, given)
    raise absent(given.object_type[:20].capitalize(), given.object_id[:60])


def _made(call: Call, item: Placed[Owned], given: MonitorBody) -> Json:
    state = call.state
    state.grants.require_manage(call.caller, item)
    if any(monitor.of == item.full_name for monitor in state.monitors):
        raise taken("monitor", item.full_name)
    wanted = given.data_profiling_config.output_schema_id if given.data_profiling_config else ""
    output = next((schema.full_name for schema in state.unity.schemas if identity(schema) == wanted), None)
    monitor = MonitorSeed(of=item.full_name, status="PENDING", output_schema=output)
    state.monitors.append(monitor)
    return wire(state, monitor)


@FAMILY.delete(_ONE, sdk="data_quality.delete_monitor")
def delete_monitor(call: Call) -> Json:
    """Deletes a monitor; needs MANAGE on its table or schema."""
    monitor = _monitor(call)
    call.state.grants.require_manage(call.caller, _securable(call.state, monitor.of))
    call.state.monitors.remove(monitor)
    return {}


def _refresh_id(monitor: MonitorSeed, refresh: RefreshSeed) -> int:
    return stable_number("refresh", monitor.of, str(refresh.at))


def _refresh_wire(call: Call, monitor: MonitorSeed, refresh: RefreshSeed) -> Json:
    answer: Json = {
        "object_type": call.path["object_type"],
        "object_id": call.path["object_id"],
        "refresh_id": _refresh_id(monitor, refresh),
        "state": f"MONITOR_REFRESH_STATE_{refresh.state}",
        "trigger": "MONITOR_REFRESH_TRIGGER_SCHEDULE",
        "start_time_ms": refresh.at,
        "end_time_ms": refresh.at + refresh.seconds * 1_000,
    }
    return answer | ({"message": refresh.message} if refresh.message else {})


@FAMILY.get(_ONE + "/refreshes", sdk="data_quality.list_refresh")
def list_refreshes(call: Call) -> Json:
    """The refreshes of a monitor, newest first, in pages."""
    monitor = _monitor(call)
    every = sorted(monitor.refreshes, key=lambda refresh: -refresh.at)
    return call.page(every, lambda refresh: _refresh_wire(call, monitor, refresh), key="refreshes", sizes=PAGE)


@FAMILY.get(_ONE + "/refreshes/{refresh_id}", sdk="data_quality.get_refresh")
def get_refresh(call: Call) -> Json:
    """One refresh of a monitor."""
    monitor = _monitor(call)
    for refresh in monitor.refreshes:
        if str(_refresh_id(monitor, refresh)) == call.path["refresh_id"]:
            return _refresh_wire(call, monitor, refresh)
    raise CallRefusedError(404, "RESOURCE_DOES_NOT_EXIST", f"Refresh {call.path['refresh_id'][:40]} does not exist.")
