"""What of a model version speaks against it, and how grave: one observation for each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.models.evidence import Evidence
from orchestrator.workspace.models.trial import Trial
from orchestrator.workspace.models.validation import Compared, Held

EXPERT, PIPELINE, GUARDIAN = "mlflow-expert", "ml-pipeline-architect", "ml-security-guardian"
VERSIONS, NUMBERS, METRICS, REQUIREMENTS, LOAD_TEST = "versions", "numbers", "metrics", "requirements", "load-test"
_MODEL = "https://mlflow.org/docs/latest/ml/model/"
_REGISTRY = "https://mlflow.org/docs/latest/ml/model-registry/"
_DATA = "https://mlflow.org/docs/latest/ml/dataset/"
_PINNED = re.compile(r"[\w.\[\],-]+\s*===?\s*[^*\s,;]+(\s*;.*)?")


def _check(name: str, specialist: str, title: str, why: str, reference: str) -> Check:
    return Check(id=name, specialist=specialist, severity=Severity.HIGH, title=title, why=why, references=(reference,))


def _milder(check: Check, severity: Severity) -> Check:
    return replace(check, severity=severity)


RUN = _check(
    "run-not-finished", EXPERT, "the run that made the model did not finish",
    "What a broken run has logged is what happened to be there. Train again.", _MODEL,
)  # fmt: skip
STATUS = _check(
    "version-not-ready", EXPERT, "the version cannot be loaded",
    "Whoever loads it gets an error. Register the model again.", _REGISTRY,
)  # fmt: skip
SIGNATURE = _check(
    "no-signature", EXPERT, "the model has no signature",
    "Without one nothing refuses rows with a missing or mistyped column, and Unity Catalog takes no such version. Log "
    "it with input_example or signature.", _MODEL,
)  # fmt: skip
SHAPE = _milder(_check(
    "signature-differs", PIPELINE, "the model takes other inputs than the version that serves now",
    "Who calls the present version by these columns gets an error or other answers. Change the callers first.", _MODEL,
), Severity.MEDIUM)  # fmt: skip
EXAMPLE = _milder(_check(
    "no-input-example", EXPERT, "the model has no input example",
    "Nobody can try it without knowing its training data. Log it with input_example.", _MODEL,
), Severity.MEDIUM)  # fmt: skip
DATA = _check(
    "data-not-named", PIPELINE, "nothing says on which data the model was judged",
    "A number without its data can be compared with nothing. Log the held-out rows with mlflow.log_input(..., "
    "context='evaluation') and each metric with its dataset.", _DATA,
)  # fmt: skip
TRAINING = _check(
    "measured-on-training-data", PIPELINE, "the metric was measured on what the model has learned from",
    "Such a number says how well it remembers. Measure on rows that no training has read.", _DATA,
)  # fmt: skip
NUMBER = _check(
    "no-number", EXPERT, "the metric is no number",
    "What cannot be computed cannot be good enough. Look at the evaluation.", _MODEL,
)  # fmt: skip
PERFECT = _milder(_check(
    "too-good", PIPELINE, "the metric is perfect",
    "Exactly 1 or 0 is nearly always a leak of the label or an empty set. Look at the rows it was measured on.", _DATA,
), Severity.MEDIUM)  # fmt: skip
THRESHOLD = _check(
    "threshold-missed", EXPERT, "a metric does not keep its threshold",
    "The bound was set before the model was made. Train again, or change the bound by decision.", _MODEL,
)  # fmt: skip
WORSE = _check(
    "not-better", EXPERT, "the version is not better than the one it would replace",
    "A change of what serves is a risk that a gain has to pay for.", _REGISTRY,
)  # fmt: skip
SLICE = _check(
    "slice-worse", PIPELINE, "a slice is worse than with the version it would replace",
    "The mean rises while these cases get worse answers. Look at their rows, or allow the fall with --slice-fall.",
    _REGISTRY,
)  # fmt: skip
APART = _check(
    "not-comparable", PIPELINE, "the two numbers are not of the same data",
    "Numbers from different exams say nothing about each other. Score both versions on the same rows and log them "
    "with that dataset.", _DATA,
)  # fmt: skip
SAME = _check(
    "same-model", EXPERT, "the version and the one it is held against are one model",
    "A model is not better than itself; a registration by mistake looks like this.", _REGISTRY,
)  # fmt: skip
OPEN = _check(
    "nothing-decides", EXPERT, "nothing was given by which the version could be judged",
    "Without a metric, a bound or a version to beat every model would pass.", _REGISTRY,
)  # fmt: skip
PINS = _milder(_check(
    "dependency-not-pinned", GUARDIAN, "a package of the model is not pinned",
    "The next environment gets another release, and with it other answers or code that nobody looked at. Pin it with "
    "== in pip_requirements.", _MODEL,
), Severity.MEDIUM)  # fmt: skip
UNPACKED = _check(
    "no-requirements", GUARDIAN, "the model does not say which packages it needs",
    "It runs only where it was made. Log it again with pip_requirements.", _MODEL,
)  # fmt: skip
LOAD = _check(
    "load-test-failed", EXPERT, "the model does not load or predict in a clean process",
    "An endpoint or a job would fail the same way.", _MODEL,
)  # fmt: skip
ELSEWHERE = _milder(_check(
    "environment-differs", EXPERT, "the load test ran with other packages than are pinned",
    "What was tried is not quite what will run. Run it with an interpreter that has the pinned packages.", _MODEL,
), Severity.LOW)  # fmt: skip
UNDECIDED = frozenset({APART.id, OPEN.id})
"""Checks that say that nothing could be decided."""


def of_version(found: Evidence, reference: Evidence | None) -> Iterator[Observation]:
    """What the record and the files of the version show."""
    if found.run_status is not None and found.run_status != "FINISHED":
        yield _version(RUN, found, f"run {found.run_id} is {found.run_status}")
    if found.status not in {None, "READY"}:
        yield _version(STATUS, found, f"{found.name} is {found.status}")
    if found.contents.inputs is None:
        yield _version(SIGNATURE, found, f"{found.name} has no signature")
    elif reference is not None and reference.contents.inputs not in {None, found.contents.inputs}:
        yield _version(SHAPE, found, f"{found.name} and {reference.name} take different inputs")
    if found.contents.input_example is None:
        yield _version(EXAMPLE, found, f"{found.name} has no input example")
    if not found.data and not any(each.digest for each in found.measured):
        yield _version(DATA, found, f"the run of {found.name} has logged no dataset")


def of_requirements(found: Evidence) -> Iterator[Observation]:
    """Packages that the model needs and does not pin."""
    lines = found.contents.requirements
    if lines is None:
        yield _version(UNPACKED, found, f"{found.name} has no requirements.txt")
        return
    for number, line in enumerate(lines, start=1):
        if not line.startswith("-") and not _PINNED.fullmatch(line):
            message = f"{found.name} needs {line}, in whatever release there is then"
            yield Observation(check=PINS, facts=REQUIREMENTS, row=number, about=line, message=message)


def of_numbers(held: Held) -> Iterator[Observation]:
    """What the metrics show."""
    yield from _of_metric(held)
    for number, row in enumerate(held.rows, start=1):
        if not row.met:
            check = {"threshold": THRESHOLD, "comparison": WORSE, "slice": SLICE}[row.kind]
            about = f"{row.metric} {row.wanted}"
            yield Observation(check=check, facts=NUMBERS, row=number, about=about, message=_missed(held, row))
    other = held.reference.name if held.reference else ""
    if held.same is not None:
        yield _version(SAME, held.version, f"{held.version.name} and {other} are one model: {held.same}")
    if held.not_comparable is not None:
        yield _version(APART, held.version, f"not compared with {other}: {held.not_comparable}")
    if not held.terms.thresholds and (held.reference is None or held.terms.metric is None):
        names = ", ".join(sorted({each.metric for each in held.version.measured})[:10]) or "none"
        beaten = f"{other} could be compared by no metric" if other else "there is no version to compare with"
        yield _version(
            OPEN, held.version, f"{beaten} and no threshold is given; give --metric or --threshold (measured: {names})"
        )


def of_trial(trial: Trial) -> Iterator[Observation]:
    """What the load test shows."""
    if not trial.loaded:
        yield _trial(LOAD, f"it was not loaded: {trial.failure}")
    elif not trial.finite:
        yield _trial(LOAD, "an answer to its input example is no number")
    for each in trial.differing:
        yield _trial(ELSEWHERE, each)


def _of_metric(held: Held) -> Iterator[Observation]:
    """What the values of the metrics that matter are like."""
    wanted = {held.terms.metric, *(each.metric for each in held.terms.thresholds)}
    for number, each in enumerate(held.version.measured, start=1):
        if each.metric not in wanted:
            continue
        about = f"{each.metric} {each.digest or ''}"
        if each.on_training and all(other.on_training for other in held.version.of(each.metric)):
            message = f"{each.metric} of {held.version.name} was measured on its training data"
            yield Observation(check=TRAINING, facts=METRICS, row=number, about=about, message=message)
        elif each.value is None:
            message = f"{each.metric} of {held.version.name} is no finite number"
            yield Observation(check=NUMBER, facts=METRICS, row=number, about=about, message=message)
        elif each.value in {0.0, 1.0}:
            message = f"{each.metric} of {held.version.name} is exactly {each.value:g}"
            yield Observation(check=PERFECT, facts=METRICS, row=number, about=about, message=message)


def _missed(held: Held, row: Compared) -> str:
    value = "not measured on held-out data" if row.value is None else f"{row.value:.6g}"
    on = f" on {row.data}" if row.data else ""
    if row.kind == "threshold":
        return f"{row.metric} of {held.version.name} is {value}{on}; it must keep {row.wanted}"
    other = held.reference.name if held.reference else "the other version"
    reference = "no number" if row.reference is None else f"{row.reference:.6g}"
    gain = "" if row.gain is None else f", a gain of {row.gain:+.6g}"
    said = f"{row.metric} of {held.version.name} is {value}{on} against {reference} of {other}{gain}"
    return f"{said}; needed: {row.wanted}"


def _version(check: Check, found: Evidence, message: str) -> Observation:
    about = f"{found.model or ''} {found.version or found.run_id}"
    return Observation(check=check, facts=VERSIONS, row=1, about=about, message=message)


def _trial(check: Check, message: str) -> Observation:
    return Observation(check=check, facts=LOAD_TEST, row=1, about=message[:80], message=message)
