"""Reviews one fetched package with the product's own command line, and keeps what labelling needs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packages import CorpusError, Package

_REVIEW_SECONDS = 600
_REVIEWED = frozenset({0, 1, 3})
"""Exit codes of a review that came to an end: clean, findings at the gate, something left out."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One finding in one package; `path` is relative to the project that the package holds."""

    rule: str
    package: str
    version: str
    path: str
    line: int
    end_line: int
    fingerprint: str
    severity: str
    message: str

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What a label names it by."""
        return (self.rule, self.package, self.version, self.path, self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """How much of a package was reviewed, and how long it took in seconds."""

    package: str
    version: str
    files: int
    lines: int
    seconds: float
    incomplete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A package's review, whole."""

    reviewed: Reviewed
    findings: tuple[Finding, ...]


def project_root(folder: Path) -> Path:
    """The project inside an unpacked package: its only directory when it holds no file of its own, else itself."""
    seen = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return seen[0] if len(seen) == 1 and seen[0].is_dir() else folder


def review(package: Package, corpus: Path, select: str) -> Outcome:
    """Runs the selected rules, separated by commas or ALL, over the project that the package holds.

    Raises:
        CorpusError: the package is not fetched, or the command fails or prints something else than a review.
    """
    folder = corpus / package.folder
    if not folder.is_dir():
        raise CorpusError("not fetched: run fetch.py first")
    return _outcome(package, _run(project_root(folder).resolve(), select))


def write_outcomes(outcomes: Iterable[Outcome], out: Path) -> None:
    """Writes the findings to `out` and, beside it, what was reviewed; one JSON object a line, sorted."""
    kept = sorted(outcomes, key=lambda outcome: outcome.reviewed.package)
    out.parent.mkdir(parents=True, exist_ok=True)
    findings = sorted(finding for outcome in kept for finding in outcome.findings)
    out.write_text("".join(json.dumps(asdict(finding)) + "\n" for finding in findings), encoding="utf-8")
    reviewed = "".join(json.dumps(asdict(outcome.reviewed)) + "\n" for outcome in kept)
    packages_file(out).write_text(reviewed, encoding="utf-8")


def read_findings(out: Path) -> tuple[Finding, ...]:
    """The findings that a run wrote.

    Raises:
        CorpusError: there is no such file, or it was not written by a run.
    """
    return tuple(Finding(**entry) for entry in _entries(out, Finding))


def read_reviewed(out: Path) -> tuple[Reviewed, ...]:
    """What the run that wrote `out` had reviewed.

    Raises:
        CorpusError: there is no such file, or it was not written by a run.
    """
    return tuple(Reviewed(**entry) for entry in _entries(packages_file(out), Reviewed))


def packages_file(out: Path) -> Path:
    """Where a run that writes its findings to `out` says what it reviewed."""
    return out.with_name(f"{out.stem}.packages.jsonl")


def _entries(path: Path, kind: type[Finding | Reviewed]) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}; run run.py without --reuse") from error
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != set(kind.__dataclass_fields__):
            raise CorpusError(f"{str(path)!r} was not written by this run.py")
        yield entry


def _command() -> str:
    beside = Path(sys.executable).with_name("orchestrate")
    found = str(beside) if beside.is_file() else shutil.which("orchestrate")
    if found is None:
        raise CorpusError("`orchestrate` is not installed beside this Python: run `make review` first")
    return found


def _run(project: Path, select: str) -> str:
    command = [_command(), "review-pipeline", str(project), "--output", "json", "--select", select]
    try:
        done = subprocess.run(
            command, cwd=project, capture_output=True, encoding="utf-8", timeout=_REVIEW_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CorpusError(f"the review did not finish in {_REVIEW_SECONDS} seconds") from error
    if done.returncode not in _REVIEWED:
        said = done.stderr.strip().splitlines() or ["nothing on stderr"]
        raise CorpusError(f"the review ended with {done.returncode}: {said[-1]}")
    return done.stdout


def _outcome(package: Package, printed: str) -> Outcome:
    try:
        document = json.loads(printed)
        findings = tuple(_finding(package, found) for found in document["findings"])
        reviewed = Reviewed(
            package=package.name,
            version=package.version,
            files=int(document["files"]),
            lines=int(document["lines"]),
            seconds=float(document["seconds"]),
            incomplete=sum(bool(entry["incomplete"]) for entry in document["coverage"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"the review did not print JSON of the published shape: {error!r}") from error
    return Outcome(reviewed=reviewed, findings=findings)


def _finding(package: Package, found: dict[str, Any]) -> Finding:
    place = found["location"]
    return Finding(
        rule=found["rule"],
        package=package.name,
        version=package.version,
        path=place["path"],
        line=int(place["start_line"]),
        end_line=int(place["end_line"]),
        fingerprint=found["id"],
        severity=found["severity"],
        message=found["message"],
    )
