"""MLflow calls, answered by a real MLflow server where there is one."""

from __future__ import annotations

import asyncio
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.family import RAW, Answer, Family
from orchestrator.workspace.sandbox.problem import CallRefusedError

FAMILY = Family(title="MLflow")
_PATHS = ("/api/2.0/mlflow/{rest:path}", "/api/3.0/mlflow/{rest:path}", "/api/2.0/mlflow-artifacts/{rest:path}")
_SECONDS = 60
_KEPT = ("content-type",)


async def forward(call: Call) -> Answer:
    """What the MLflow server answers; 501 where the sandbox runs without one."""
    if call.house.mlflow_url is None:
        said = "This sandbox runs without MLflow. Start it with --mlflow auto, or --mlflow URL of an MLflow server."
        raise CallRefusedError(501, "NOT_IMPLEMENTED", said)
    return await asyncio.to_thread(_forwarded, call)


def _forwarded(call: Call) -> Reply:
    address = urlsplit(call.house.mlflow_url or "")
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.netloc, timeout=_SECONDS)
    query = urlencode(call.pairs)
    target = f"{address.path}{call.url_path}" + (f"?{query}" if query else "")
    headers = {name: call.headers[name] for name in _KEPT if name in call.headers}
    try:
        connection.request(call.method, target, body=call.raw or None, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException):
        raise CallRefusedError(
            503, "TEMPORARILY_UNAVAILABLE", "The MLflow server does not answer.", retry_after=1
        ) from None
    finally:
        connection.close()
    found = answer.getheader("content-type", "application/json")
    return Reply(status=answer.status, content=content, headers={"Content-Type": found})


for _path in _PATHS:
    for _on in (FAMILY.get, FAMILY.post, FAMILY.put, FAMILY.patch, FAMILY.delete):
        _on(_path, sdk=RAW, raw=True)(forward)
