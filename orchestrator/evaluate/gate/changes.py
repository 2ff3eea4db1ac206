"""What differs between a baseline and a scored run, finding by finding; grave is what nobody can accept by a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evaluate.baseline import Known, Said, known_cases
from orchestrator.evaluate.counts import CaseScore, GoldenResult, Scored

_FALSE = frozenset({"fp", "ungrounded"})
_GRAVE_SEVERITIES = frozenset({"critical", "high"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """One difference of one case, in the words that an `accept` line repeats; an `is_loss` makes a system worse."""

    case: str
    change: str
    is_grave: bool = False
    is_loss: bool = False

    def __str__(self) -> str:
        return f"{self.case}: {self.change}"


def changes(known: Mapping[str, Known], scored: Scored) -> tuple[Change, ...]:
    """The differences, in order; of cases that both have."""
    now = known_cases(scored)
    by_key = dict(zip(_keys(scored), scored.cases, strict=True))
    found = [each for key in known if key in now for each in _of_case(key, known[key], now[key], by_key[key])]
    return tuple(sorted(found))


def missing_cases(known: Mapping[str, Known], scored: Scored) -> tuple[str, ...]:
    """The cases and epochs that only one of the two has."""
    return tuple(sorted(set(known) ^ set(known_cases(scored))))


def _keys(scored: Scored) -> list[str]:
    return [case.case if case.epoch == 1 else f"{case.case} e{case.epoch}" for case in scored.cases]


def _of_case(key: str, old: Known, new: Known, case: CaseScore) -> Iterator[Change]:
    goldens = {golden.id: golden for golden in case.goldens}
    for name in sorted(old.found.keys() | new.found.keys()):
        yield from _of_golden(key, name, old, new, goldens.get(name))
    yield from _of_said(key, "input", old.input, new.input, is_clean=case.is_clean)
    yield from _of_said(key, "twin", old.twin, new.twin, is_clean=True)


def _of_golden(key: str, name: str, old: Known, new: Known, golden: GoldenResult | None) -> Iterator[Change]:
    before, now = old.found.get(name), new.found.get(name)
    if before is None:
        yield Change(case=key, change=f"{name} is found")
    elif now is None:
        grave = golden is None or golden.must_find or golden.severity in _GRAVE_SEVERITIES
        yield Change(case=key, change=f"{name} is lost", is_grave=grave, is_loss=True)
    elif before.severity != now.severity:
        yield Change(case=key, change=f"{name} is {now.severity}, was {before.severity}", is_grave=True)
    elif before != now:
        yield Change(case=key, change=f"{name} is found by {now.rule} {now.place}, was {before.rule} {before.place}")


def _of_said(
    key: str, variant: str, old: tuple[Said, ...], new: tuple[Said, ...], *, is_clean: bool
) -> Iterator[Change]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    was = {each.spot: each for each in sorted(gone, key=str)}
    for each in sorted(come.elements(), key=str):
        before = was.pop(each.spot, None)
        if before is not None:
            gone[before] -= 1
            change = f"{variant}: {each.outcome} {each.rule} {each.place} is {each.severity}, was {before.severity}"
            yield Change(case=key, change=change, is_grave=True)
            continue
        is_false = each.outcome in _FALSE
        grave = is_clean and is_false
        yield Change(case=key, change=f"{variant}: new {each}", is_grave=grave, is_loss=is_false)
    for each in sorted(gone.elements(), key=str):
        yield Change(case=key, change=f"{variant}: no longer {each}")
