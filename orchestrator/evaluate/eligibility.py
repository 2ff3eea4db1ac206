"""Whether a prediction may be matched with a golden, and how well it fits: step 5 of the scorer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from orchestrator.evaluate.assignment import MOST_GAP, Fit
from orchestrator.evaluate.blocks import block
from orchestrator.evaluate.case import Case, Golden, Place
from orchestrator.evaluate.changed_lines import Hunk, hunks, moved
from orchestrator.evaluate.counts import Strength
from orchestrator.evaluate.prediction import Prediction, Variant
from orchestrator.evaluate.taxonomy import taxonomy

Lines = tuple[int, int]


@dataclass(frozen=True)
class Target:
    """A golden on one variant of its case: on the twin its places are where its lines have gone."""

    golden: Golden
    case: Case
    ground: Ground

    @cached_property
    def _rules(self) -> frozenset[str]:
        return frozenset(map(taxonomy().kind, (self.golden.kind, *self.golden.rules)))

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset(map(taxonomy().kind, self.golden.also_accept))

    @cached_property
    def _places(self) -> tuple[tuple[str, Lines, Lines], ...]:
        """Each place as its file, its lines and the lines in which a finding may stand."""
        return tuple(self._reach(self.ground.place(place)) for place in self.golden.places)

    def _reach(self, place: Place) -> tuple[str, Lines, Lines]:
        reach = place.lines
        if self.golden.scope == "block":
            source = self.case.source(place.file, self.ground.variant)
            reach = block(source, place.lines) if source is not None else reach
        return place.file, place.lines, reach

    def strength(self, prediction: Prediction) -> Strength | None:
        """By what the prediction's name fits; None where it does not."""
        if prediction.kinds & self._rules:
            return "rule"
        if prediction.kinds & self._accepted:
            return "accepted"
        return "category" if prediction.category == self.golden.category else None

    def fit(self, prediction: Prediction, *, any_distance: bool = False) -> Fit | None:
        """How the prediction fits; None where the two may not be matched. `any_distance` asks for the file alone."""
        strength = self.strength(prediction)
        if strength is None:
            return None
        near = [
            (gap(prediction.lines, lines), -overlap(prediction.lines, lines))
            for file, lines, reach in self._places
            if file == prediction.path and (any_distance or self._is_near(prediction, lines, reach))
        ]
        if near:
            best = min(near)
            return Fit(strength=strength, gap=best[0], overlap=-best[1])
        is_anywhere = self.golden.scope == "project" and not any_distance
        return Fit(strength=strength, gap=MOST_GAP, overlap=0.0) if is_anywhere else None

    def _is_near(self, prediction: Prediction, lines: Lines, reach: Lines) -> bool:
        if self.golden.scope in {"file", "project"}:
            return True
        is_inside = reach != lines and gap(prediction.lines, reach) == 0
        return is_inside or gap(prediction.lines, lines) <= self.golden.tolerance


@dataclass(frozen=True)
class Ground:
    """One variant of a case, and where lines of the input stand in it."""

    case: Case
    variant: Variant

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The goldens by their ids."""
        goldens = sorted(self.case.goldens, key=lambda golden: golden.id)
        return tuple(Target(golden, self.case, self) for golden in goldens)

    @cached_property
    def _changes(self) -> dict[str, tuple[Hunk, ...]]:
        if self.variant == "input":
            return {}
        return {path: hunks(self.case.texts[path], text) for path, text in self.case.twin_texts.items()}

    def place(self, place: Place) -> Place:
        """The place on this variant."""
        changes = self._changes.get(place.file)
        return Place(file=place.file, lines=moved(place.lines, changes)) if changes else place

    def is_ignored(self, prediction: Prediction) -> bool:
        """Whether it counts neither way: it meets a neutral place that takes its kind."""
        for ignored in self.case.ignored:
            place = self.place(Place(file=ignored.file, lines=ignored.lines))
            kinds = frozenset(map(taxonomy().kind, ignored.kinds))
            if _meets(prediction, place) and (not kinds or prediction.kinds & kinds):
                return True
        return False

    def is_trap(self, prediction: Prediction) -> bool:
        """Whether it tells of a place that looks wrong and is right: half of its lines or more stand there.

        Another linter may mean something else by it, its names being its own: there its category must be known.
        """
        if prediction.source == "peer" and prediction.category is None:
            return False
        return any(share >= 0.5 for share in self._trapped(prediction))

    def _trapped(self, prediction: Prediction) -> Iterator[float]:
        for negative in self.case.hard_negatives:
            place = self.place(negative.place)
            if place.file == prediction.path:
                yield _common(prediction.lines, place.lines) / _count(prediction.lines)


def gap(one: Lines, other: Lines) -> int:
    """Lines from the one to the other; 0 where they meet."""
    return max(0, other[0] - one[1], one[0] - other[1])


def overlap(one: Lines, other: Lines) -> float:
    """The share of all their lines that both have."""
    common = _common(one, other)
    return common / (_count(one) + _count(other) - common)


def _meets(prediction: Prediction, place: Place) -> bool:
    return prediction.path == place.file and gap(prediction.lines, place.lines) == 0


def _common(one: Lines, other: Lines) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]) + 1)


def _count(lines: Lines) -> int:
    return lines[1] - lines[0] + 1
