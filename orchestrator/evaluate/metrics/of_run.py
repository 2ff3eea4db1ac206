"""All measures of a stored run together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.metrics.calibration import Calibration, calibration
from orchestrator.evaluate.metrics.contribution import Contribution, contributions
from orchestrator.evaluate.metrics.details import (
    Grounding,
    Localisation,
    SeverityError,
    grounding,
    localisation,
    severity_error,
)
from orchestrator.evaluate.metrics.economics import Economics, economics
from orchestrator.evaluate.metrics.groups import (
    Group,
    Groups,
    by_agent,
    by_category,
    by_domain,
    by_origin,
    by_split,
    by_tier,
    macro_by_case,
    overall,
    owasp_index,
)
from orchestrator.evaluate.metrics.stability import Stability, stability
from orchestrator.evaluate.runlog import RunLog
from orchestrator.evaluate.score import score


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMetrics:
    """What a run is worth; micro (`overall` and the groups) pools counts, macro is a plain mean."""

    overall: Group
    macro_by_case: Mapping[str, float | None]
    domains: Groups
    categories: Groups
    tiers: Groups
    origins: Groups
    splits: Groups
    agents: Groups
    owasp_index: float | None
    severity: SeverityError
    localisation: Localisation
    grounding: Grounding
    calibration: Calibration
    economics: Economics
    stability: Stability
    contributions: tuple[Contribution, ...]


def run_metrics(log: RunLog, cases: Sequence[Case], scored: Scored) -> RunMetrics:
    """The metrics of a run that was scored against these cases."""
    whole = overall(scored)
    categories = by_category(scored)
    alone = {agent: score(log, cases, agent=agent) for agent in scored.agents}
    return RunMetrics(
        overall=whole,
        macro_by_case=macro_by_case(scored),
        domains=by_domain(scored),
        categories=categories,
        tiers=by_tier(scored),
        origins=by_origin(scored),
        splits=by_split(scored),
        agents=by_agent(alone),
        owasp_index=owasp_index(categories),
        severity=severity_error(scored),
        localisation=localisation(scored),
        grounding=grounding(scored, asked=sum(len(entry.agents) for entry in log.entries if entry.variant == "input")),
        calibration=calibration(scored),
        economics=economics(log, whole.counts),
        stability=stability(scored),
        contributions=contributions(log, cases, scored),
    )
