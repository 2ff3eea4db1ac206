"""Move a share of an endpoint's traffic to a new version, judge it, go on or go back. Needs a workspace;
databricks-sdk 0.156 or newer.

`judge` and `routes` are plain functions; `examples/test_canary.py` tests them and runs `shift` against a loopback
server.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.serving import Route, ServedEntityInput, ServedEntityOutput, TrafficConfig

SHARES = (5, 25, 100)
MINIMUM_REQUESTS = 2_000
ERROR_RATE_SLACK = 0.005
LATENCY_FACTOR = 1.2


class Verdict(StrEnum):
    """What to do with the candidate after a window."""

    WAIT = "wait"
    GO_ON = "go on"
    GO_BACK = "go back"


@dataclass(frozen=True, kw_only=True)
class Health:
    """One version over one window: counts, and the 95th percentile of the model's time in milliseconds."""

    requests: int
    errors: int
    p95_ms: float

    @property
    def error_rate(self) -> float:
        """Errors per request; 0 where there was no request."""
        return self.errors / self.requests if self.requests else 0.0


def judge(stable: Health, candidate: Health) -> Verdict:
    """Go back for more errors or much slower answers, go on for as good ones, wait while there are too few requests
    to tell.
    """
    if candidate.requests < MINIMUM_REQUESTS:
        return Verdict.WAIT
    if candidate.error_rate > stable.error_rate + ERROR_RATE_SLACK:
        return Verdict.GO_BACK
    if stable.p95_ms and candidate.p95_ms > stable.p95_ms * LATENCY_FACTOR:
        return Verdict.GO_BACK
    return Verdict.GO_ON


def routes(stable: str, candidate: str, share: int) -> list[Route]:
    """Routes that sum to 100: `share` percent to the candidate, 0 to 100, the rest to the stable version.

    Raises:
        ValueError: the share is outside 0 to 100, or both names are the same.
    """
    if not 0 <= share <= 100:
        raise ValueError(f"a share of {share} percent; it must be from 0 to 100")
    if stable == candidate:
        raise ValueError(f"both versions are called {stable!r}; a canary needs two served entities")
    return [
        Route(served_entity_name=stable, traffic_percentage=100 - share),
        Route(served_entity_name=candidate, traffic_percentage=share),
    ]


def as_input(entity: ServedEntityOutput) -> ServedEntityInput:
    """The served entity as an update wants it: what was configured, without state and timestamps."""
    return ServedEntityInput(
        name=entity.name,
        entity_name=entity.entity_name,
        entity_version=entity.entity_version,
        workload_size=entity.workload_size,
        workload_type=entity.workload_type,
        scale_to_zero_enabled=entity.scale_to_zero_enabled,
        min_provisioned_concurrency=entity.min_provisioned_concurrency,
        max_provisioned_concurrency=entity.max_provisioned_concurrency,
        environment_vars=entity.environment_vars,
    )


def shift(client: WorkspaceClient, endpoint: str, stable: str, candidate: str, share: int) -> None:
    """Route the share to the candidate and wait until the endpoint has taken it over; entities and routes go together.

    Raises:
        ValueError: one of the two is not served by the endpoint.
    """
    config = client.serving_endpoints.get(endpoint).config
    served = {entity.name: entity for entity in (config.served_entities if config else None) or []}
    missing = [name for name in (stable, candidate) if name not in served]
    if missing:
        raise ValueError(
            f"{endpoint} does not serve {', '.join(missing)}; it serves {', '.join(str(name) for name in served)}"
        )
    client.serving_endpoints.update_config_and_wait(
        endpoint,
        served_entities=[as_input(served[stable]), as_input(served[candidate])],
        traffic_config=TrafficConfig(routes=routes(stable, candidate, share)),
    )
