"""Plants each rule's defect into clean code and counts how often the rule speaks: `python evals/rules/seeded.py`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from packages import DEFAULT_DESTINATION, CorpusError
from planting import Files, Mutator, Planted, mutators, planted

from orchestrator.types import Finding
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

TODAY = dt.date(2026, 11, 23)
"""Fixed, because the end of a runtime's support is a matter of days."""
SEEDED_FILE = DEFAULT_DESTINATION / "seeded.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What became of one mutant.

    `found` says that the rule spoke at a planted line, `twin` that it spoke on the twin too, which is wrong;
    `beside` are the other findings that the mutant has and the twin has not.
    """

    rule: str
    form: str
    carrier: str
    found: bool
    twin: bool
    elsewhere: bool
    beside: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the mutant counts as recalled: found on the mutant, silent on the twin."""
        return self.found and not self.twin


def main(arguments: list[str] | None = None) -> int:
    """Prints a row a rule, and with `--missed` each mutant that was not found; 1 when a rule is below `--at-least`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", help="rule ids separated by commas; every rule with mutators by default")
    parser.add_argument("--out", type=Path, help=f"where the outcome of each mutant goes (default: {SEEDED_FILE.name})")
    parser.add_argument("--missed", action="store_true", help="name the mutants that were missed, and noisy twins")
    parser.add_argument("--at-least", type=float, help="the recall that every rule has to reach, 0 to 1")
    parser.add_argument("--quick", action="store_true", help="plant each defect in one project instead of all")
    parser.add_argument("--jobs", type=int, default=2, help="reviews at a time")
    options = parser.parse_args(arguments)
    try:
        chosen = _chosen(options.rules)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    outcomes = measured(chosen, jobs=options.jobs, quick=options.quick)
    write_seeded(outcomes, options.out or SEEDED_FILE)
    print("\n".join(table(outcomes)))
    if options.missed:
        print("\n".join(missed(outcomes)))
    low = [rule for rule, (right, total) in recalls(outcomes).items() if right < (options.at_least or 0) * total]
    return 1 if low else 0


def measured(chosen: Iterable[Mutator], *, jobs: int = 1, quick: bool = False) -> tuple[Seeded, ...]:
    """The outcome of every mutant of the mutators, in their order; with `quick` of one project each."""
    work = partial(outcomes_of, quick=quick)
    if jobs == 1:
        return tuple(outcome for mutator in chosen for outcome in work(mutator))
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        return tuple(outcome for some in pool.map(work, chosen, chunksize=2) for outcome in some)


def outcomes_of(mutator: Mutator, *, quick: bool = False) -> tuple[Seeded, ...]:
    """The outcome of each mutant of one mutator; a twin is reviewed once a carrier."""
    twins: dict[str, tuple[Finding, ...]] = {}
    found: list[Seeded] = []
    for one in planted(mutator):
        if quick and twins and one.carrier not in twins:
            continue
        if one.carrier not in twins:
            twins[one.carrier] = findings_in(one.twin, one.base)
        found.append(_outcome(one, twins[one.carrier], findings_in(one.mutant, one.base)))
    return tuple(found)


def findings_in(files: Files, base: Files) -> tuple[Finding, ...]:
    """What every rule reports of a project of these files, against a commit of the base's files if there are any."""
    with tempfile.TemporaryDirectory(prefix="seeded-") as name:
        folder = Path(name)
        if base:
            _commit(folder, base)
        _write(folder, files)
        selection = Selection(select=("ALL",))
        request = Request(path=folder, today=TODAY, selection=selection, base="HEAD" if base else None)
        return cached_review(request, use_cache=False).review.reported


def _write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _commit(folder: Path, files: Files) -> None:
    """Makes the folder a git repository with one commit of these files, and takes them away again."""
    _write(folder, files)
    author = ("-c", "user.name=seeded", "-c", "user.email=seeded@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "base")):
        subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)
    for name in files:
        (folder / name).unlink()


