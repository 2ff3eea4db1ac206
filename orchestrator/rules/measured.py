"""What was measured of each rule: a dated file that `evals/rules/measure.py` writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orchestrator.errors import OrchestratorError

MEASURED_FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How many labelled findings on real code were right; an arguable one counts as wrong."""

    right: int
    labelled: int

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.right / self.labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How many planted defects were found at their line with a silent twin, and how many forms of them everywhere."""

    found: int
    planted: int
    found_forms: int
    forms: int

    @property
    def share(self) -> float:
        """The share that was found."""
        return self.found / self.planted


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is known of one rule; None is what nobody has measured, and `findings` are those on the corpus."""

    precision: Precision | None = None
    recall: Recall | None = None
    findings: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The real code that the rules were run over."""

    packages: int = 0
    files: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The measurements of one day; `measured_on` is empty where there are none."""

    measured_on: str = ""
    corpus: Corpus = field(default_factory=Corpus)
    rules: dict[str, Measurement] = field(default_factory=dict)

    def of(self, rule: str) -> Measurement:
        """What is known of a rule: nothing where it is newer than the measurements."""
        return self.rules.get(rule, Measurement())

    def rate(self, rule: str) -> float | None:
        """The rule's findings per 1,000 lines of the corpus; None where it was not run there."""
        findings = self.of(rule).findings
        return None if findings is None or not self.corpus.lines else 1000 * findings / self.corpus.lines


@cache
def measured(path: Path = MEASURED_FILE) -> Measured:
    """The measurements that this installation came with.

    Raises:
        OrchestratorError: the file is damaged.
    """
    if not path.is_file():
        return Measured()
    try:
        return TypeAdapter(Measured).validate_json(path.read_bytes())
    except ValidationError as error:
        raise OrchestratorError(f"the measurements in {path.name!r} are damaged; install the package again") from error
