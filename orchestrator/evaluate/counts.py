"""What came of every prediction and of every golden, and their sums: the numbers that all metrics are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from orchestrator.evaluate.prediction import Prediction

SCORER = "score/v1"
Outcome: TypeAlias = Literal["tp", "fp", "duplicate", "unlabelled", "neutral", "ungrounded"]
Strength: TypeAlias = Literal["rule", "accepted", "category"]
"""By what a prediction fits its golden: the golden's own rule or kind, another accepted name, or its category alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one prediction.

    `golden` is what it matched (`tp`) or tells once more (`duplicate`). `gap` counts the lines between the two, 0 where
    they meet, `overlap` is the share of lines that both have. `false_by` says why a false one is: `closed-world`,
    `hard-negative`, `still-reported` (the golden's own defect, told of the twin where it is mended) or `ungrounded`.
    """

    prediction: Prediction
    outcome: Outcome
    golden: str | None = None
    strength: Strength | None = None
    gap: int | None = None
    overlap: float | None = None
    false_by: str | None = None

    @property
    def is_false(self) -> bool:
        """Whether it counts as a false finding; an ungrounded one does."""
        return self.outcome in {"fp", "ungrounded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenResult:
    """What came of one golden: who found it, and whether the same was still said of the mended place.

    `quiet_twin` is None where the twin was not reviewed.
    """

    id: str
    kind: str
    category: str
    severity: str
    tier: str
    must_find: bool
    has_rule: bool
    found: bool
    file: str
    lines: tuple[int, int]
    by: Prediction | None = None
    strength: Strength | None = None
    quiet_twin: bool | None = None
    agents: tuple[str, ...] = ()
    """The agents that own it: those of the rules it names; empty where no rule of ours means it."""

    @property
    def pair(self) -> bool | None:
        """Found in the input and silent on the twin; None where the twin was not reviewed."""
        return None if self.quiet_twin is None else self.found and self.quiet_twin


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    """One case in one epoch, scored; `verdicts` hold those of the input, `twin_verdicts` those of the twin.

    `lines` and `twin_lines` count non-blank lines. Of a clean case the input is the clean project.
    """

    case: str
    family: str
    split: str
    domain: str
    origin: str
    tier: str
    is_clean: bool
    epoch: int
    verdicts: tuple[Verdict, ...]
    goldens: tuple[GoldenResult, ...]
    lines: int
    twin_verdicts: tuple[Verdict, ...] = ()
    twin_lines: int = 0
    has_twin: bool = False
    invalid: tuple[str, ...] = ()
    """The agents whose answer on the input could not be used."""
    near: tuple[tuple[int, float], ...] = ()
    """Gap and overlap of each finding with the right name in the right file, whatever the tolerance."""

    @property
    def counts(self) -> Counts:
        """The sums of the case."""
        return count(self)

    @property
    def clean_verdicts(self) -> tuple[Verdict, ...]:
        """What was said of code without a defect: of the clean project, or of the twin."""
        return self.verdicts if self.is_clean else self.twin_verdicts

    @property
    def clean_lines(self) -> int:
        """Non-blank lines of code without a defect that were reviewed."""
        return self.lines if self.is_clean else self.twin_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sums over cases. `fp` holds the ungrounded too; `found_weight` and `weight` are of recall by severity.

    `pairs` are goldens whose twin was reviewed; right ones were found and are silent there, `noisy_twins` are not
    silent there, found or not. `by_name` are the true ones that matched by more than their category.
    """

    tp: int = 0
    by_name: int = 0
    fp: int = 0
    fn: int = 0
    duplicates: int = 0
    unlabelled: int = 0
    neutral: int = 0
    ungrounded: int = 0
    invalid: int = 0
    weight: int = 0
    found_weight: int = 0
    pairs: int = 0
    right_pairs: int = 0
    noisy_twins: int = 0
    clean_fp: int = 0
    clean_unlabelled: int = 0
    clean_lines: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in COUNTED})

    @property
    def predicted(self) -> int:
        """Predictions that are scored: all but the neutral ones."""
        return self.tp + self.fp + self.duplicates + self.unlabelled

    @property
    def said(self) -> int:
        """Predictions of any kind, on code with defects or without."""
        return self.predicted + self.neutral + self.clean_fp + self.clean_unlabelled

    @property
    def expected(self) -> int:
        """Goldens."""
        return self.tp + self.fn


COUNTED: tuple[str, ...] = tuple(Counts.__dataclass_fields__)
WEIGHTS: dict[str, int] = {"critical": 8, "high": 4, "medium": 2, "low": 1}

WantedGolden: TypeAlias = Callable[[GoldenResult], bool]
WantedVerdict: TypeAlias = Callable[[Verdict], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """Which goldens and which verdicts are summed; all by default."""

    golden: WantedGolden = field(default=lambda _: True)
    verdict: WantedVerdict = field(default=lambda _: True)


EVERYTHING = Selected()


def count(score: CaseScore, selected: Selected = EVERYTHING) -> Counts:
    """The sums of one case, of what is selected of it."""
    goldens = [golden for golden in score.goldens if selected.golden(golden)]
    verdicts = [verdict for verdict in score.verdicts if selected.verdict(verdict)]
    clean = [verdict for verdict in score.clean_verdicts if selected.verdict(verdict)]
    pairs = [golden.pair for golden in goldens if golden.pair is not None]
    return Counts(
        tp=sum(golden.found for golden in goldens),
        by_name=sum(golden.found and golden.strength != "category" for golden in goldens),
        fn=sum(not golden.found for golden in goldens),
        fp=sum(verdict.is_false for verdict in verdicts),
        duplicates=_having("duplicate", verdicts),
        unlabelled=_having("unlabelled", verdicts),
        neutral=_having("neutral", verdicts),
        ungrounded=_having("ungrounded", verdicts),
        invalid=len(score.invalid),
        weight=sum(WEIGHTS[golden.severity] for golden in goldens),
        found_weight=sum(WEIGHTS[golden.severity] for golden in goldens if golden.found),
        pairs=len(pairs),
        right_pairs=sum(pairs),
        noisy_twins=sum(golden.quiet_twin is False for golden in goldens),
        clean_fp=sum(verdict.is_false for verdict in clean),
        clean_unlabelled=_having("unlabelled", clean),
        clean_lines=score.clean_lines,
    )


def total(scores: Iterable[CaseScore], selected: Selected = EVERYTHING) -> Counts:
    """The sums of several cases; epochs are summed like cases."""
    result = Counts()
    for score in scores:
        result = result + count(score, selected)
    return result


def by_family(scores: Iterable[CaseScore], selected: Selected = EVERYTHING) -> dict[str, Counts]:
    """The sums of each family, which is what intervals resample."""
    found: dict[str, Counts] = {}
    for score in scores:
        found[score.family] = found.get(score.family, Counts()) + count(score, selected)
    return dict(sorted(found.items()))


def _having(outcome: Outcome, verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.outcome == outcome for verdict in verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A run, scored: what reports, comparisons and gates read. It holds no clock, no path and no id of a run."""

    suite: str
    dataset_version: str
    dataset_sha256: str
    system: str
    how: str
    scorer: str
    taxonomy: int
    cases: tuple[CaseScore, ...]
    not_measured: tuple[str, ...] = ()
    """The cases, as `case e1 variant agent: STATE`, that a recording could not stand for."""
    agents: tuple[str, ...] = ()
    """Everybody who was asked."""
    split: str | None = None
    epochs: int = 1
    cases_missing: tuple[str, ...] = ()
    """Cases of the suite that the run does not hold."""
