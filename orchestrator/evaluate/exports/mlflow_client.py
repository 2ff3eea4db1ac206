"""Sends an MLflow run to a tracking server, by MLflow's own client."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource
from mlflow.exceptions import MlflowException

from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.mlflow_run import CaseTrace, Document

TABLE = "cases.json"
_TABLES_TAG = "mlflow.loggedArtifacts"
"""The tag by which MLflow's interface knows that an artifact is a table."""


def log_run(document: Document, tracking_uri: str) -> str:
    """Logs the run, its table and a trace of each case, and returns its id.

    Raises:
        UsageError: the server refuses, or does not answer.
    """
    try:
        # MLflow prints where the run can be seen; stdout is for the result.
        with redirect_stdout(sys.stderr), _tracked(tracking_uri):
            return _logged(MlflowClient(tracking_uri=tracking_uri), document)
    except MlflowException as error:
        raise UsageError(f"MLflow at {tracking_uri!r} refused the run: {str(error)[:300]}") from error


@contextmanager
def _tracked(uri: str) -> Iterator[None]:
    """Traces go where the process tracks, whatever a client says."""
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)


def _logged(client: MlflowClient, document: Document) -> str:
    known = client.get_experiment_by_name(document.experiment)
    experiment = known.experiment_id if known is not None else client.create_experiment(document.experiment)
    tags = {**document.tags, _TABLES_TAG: json.dumps([{"path": TABLE, "type": "table"}])}
    run = str(client.create_run(experiment, run_name=document.run_name, tags=tags).info.run_id)
    for name, text in document.params.items():
        client.log_param(run, name, text)
    for name, value in document.metrics.items():
        client.log_metric(run, name, value)
    client.log_text(run, json.dumps(document.table), TABLE)
    traces = [(_traced(client, each, experiment, run), each) for each in document.traces]
    # They are sent in the background, and only a trace that has arrived can be judged.
    mlflow.flush_trace_async_logging()
    for trace, each in traces:
        _judge(trace, each, document.scorer)
    client.set_terminated(run)
    return run


def _traced(client: MlflowClient, each: CaseTrace, experiment: str, run: str) -> str:
    span = client.start_trace(each.name, inputs=each.inputs, experiment_id=experiment, run_id=run)
    client.end_trace(span.trace_id, outputs=each.outputs)
    return str(span.trace_id)


def _judge(trace: str, each: CaseTrace, scorer: str) -> None:
    source = AssessmentSource(source_type="CODE", source_id=scorer)
    for name, expected in each.expectations.items():
        mlflow.log_expectation(trace_id=trace, name=name, value=expected)
    for one in each.feedback:
        mlflow.log_feedback(
            trace_id=trace, name=one.name, value=one.value, rationale=one.rationale or None, source=source
        )
