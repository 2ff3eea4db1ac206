"""A case of a suite: what its three files say, and the project that they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.code.source import SourceFile

Category = Literal[
    "correctness",
    "data-loss",
    "performance",
    "cost",
    "streaming",
    "pipelines",
    "security",
    "privacy",
    "governance",
    "reliability",
    "deployment",
    "ml",
    "testing",
    "portability",
]
Domain = Literal["pyspark", "delta-sql", "pipelines", "streaming", "bundles", "notebooks", "ml", "governance-sql"]
Level = Literal["critical", "high", "medium", "low"]
Scope = Literal["line", "block", "file", "project"]
Split = Literal["dev", "test"]
Tier = Literal["T1", "T2", "T3", "T4"]

CATEGORIES: tuple[str, ...] = get_args(Category)
DOMAINS: tuple[str, ...] = get_args(Domain)
SPLITS: tuple[str, ...] = get_args(Split)
TIERS: tuple[str, ...] = get_args(Tier)
TOLERANCE = 3
"""Lines that a finding may stand beside its golden."""

Kebab = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Span = Annotated[tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]], Field()]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Place(_Strict):
    """Lines of a file of the project, ends included, counted from 1 as they stand on disk."""

    file: Words
    lines: Span


class Origin(_Strict):
    """Where a case comes from; `sources` are the public pages that tell of the defect."""

    kind: Literal["hand", "real_fix", "seeded"]
    sources: tuple[Annotated[str, StringConstraints(pattern=r"^https?://\S+$")], ...] = ()


class CaseSpec(_Strict):
    """What `case.yaml` says."""

    id: Kebab
    title: Words
    kind: Literal["defect", "clean"]
    domain: Domain
    tier: Tier
    origin: Origin
    closed_world: tuple[Category, ...]
    unparsed: tuple[Words, ...] = ()
    """Files of input/ that do not parse because that is the defect."""


class Golden(_Strict):
    """One defect that a reviewer must find: an entry of `golden.yaml`."""

    id: Kebab
    kind: Kebab
    rules: tuple[Words, ...]
    also_accept: tuple[Words, ...]
    category: Category
    severity: Level
    file: Words
    lines: Span
    quote: Words
    scope: Scope
    alt_locations: tuple[Place, ...] = ()
    fix_lines: tuple[Place, ...] = ()
    tolerance: Annotated[int, Field(ge=0, le=20)] = TOLERANCE
    tier: Tier
    must_find: bool
    rationale: Words

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(file=self.file, lines=self.lines)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it may rightly be reported, its own place first."""
        return (self.place, *self.alt_locations)


class Ignored(_Strict):
    """A place whose findings of a kind, or of any kind, count neither for nor against a reviewer."""

    file: Words
    lines: Span
    kinds: tuple[Words, ...] = ()
    why: Words


class GoldenFile(_Strict):
    """What `golden.yaml` says."""

    findings: tuple[Golden, ...]
    ignored: tuple[Ignored, ...] = ()


class HardNegative(_Strict):
    """A place that looks wrong and is right: an entry of `hard_negatives.yaml`."""

    file: Words
    lines: Span
    quote: Words
    looks_like: Kebab
    why: Words

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(file=self.file, lines=self.lines)


class HardNegativesFile(_Strict):
    """What `hard_negatives.yaml` says."""

    places: tuple[HardNegative, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A project, what must be found in it and what must be left alone; `family` is the unit of all intervals.

    `texts` are the files of input/, and `twin_texts` those of twin/, decoded, by path.
    """

    split: Split
    family: str
    folder: Path
    spec: CaseSpec
    goldens: tuple[Golden, ...]
    ignored: tuple[Ignored, ...]
    hard_negatives: tuple[HardNegative, ...]
    texts: Mapping[str, str]
    twin_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name, unique over the suite."""
        return self.spec.id

    @property
    def name(self) -> str:
        """Its place below the suite: `dev/FAMILY/CASE`."""
        return f"{self.split}/{self.family}/{self.folder.name}"

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong with the project."""
        return self.spec.kind == "clean"

    @cached_property
    def mended(self) -> Mapping[str, str]:
        """The twin laid over the input: the project without its defects."""
        return {**self.texts, **self.twin_texts}

    def variant_texts(self, variant: str) -> Mapping[str, str]:
        """The files of `input` or of `twin`, which is the input with the twin laid over it."""
        return self.mended if variant == "twin" else self.texts

    @cached_property
    def _sources(self) -> dict[tuple[str, str], SourceFile]:
        return {}

    def source(self, path: str, variant: str = "input") -> SourceFile | None:
        """A file as it is read for review, whose lines know where they stand on disk; None where there is none."""
        key = (variant, path)
        text = self.variant_texts(variant).get(path)
        if text is None:
            return None
        if key not in self._sources:
            self._sources[key] = _source(path, text)
        return self._sources[key]


def _source(path: str, text: str) -> SourceFile:
    from orchestrator.code.jupyter import jupyter_source

    if path.endswith(".ipynb"):
        read = jupyter_source(path, text.encode("utf-8"), "")
        if isinstance(read, SourceFile):
            return read
    return SourceFile(path=path, text=text, digest="")
