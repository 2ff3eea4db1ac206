"""What a system found, missed and said wrongly when somebody last approved of it: `baselines/<system>.json`.

The file is made by `eval baseline promote` alone and reviewed as any other. `accept` lines are the one part that is
written by hand: `{"case": ..., "change": ..., "why": ...}`, the change in the words of the gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import EvalError
from orchestrator.evaluate.counts import CaseScore, Scored, Verdict
from orchestrator.evaluate.runlog import MEASURED

FOLDER = "baselines"
SCHEMA = "eval-baseline/v1"
_KEPT = frozenset({"fp", "ungrounded", "duplicate", "unlabelled"})
"""Outcomes that are written down beside what was found; the neutral ones mean nothing."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Strict):
    """One finding as it is compared: how it was judged, its rule, severity and place."""

    outcome: str
    rule: str
    severity: str
    place: str

    @property
    def spot(self) -> tuple[str, str, str]:
        """What it says, whatever its severity."""
        return (self.outcome, self.rule, self.place)

    def __str__(self) -> str:
        return f"{self.outcome} {self.rule} {self.place} ({self.severity})"


class Found(_Strict):
    """By what a golden was found."""

    rule: str
    severity: str
    place: str


class Known(_Strict):
    """What was said of one case in one epoch: goldens by id, and the findings that matched none."""

    found: dict[str, Found]
    missed: tuple[str, ...]
    input: tuple[Said, ...]
    twin: tuple[Said, ...]


class Accept(_Strict):
    """One change that somebody looked at and wants."""

    case: str = Field(min_length=1)
    change: str = Field(min_length=1)
    why: str = Field(min_length=10)


class Promotion(_Strict):
    """Why a baseline was made, and what it changed; `lowered` says that it gave something up."""

    why: str = Field(min_length=10)
    dataset_version: str
    changes: int
    lowered: bool = False


class Baseline(_Strict):
    """The whole file."""

    schema_: Literal["eval-baseline/v1"] = Field(default="eval-baseline/v1", alias="schema")
    suite: str
    system: str
    how: str
    dataset_version: str
    dataset_sha256: str
    scorer: str
    taxonomy: int
    promotions: tuple[Promotion, ...]
    accept: tuple[Accept, ...] = ()
    cases: dict[str, Known]


def baseline_path(suite: Path, system: str) -> Path:
    """The file of a system's baseline."""
    return suite / FOLDER / f"{system}.json"


def read_baseline(suite: Path, system: str) -> Baseline | None:
    """The baseline of a system; None where nobody made one.

    Raises:
        EvalError: the file is damaged, or of another system.
    """
    path = baseline_path(suite, system)
    name = f"{FOLDER}/{path.name}"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvalError(f"{name} cannot be read: {error.strerror}") from error
    try:
        found = Baseline.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise EvalError(f"{name} is no baseline: {where}: {first['msg']}; promote a run anew") from None
    if found.system != system:
        raise EvalError(f"{name} is of the system {found.system!r}; restore it or promote a run anew")
    return found


def dump_baseline(baseline: Baseline) -> str:
    """The text of the file: a line a fact, so that a change of it can be reviewed."""
    return baseline.model_dump_json(indent=1, by_alias=True) + "\n"


def check_same_dataset(baseline: Baseline, scored: Scored) -> None:
    """Go on only if the two were made of the same cases by the same rules of scoring.

    Raises:
        EvalError: they were not.
    """
    name = f"{FOLDER}/{baseline.system}.json"
    for what, theirs, ours in (
        ("the suite", baseline.suite, scored.suite),
        ("dataset version", baseline.dataset_version, scored.dataset_version),
        ("the scorer", baseline.scorer, scored.scorer),
        ("the taxonomy", str(baseline.taxonomy), str(scored.taxonomy)),
        ("the digest of the dataset", baseline.dataset_sha256[:12], scored.dataset_sha256[:12]),
    ):
        if theirs != ours:
            raise EvalError(
                f"{name} is of {what} {theirs!r} and the run of {ours!r}: they cannot be compared; "
                "promote a run over the cases as they are"
            )


def baseline_of(scored: Scored, promotions: tuple[Promotion, ...]) -> Baseline:
    """The baseline that a scored run makes.

    Raises:
        EvalError: it is of a part of the suite, or not all of it was measured.
    """
    refusal = next(_refusals(scored), None)
    if refusal is not None:
        raise EvalError(f"the run of {scored.system} cannot become a baseline: {refusal}")
    return Baseline(
        suite=scored.suite,
        system=scored.system,
        how=scored.how,
        dataset_version=scored.dataset_version,
        dataset_sha256=scored.dataset_sha256,
        scorer=scored.scorer,
        taxonomy=scored.taxonomy,
        promotions=promotions,
        cases=known_cases(scored),
    )


def known_cases(scored: Scored) -> dict[str, Known]:
    """What was said of each case, by its id and, after the first, its epoch."""
    named = {_key(case): _known(case) for case in scored.cases}
    return dict(sorted(named.items()))


def _refusals(scored: Scored) -> Iterator[str]:
    if scored.how not in MEASURED:
        yield f"it was made from {scored.how} recordings, which measure nobody"
    if scored.split is not None or scored.cases_missing:
        yield "it does not hold every case of the suite"
    if scored.not_measured:
        yield f"{len(scored.not_measured)} reviews were not measured, such as {scored.not_measured[0]}"


def _key(case: CaseScore) -> str:
    return case.case if case.epoch == 1 else f"{case.case} e{case.epoch}"


def _known(case: CaseScore) -> Known:
    matched = {each.golden: each.prediction for each in case.verdicts if each.outcome == "tp" and each.golden}
    found: Mapping[str, Found] = {
        name: Found(rule=each.rule, severity=each.severity.value, place=_place(each.path, each.lines))
        for name, each in sorted(matched.items())
    }
    return Known(
        found=dict(found),
        missed=tuple(sorted(golden.id for golden in case.goldens if not golden.found)),
        input=_said(case.verdicts),
        twin=_said(case.twin_verdicts),
    )


def _said(verdicts: tuple[Verdict, ...]) -> tuple[Said, ...]:
    kept = [each for each in verdicts if each.outcome in _KEPT]
    said = (
        Said(
            outcome=each.outcome,
            rule=each.prediction.rule,
            severity=each.prediction.severity.value,
            place=_place(each.prediction.path, each.prediction.lines),
        )
        for each in kept
    )
    return tuple(sorted(said, key=lambda each: (each.place, each.rule, each.outcome, each.severity)))


def _place(path: str, lines: tuple[int, int]) -> str:
    return f"{path}:{lines[0]}" if lines[0] == lines[1] else f"{path}:{lines[0]}-{lines[1]}"
