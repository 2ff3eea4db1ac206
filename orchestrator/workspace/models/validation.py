"""A version held against its terms and against another version on the same data, and the record of that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Literal

from orchestrator.workspace.models.evidence import Evidence, Measured
from orchestrator.workspace.models.terms import Terms, Threshold
from orchestrator.workspace.records import Record

VERDICT, PROOF, TERMS, REASON, LOAD_TEST = (
    "validation", "validation_sha256", "validation_terms", "validation_reason", "validation_load_test",
)  # fmt: skip
"""The tags of a version that record its validation."""
PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"
Kind = Literal["threshold", "comparison", "slice"]


class Compared(Record):
    """A number of the version against a bound, or against the same number of the other version on the same data."""

    kind: Kind
    metric: str
    data: str | None
    digest: str | None
    value: float | None
    wanted: str
    """what it must keep, in words"""
    reference: float | None = None
    """the other version's value"""
    gain: float | None = None
    met: bool


class Held(Record):
    """A version held against its terms."""

    terms: Terms
    version: Evidence
    reference: Evidence | None
    rows: tuple[Compared, ...]
    same: str | None
    """why the two are one model, where they are"""
    not_comparable: str | None
    """why the two numbers are not of the same exam, where they are not"""

    @property
    def proof(self) -> str:
        """The hash of the terms and of all evidence: what a recorded validation was about."""
        return proof(self.terms, self.version, self.reference)


def proof(terms: Terms, version: Evidence, reference: Evidence | None) -> str:
    """The SHA-256 over the canonical JSON of the terms and of the evidence of both versions."""
    parts = {
        "terms": terms.model_dump(mode="json"),
        "version": version.model_dump(mode="json"),
        "reference": None if reference is None else reference.model_dump(mode="json"),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def held(terms: Terms, version: Evidence, reference: Evidence | None) -> Held:
    """The version held against the terms, and against the reference where there is one."""
    same = None if reference is None else _same(version, reference)
    rows = [row for threshold in terms.thresholds for row in _bounded(threshold, version)]
    why = None
    if reference is not None and same is None and terms.metric is not None:
        pairs = _pairs(version.of(terms.metric), reference.of(terms.metric))
        why = None if pairs else _apart(terms.metric, version, reference)
        rows += [_compared("comparison", terms, pair) for pair in pairs]
        rows += [_compared("slice", terms, pair) for pair in _slices(terms.metric, version, reference)]
    return Held(terms=terms, version=version, reference=reference, rows=tuple(rows), same=same, not_comparable=why)


def _same(version: Evidence, reference: Evidence) -> str | None:
    if version.model_id is not None and version.model_id == reference.model_id:
        return f"both are the logged model {version.model_id}"
    if version.contents.weights_sha256 == reference.contents.weights_sha256:
        return "all their files but MLmodel are equal"
    return None


def _bounded(threshold: Threshold, version: Evidence) -> Iterator[Compared]:
    found = [each for each in version.of(threshold.metric) if not each.on_training]
    if not found:
        found = [Measured(metric=threshold.metric, value=None, data=None, digest=None, part=None)]
    for each in found:
        yield Compared(
            kind="threshold", metric=each.metric, data=each.data, digest=each.digest, value=each.value,
            wanted=str(threshold), met=each.value is not None and threshold.holds(each.value),
        )  # fmt: skip


def _pairs(mine: tuple[Measured, ...], other: tuple[Measured, ...]) -> list[tuple[Measured, Measured]]:
    """Measurements of both on data with the same digest, which is not what either has learned from."""
    known = {each.digest: each for each in other if each.digest and not each.on_training}
    return [(each, known[each.digest]) for each in mine if each.digest in known and not each.on_training]


def _slices(metric: str, version: Evidence, reference: Evidence) -> Iterator[tuple[Measured, Measured]]:
    """The same of the slices of a metric, which are named METRIC/SLICE."""
    names = {each.metric for each in version.measured if each.metric.startswith(f"{metric}/")}
    for name in sorted(names):
        yield from _pairs(version.of(name), reference.of(name))


def _compared(kind: Kind, terms: Terms, pair: tuple[Measured, Measured]) -> Compared:
    mine, other = pair
    needed = terms.margin if kind == "comparison" else -terms.slice_fall
    gain = None if mine.value is None or other.value is None else terms.gain(mine.value, other.value)
    return Compared(
        kind=kind, metric=mine.metric, data=mine.data, digest=mine.digest, value=mine.value, reference=other.value,
        wanted=_wanted(needed),
        gain=gain, met=gain is not None and gain >= needed,
    )  # fmt: skip


def _wanted(needed: float) -> str:
    if needed > 0:
        return f"a gain of at least {needed:g}"
    return f"a fall of at most {-needed:g}" if needed else "no fall"


def _apart(metric: str, version: Evidence, reference: Evidence) -> str:
    """Why no measurement of both is on the same data."""
    return f"{_exam(metric, version)}, {_exam(metric, reference)}"


def _exam(metric: str, each: Evidence) -> str:
    found = [item for item in each.of(metric) if not item.on_training]
    if not found:
        trained = "on its training data alone" if each.of(metric) else "nowhere"
        return f"{metric} of {each.name} was measured {trained}"
    named = sorted(f"{item.data} (digest {item.digest})" for item in found if item.digest)
    if not named:
        return f"{metric} of {each.name} names no dataset"
    return f"{metric} of {each.name} was measured on {' and '.join(named)}"


class Recorded(Record):
    """The validation that a version carries as tags."""

    verdict: str | None
    proof: str | None
    terms: str | None
    reason: str | None
    load_test: str | None


def recorded(tags: dict[str, str]) -> Recorded:
    """What the tags of a version say of its validation."""
    return Recorded(
        verdict=tags.get(VERDICT), proof=tags.get(PROOF), terms=tags.get(TERMS), reason=tags.get(REASON),
        load_test=tags.get(LOAD_TEST),
    )  # fmt: skip