def recalls(outcomes: Iterable[Seeded]) -> dict[str, tuple[int, int]]:
    """For each rule, sorted, how many mutants were found with a silent twin, and how many there are."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for outcome in outcomes:
        right[outcome.rule] += outcome.right
        total[outcome.rule] += 1
    return {rule: (right[rule], total[rule]) for rule in sorted(total)}


def found_forms(outcomes: Iterable[Seeded]) -> dict[str, tuple[int, int]]:
    """For each rule, sorted, how many forms of its defect were found in every project, and how many there are."""
    forms: dict[str, dict[str, bool]] = {}
    for outcome in outcomes:
        of = forms.setdefault(outcome.rule, {})
        of[outcome.form] = of.get(outcome.form, True) and outcome.right
    return {rule: (sum(of.values()), len(of)) for rule, of in sorted(forms.items())}


def table(outcomes: Iterable[Seeded]) -> Iterator[str]:
    """A markdown table, a row a rule: forms of the defect, mutants, those found, recall, and noise."""
    kept = tuple(outcomes)
    forms = found_forms(kept)
    yield "| rule | forms | found | mutants | found | recall | noisy twins | other findings |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for rule, (right, total) in recalls(kept).items():
        own = [outcome for outcome in kept if outcome.rule == rule]
        noisy = sum(outcome.twin for outcome in own)
        beside = sum(bool(outcome.beside) for outcome in own)
        whole, every = forms[rule]
        yield f"| {rule} | {every} | {whole} | {total} | {right} | {right / total:.2f} | {noisy} | {beside} |"


def missed(outcomes: Iterable[Seeded]) -> Iterator[str]:
    """One line for each form of a defect that was missed, with the projects that it was missed in."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.right and not outcome.beside:
            continue
        if outcome.right:
            why = f"beside it: {', '.join(outcome.beside)}"
        else:
            why = "spoke on the twin" if outcome.twin else "spoke at another line" if outcome.elsewhere else "missed"
        places.setdefault((outcome.rule, outcome.form, why), []).append(outcome.carrier)
    for (rule, form, why), carriers in sorted(places.items()):
        yield f"{rule} {form}: {why} in {', '.join(carriers)}"


def write_seeded(outcomes: Iterable[Seeded], out: Path) -> None:
    """Writes one JSON object a mutant."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes), encoding="utf-8")


def read_seeded(path: Path = SEEDED_FILE) -> tuple[Seeded, ...]:
    """What a run wrote; nothing where there was none."""
    if not path.exists():
        return ()
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(Seeded(**{**entry, "beside": tuple(entry["beside"])}) for entry in entries)


def _chosen(rules: str | None) -> tuple[Mutator, ...]:
    every = mutators()
    if rules is None:
        return every
    wanted = {rule.strip().upper() for rule in rules.split(",") if rule.strip()}
    unknown = sorted(wanted - {mutator.rule for mutator in every})
    if unknown:
        raise CorpusError(f"no mutator plants {', '.join(unknown)}")
    return tuple(mutator for mutator in every if mutator.rule in wanted)


def _outcome(one: Planted, twin: tuple[Finding, ...], mutant: tuple[Finding, ...]) -> Seeded:
    own = [finding for finding in mutant if finding.rule == one.rule]
    found = any(_stands_at(finding, one) for finding in own)
    before = {(finding.rule, finding.message) for finding in twin}
    beside = {finding.rule for finding in mutant if (finding.rule, finding.message) not in before} - {one.rule}
    return Seeded(
        rule=one.rule,
        form=one.form,
        carrier=one.carrier,
        found=found,
        twin=any(finding.rule == one.rule for finding in twin),
        elsewhere=bool(own) and not found,
        beside=tuple(sorted(beside)),
    )


def _stands_at(finding: Finding, one: Planted) -> bool:
    place = finding.location
    marks = one.marks.get(place.path, frozenset())
    return any(place.start_line <= mark <= place.end_line for mark in marks)


if __name__ == "__main__":
    sys.exit(main())
