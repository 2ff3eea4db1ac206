"""The system tables about clusters, warehouses, jobs and their runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.runs import runs_of
from orchestrator.workspace.sandbox.seed.moment import moment_of

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.state import State


def compute_rows(state: State) -> dict[str, Iterator[Json]]:
    """The rows of each system table about compute and jobs, by its name."""
    return {
        "compute.clusters": _clusters(state),
        "compute.warehouses": _warehouses(state),
        "lakeflow.jobs": _jobs(state),
        "lakeflow.job_run_timeline": _runs(state),
    }


def _base(state: State) -> Json:
    return {"account_id": state.seed.place.account_id, "workspace_id": str(state.seed.place.workspace_id)}


def _clusters(state: State) -> Iterator[Json]:
    for cluster in state.seed.compute.clusters:
        changed = cluster.start_time or state.now
        yield _base(state) | {
            "cluster_id": cluster.cluster_id,
            "cluster_name": cluster.cluster_name,
            "owned_by": cluster.creator_user_name or state.people.admin,
            "create_time": moment_of(changed),
            "driver_node_type": cluster.driver_node_type_id or cluster.node_type_id,
            "worker_node_type": cluster.node_type_id,
            "worker_count": cluster.num_workers,
            "min_autoscale_workers": cluster.autoscale.min_workers if cluster.autoscale else None,
            "max_autoscale_workers": cluster.autoscale.max_workers if cluster.autoscale else None,
            "auto_termination_minutes": cluster.autotermination_minutes,
            "enable_elastic_disk": cluster.enable_elastic_disk,
            "tags": cluster.custom_tags or {},
            "cluster_source": cluster.cluster_source,
            "dbr_version": cluster.spark_version,
            "change_time": moment_of(changed),
            "change_date": moment_of(changed).date(),
            "data_security_mode": cluster.data_security_mode,
            "policy_id": cluster.policy_id,
        }


def _warehouses(state: State) -> Iterator[Json]:
    for warehouse in state.seed.compute.warehouses:
        yield _base(state) | {
            "warehouse_id": warehouse.id,
            "warehouse_name": warehouse.name,
            "warehouse_type": warehouse.warehouse_type,
            "warehouse_channel": "CURRENT",
            "warehouse_size": warehouse.cluster_size,
            "min_clusters": warehouse.min_num_clusters,
            "max_clusters": warehouse.max_num_clusters,
            "auto_stop_minutes": warehouse.auto_stop_mins,
            "tags": {},
            "change_time": state.seed.now,
        }


def _jobs(state: State) -> Iterator[Json]:
    for job in state.seed.jobs:
        creator = job.creator_user_name or state.people.admin
        yield _base(state) | {
            "job_id": str(job.job_id),
            "name": job.settings.name,
            "description": job.settings.description,
            "creator_id": str(stable_number("user", creator)),
            "tags": job.settings.tags or {},
            "change_time": moment_of(job.created_time or state.now),
            "run_as": job.run_as_user_name or creator,
        }


def _runs(state: State) -> Iterator[Json]:
    for run in runs_of(state.seed):
        yield _base(state) | {
            "job_id": str(run.job.job_id),
            "run_id": str(run.id),
            "period_start_time": moment_of(run.start),
            "period_end_time": moment_of(run.end),
            "trigger_type": "CRON" if run.seed.trigger == "PERIODIC" else run.seed.trigger,
            "result_state": "FAILED" if run.failed else "SUCCEEDED",
            "termination_code": "RUN_EXECUTION_ERROR" if run.failed else "SUCCESS",
            "run_type": "JOB_RUN",
            "run_name": run.job.settings.name,
        }
