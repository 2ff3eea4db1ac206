"""The verdict on a model version: what was held against what, what speaks against it, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.types import Severity, Table
from orchestrator.workflows.audit.validate_model import checks
from orchestrator.workflows.commands.result import Facts, Observation
from orchestrator.workspace.models.evidence import Evidence
from orchestrator.workspace.models.trial import Trial
from orchestrator.workspace.models.validation import FAILED, PASSED, UNDECIDED, Held

_MOST_REASON = 250
NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict and why; `trial` is None where no load test was asked for."""

    held: Held
    trial: Trial | None
    observations: tuple[Observation, ...]

    @property
    def verdict(self) -> str:
        """`passed`, `failed`, or `undecided` where only the means to decide are missing."""
        against = self._against()
        if not against:
            return PASSED
        return UNDECIDED if all(each.check.id in checks.UNDECIDED for each in against) else FAILED

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        against = self._against()
        if against:
            return "; ".join(each.message for each in against)[:_MOST_REASON]
        return "; ".join(_met(self.held))[:_MOST_REASON]

    @property
    def load_test(self) -> str:
        """What became of the load test, in a word or two."""
        if self.trial is None:
            return NOT_RUN
        if not self.trial.loaded or not self.trial.finite:
            return FAILED
        return PASSED if self.trial.predicted else "loaded, no input example to predict"

    def _against(self) -> tuple[Observation, ...]:
        return tuple(
            each for each in self.observations if (each.severity or each.check.severity).at_least(Severity.HIGH)
        )


def judged(held: Held, trial: Trial | None = None) -> Judgement:
    """The judgement of a version that was held against its terms."""
    observations = (
        *checks.of_version(held.version, held.reference),
        *checks.of_numbers(held),
        *checks.of_requirements(held.version),
        *(checks.of_trial(trial) if trial is not None else ()),
    )
    return Judgement(held=held, trial=trial, observations=observations)


def facts(judgement: Judgement) -> tuple[Facts, ...]:
    """The rows that the observations quote."""
    held = judgement.held
    versions = [each for each in (held.version, held.reference) if each is not None]
    rows = tuple(
        each.model_dump(mode="json", exclude={"measured": True, "contents": {"requirements"}}) for each in versions
    )
    lines = held.version.contents.requirements or ()
    found = [
        Facts(name=checks.VERSIONS, source="the versions, their runs and their MLmodel files", rows=rows),
        Facts.of(checks.NUMBERS, "metrics of logged models and runs", held.rows),
        Facts.of(checks.METRICS, f"metrics of {held.version.name}", held.version.measured),
        Facts(
            name=checks.REQUIREMENTS,
            source=f"requirements.txt of {held.version.name}",
            rows=tuple({"requirement": line} for line in lines),
        ),
    ]
    if judgement.trial is not None:
        found.append(Facts.of(checks.LOAD_TEST, "the load test in a process of its own", [judgement.trial]))
    return tuple(found)


def tables(judgement: Judgement) -> tuple[Table, ...]:
    """What a reader sees."""
    held = judgement.held
    rows = tuple(
        (
            row.kind, row.metric, f"{row.data or 'not named'} {row.digest or ''}".strip(), _number(row.value),
            _number(row.reference), row.wanted, "met" if row.met else "not met",
        )
        for row in held.rows
    )  # fmt: skip
    other = held.reference.name if held.reference else f"no {held.terms.against}"
    return (
        Table(title="Verdict", columns=("of", "verdict", "why"), rows=((_named(held.version), *_said(judgement)),)),
        Table(title="The record", columns=("what", "value"), rows=tuple(_record(judgement))),
        Table(
            title="Numbers",
            columns=("kind", "metric", "data", held.version.name, other, "wanted", ""),
            rows=rows,
            note="compared are only numbers on data with the same digest; less is better"
            if held.terms.lower_is_better
            else "compared are only numbers on data with the same digest; more is better",
        ),
    )


def _said(judgement: Judgement) -> tuple[str, str]:
    words = {PASSED: "nothing found against it", FAILED: "not to be promoted", UNDECIDED: "not known"}
    return words[judgement.verdict], judgement.reason


def _named(found: Evidence) -> str:
    return f"{found.model} version {found.version}" if found.version else found.name


def _record(judgement: Judgement) -> Iterator[tuple[str, str]]:
    found, trial = judgement.held.version, judgement.trial
    contents = found.contents
    yield "run", f"{found.run_id or 'not known'}, {found.run_status or 'status not known'}"
    yield "status of the version", found.status or "not registered"
    yield "commit", found.commit or "not recorded"
    yield "data of the run", "; ".join(found.data) or "none logged"
    yield "files", f"{contents.files}, sha256 {contents.sha256[:12]}"
    yield "signature", f"{contents.inputs or 'none'} -> {contents.outputs or 'none'}"
    yield "input example", contents.input_example or "none"
    yield "flavors", ", ".join(contents.flavors)
    yield "packages", f"{len(contents.requirements or ())} required, Python {contents.python or 'not named'}"
    yield "load test", f"{judgement.load_test}{_trial(trial)}"


def _trial(trial: Trial | None) -> str:
    if trial is None:
        return " (it needs --python FILE)"
    if not trial.loaded:
        return ""
    return f", Python {trial.python}: {trial.answers or 0} answers to {trial.rows or 0} rows"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _met(held: Held) -> Iterator[str]:
    for row in held.rows:
        against = "" if row.reference is None else f" against {row.reference:.6g}"
        yield f"{row.metric} {_number(row.value)}{against} on {row.data or 'data that is not named'}: {row.wanted}"
