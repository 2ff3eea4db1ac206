"""The labels that people gave to findings: committed as data, without the code that they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from packages import HERE, CorpusError

LABELS_FILE = HERE / "labels.jsonl"
PUBLIC_LABELS_FILE = HERE / "labels_github.jsonl"
"""Labels of files from public repositories, which no pin holds: each names its repository or the index's number."""
_PUBLIC_FIELDS = frozenset({"source", "path", "fingerprint", "rule", "label", "reason"})
_FIELDS = frozenset({"package", "version", "path", "fingerprint", "rule", "label", "reason"})


class Verdict(StrEnum):
    """What a careful reader says: the team would mend it, would not, or would argue."""

    TRUE = "true"
    FALSE = "false"
    ARGUABLE = "arguable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One verdict on one finding, with the reason in a sentence."""

    package: str
    version: str
    path: str
    fingerprint: str
    rule: str
    label: Verdict
    reason: str

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """The finding that it is about."""
        return (self.rule, self.package, self.version, self.path, self.fingerprint)


def read_labels(path: Path = LABELS_FILE) -> tuple[Label, ...]:
    """Every label; none when the file does not exist.

    Raises:
        CorpusError: a line is not a label, lacks a reason, or labels a finding for the second time.
    """
    if not path.exists():
        return ()
    labels = tuple(_labels(path))
    seen: set[tuple[str, str, str, str, str]] = set()
    for label in labels:
        if label.key in seen:
            raise CorpusError(f"{label.rule} in {label.package} {label.path!r} is labelled more than once")
        seen.add(label.key)
    return labels


def read_public_labels(path: Path = PUBLIC_LABELS_FILE) -> tuple[Label, ...]:
    """Every label of a public file, its source as the package and no version; none when the file does not exist.

    Raises:
        CorpusError: as `read_labels`.
    """
    return read_labels(path)


def _labels(path: Path) -> Iterator[Label]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise CorpusError(f"{path.name}:{number}: not JSON: {error}") from error
        yield _label(entry, f"{path.name}:{number}")


def _label(entry: object, place: str) -> Label:
    if isinstance(entry, dict) and set(entry) == _PUBLIC_FIELDS:
        entry = {
            **{key: value for key, value in entry.items() if key != "source"},
            "package": entry["source"],
            "version": "",
        }
    if not isinstance(entry, dict) or set(entry) != _FIELDS or not all(isinstance(x, str) for x in entry.values()):
        raise CorpusError(f"{place}: a label has the text fields {', '.join(sorted(_FIELDS))}")
    if entry["label"] not in set(Verdict):
        raise CorpusError(f"{place}: label {entry['label']!r}; it is one of {', '.join(Verdict)}")
    if not entry["reason"].strip():
        raise CorpusError(f"{place}: a label needs a reason")
    return Label(**{**entry, "label": Verdict(entry["label"])})
