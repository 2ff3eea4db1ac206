"""What a case must fulfil to be scored; whatever it does not is one sentence with the file that must be mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from orchestrator.code.secrets import find_secrets
from orchestrator.evaluate.case import TIERS, Case, Golden, Place
from orchestrator.evaluate.changed_lines import hunks
from orchestrator.evaluate.parses import unparsed
from orchestrator.evaluate.suite import Refusal, Suite
from orchestrator.rules.catalog import pages

MOST_FINDINGS = 20
"""Goldens a case may hold; the scorer's exact arithmetic allows for no more."""
MOST_FILES = 16
CONTEXT = 3
"""Lines around a golden or its fix that the twin may change too."""
LEAST_NAMES = 2
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RULE = re.compile(r"[A-Z]{2,4}[0-9]{3}")
_GIVEN_AWAY = re.compile(r"\b(BUG|FIXME|XXX|HACK|orchestrate: ignore|hard[ _-]negative)\b")

Check = Callable[[Case], Iterator[tuple[str, str]]]
"""Gives the file below the case's folder, and what is wrong there."""


def refusals(suite: Suite) -> tuple[Refusal, ...]:
    """Everything that is wrong with the suite, what could not be loaded first."""
    found = list(suite.refusals)
    for case in suite.cases:
        found.extend(_wrong(case))
    found.extend(_wrong_together(suite))
    return tuple(sorted(found))


def _wrong(case: Case) -> Iterator[Refusal]:
    wrong = [Refusal(file=f"{case.name}/{file}", reason=reason) for check in _PLAIN for file, reason in check(case)]
    if not wrong:
        # What follows reads the places that the first checks have found to be there.
        wrong = [Refusal(file=f"{case.name}/{file}", reason=reason) for check in _DEEP for file, reason in check(case)]
    yield from wrong


def _wrong_together(suite: Suite) -> Iterator[Refusal]:
    """What only several cases can have wrong: names that stand twice, families on both sides of the split."""
    counts = Counter(case.id for case in suite.cases)
    homes: dict[str, set[str]] = {}
    for case in suite.cases:
        homes.setdefault(case.family, set()).add(case.split)
    for case in suite.cases:
        if counts[case.id] > 1:
            yield Refusal(file=f"{case.name}/case.yaml", reason=f"the id {case.id!r} is that of another case too")
        if len(homes[case.family]) > 1:
            yield Refusal(
                file=f"{case.name}/case.yaml",
                reason=f"the family {case.family!r} has cases in dev and in test; move all of them to one split",
            )


def _names(case: Case) -> Iterator[tuple[str, str]]:
    if case.id != case.folder.name:
        yield "case.yaml", f"the id {case.id!r} is not the name of the folder, {case.folder.name!r}"
    if not _KEBAB.fullmatch(case.family):
        yield "case.yaml", f"the family {case.family!r} is not kebab-case"
    ids = Counter(golden.id for golden in case.goldens)
    for name, count in ids.items():
        if count > 1:
            yield "golden.yaml", f"{count} findings are called {name!r}"
    if len(case.texts) > MOST_FILES:
        yield "input", f"{len(case.texts)} files are too many for one case; {MOST_FILES} at most"


def _expectation(case: Case) -> Iterator[tuple[str, str]]:
    yield from (_of_clean if case.is_clean else _of_defect)(case)


def _of_clean(case: Case) -> Iterator[tuple[str, str]]:
    if case.goldens:
        yield "golden.yaml", "a clean case has findings: []"
    if case.twin_texts:
        yield "twin", "a clean case has no twin"
    if len(case.hard_negatives) < 2:
        yield "hard_negatives.yaml", "a clean case needs 2 places or more that look wrong and are right"


def _of_defect(case: Case) -> Iterator[tuple[str, str]]:
    if not case.goldens:
        yield "golden.yaml", "expects nothing; a case without a defect says `kind: clean`"
    if len(case.goldens) > MOST_FINDINGS:
        yield "golden.yaml", f"{len(case.goldens)} findings are too many for one case; {MOST_FINDINGS} at most"
    if not case.hard_negatives:
        yield "hard_negatives.yaml", "a defect case needs a place or more that looks wrong and is right"
    if not case.twin_texts:
        yield "twin", "there is none; a defect case needs the files that its fix changes"
    hardest = max((golden.tier for golden in case.goldens), default=case.spec.tier, key=TIERS.index)
    if hardest != case.spec.tier:
        yield "case.yaml", f"tier is {case.spec.tier}, and the hardest finding is {hardest}"


def _kinds(case: Case) -> Iterator[tuple[str, str]]:
    for golden in case.goldens:
        for reason in _kind(golden):
            yield "golden.yaml", f"{golden.id}: {reason}"
    for negative in case.hard_negatives:
        if any(negative.looks_like == golden.kind and _meet(negative.place, golden.place) for golden in case.goldens):
            yield "hard_negatives.yaml", f"{_shown(negative.place)} is a finding of golden.yaml too"


def _kind(golden: Golden) -> Iterator[str]:
    known = _rule_ids()
    for rule in golden.rules:
        if rule not in known:
            yield f"no rule is called {rule!r}; `orchestrate rules` lists them"
    for name in golden.also_accept:
        if _RULE.fullmatch(name) and name not in known:
            yield f"also_accept: no rule is called {name!r}; `orchestrate rules` lists them"
        elif not _RULE.fullmatch(name) and not _KEBAB.fullmatch(name):
            yield f"also_accept: {name!r} is neither a rule's id nor kebab-case"
        elif name in golden.rules or name == golden.kind:
            yield f"also_accept: {name!r} is its kind or one of its rules already"
    others = [name for name in golden.also_accept if not _RULE.fullmatch(name)]
    if len(others) < LEAST_NAMES:
        yield f"also_accept needs {LEAST_NAMES} other kebab-case names or more that a reviewer may use"


@cache
def _rule_ids() -> frozenset[str]:
    return frozenset(page.id for page in pages())


def _places(case: Case) -> Iterator[tuple[str, str]]:
    for golden in case.goldens:
        for title, place in _named_places(golden):
            reason = _misplaced(case, place)
            if reason:
                yield "golden.yaml", f"{golden.id}: {title}{reason}"
    for at, ignored in enumerate(case.ignored, start=1):
        reason = _misplaced(case, Place(file=ignored.file, lines=ignored.lines))
        if reason:
            yield "golden.yaml", f"ignored[{at}]: {reason}"
    for at, negative in enumerate(case.hard_negatives, start=1):
        reason = _misplaced(case, negative.place)
        if reason:
            yield "hard_negatives.yaml", f"places[{at}]: {reason}"


def _named_places(golden: Golden) -> Iterator[tuple[str, Place]]:
    yield "", golden.place
    for place in golden.alt_locations:
        yield "alt_locations: ", place
    for place in golden.fix_lines:
        yield "fix_lines: ", place


def _misplaced(case: Case, place: Place) -> str | None:
    text = case.texts.get(place.file)
    if text is None:
        return f"input/ has no file {place.file!r}"
    first, last = place.lines
    if last < first:
        return f"lines [{first}, {last}] end before they begin"
    count = len(text.removesuffix("\n").split("\n"))
    return f"{place.file} has {count} lines, not {last}" if last > count else None


def _quotes(case: Case) -> Iterator[tuple[str, str]]:
    for golden in case.goldens:
        reason = _misquoted(case, golden.place, golden.quote)
        if reason:
            yield "golden.yaml", f"{golden.id}: {reason}"
    for at, negative in enumerate(case.hard_negatives, start=1):
        reason = _misquoted(case, negative.place, negative.quote)
        if reason:
            yield "hard_negatives.yaml", f"places[{at}]: {reason}"


def _misquoted(case: Case, place: Place, quote: str) -> str | None:
    if _misplaced(case, place):
        return None
    wanted = quote.strip("\n")
    raw = list(enumerate(case.texts[place.file].split("\n"), start=1))
    forms = [raw]
    source = case.source(place.file)
    if source is not None and source.is_jupyter:
        forms.append([(source.location(at).start_line, line) for at, line in enumerate(source.lines, start=1)])
    for lines in forms:
        if wanted in "\n".join(line for number, line in lines if place.lines[0] <= number <= place.lines[1]):
            return None
    head = wanted.split("\n")[0]
    found = next((number for lines in forms for number, line in lines if head in line), None)
    where = f"it begins in line {found}" if found else "no line of the file holds it"
    return f"the quote {_short(head)!r} is not in lines {place.lines[0]}-{place.lines[1]} of {place.file}: {where}"


def _text(case: Case) -> Iterator[tuple[str, str]]:
    for variant, texts in (("input", case.texts), ("twin", case.twin_texts)):
        for path, text in texts.items():
            given = _GIVEN_AWAY.search(text)
            if given:
                yield f"{variant}/{path}", f"{given.group()!r} gives the answer away"
            secret = next(find_secrets(text), None)
            if secret:
                line = text.count("\n", 0, secret.start) + 1
                yield f"{variant}/{path}", f"line {line} holds what has the form of {secret.kind}: spell it otherwise"


def _twin_files(case: Case) -> Iterator[tuple[str, str]]:
    for path, text in case.twin_texts.items():
        if path not in case.texts:
            yield f"twin/{path}", "input/ has no such file; the twin holds changed files only"
        elif text == case.texts[path]:
            yield f"twin/{path}", "is the file of input/ unchanged; leave it out"


def _twin_lines(case: Case) -> Iterator[tuple[str, str]]:
    """The twin changes the goldens' lines, their fix lines and what stands right beside them, and nothing else."""
    changes = {path: hunks(case.texts[path], text) for path, text in case.twin_texts.items()}
    for path, found in changes.items():
        allowed = _around(place for golden in case.goldens for place in _fixed(golden) if place.file == path)
        for hunk in found:
            stray = [line for line in hunk.touched if line not in allowed and line > 0]
            # Lines put in between may stand beside an allowed line on one side.
            if len(stray) == len(hunk.touched) or (stray and hunk.end >= hunk.start):
                beside = f"which is no line of a finding, of its fix_lines, or within {CONTEXT} lines of one"
                yield f"twin/{path}", f"changes line {stray[0]} of the input, {beside}"
    for golden in case.goldens:
        touched = [(path, line) for path, found in changes.items() for hunk in found for line in hunk.touched]
        near = {(place.file, line) for place in _fixed(golden) for line in _around([place])}
        if not near.intersection(touched):
            yield "golden.yaml", f"{golden.id}: twin/ changes nothing near its lines or fix_lines"


def _fixed(golden: Golden) -> tuple[Place, ...]:
    return (*golden.places, *golden.fix_lines)


def _around(places: Iterable[Place]) -> frozenset[int]:
    return frozenset(line for place in places for line in range(place.lines[0] - CONTEXT, place.lines[1] + CONTEXT + 1))


def _meet(one: Place, other: Place) -> bool:
    return one.file == other.file and one.lines[0] <= other.lines[1] and other.lines[0] <= one.lines[1]


def _parsing(case: Case) -> Iterator[tuple[str, str]]:
    excused = frozenset(case.spec.unparsed)
    found = unparsed(case.texts)
    for path, problem in found.items():
        if path not in excused:
            hint = "mend it, or list it under `unparsed:` of case.yaml where that is the defect"
            yield f"input/{path}", f"does not parse: {problem}; {hint}"
    for path in sorted(excused - found.keys()):
        yield "case.yaml", f"unparsed: {path!r} does parse, or is no file of input/"
    if case.twin_texts:
        for path, problem in unparsed(case.mended).items():
            if path in case.twin_texts:
                yield f"twin/{path}", f"does not parse: {problem}"


def _shown(place: Place) -> str:
    return f"{place.file}:{place.lines[0]}-{place.lines[1]}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


_PLAIN: tuple[Check, ...] = (_names, _expectation, _kinds, _places, _quotes, _text, _twin_files)
_DEEP: tuple[Check, ...] = (_twin_lines, _parsing)
