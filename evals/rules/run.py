"""Runs rules over the fetched corpus and counts or shows what they find: `python evals/rules/run.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from labels import read_labels
from packages import DEFAULT_DESTINATION, CorpusError, Package, chosen, read_packages
from review import Finding, Outcome, Reviewed, read_findings, read_reviewed, review, write_outcomes
from samples import sample, shown


def main(arguments: list[str] | None = None) -> int:
    """Prints the table of rules, or with `--show` sampled findings; 1 when a package could not be reviewed."""
    options = _parser().parse_args(arguments)
    out: Path = options.out or options.dest / "findings.jsonl"
    try:
        failed = 0 if options.reuse else _review_all(options, out)
        findings = read_findings(out)
        if options.show:
            known = set() if options.labelled else {label.key for label in read_labels()}
            print("\n".join(_show(findings, options, known)))
        else:
            print("\n".join(table(findings, read_reviewed(out))))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if failed else 0


def table(findings: Iterable[Finding], reviewed: Iterable[Reviewed]) -> Iterator[str]:
    """What was reviewed in one line, then a markdown table with a row a rule."""
    done = tuple(reviewed)
    lines = sum(one.lines for one in done)
    left_out = sum(one.incomplete for one in done)
    yield (
        f"{len(done)} packages, {sum(one.files for one in done):,} files, {lines:,} lines, "
        f"{sum(one.seconds for one in done):.1f} s in reviews, {left_out:,} files left out\n"
    )
    by_rule: dict[str, list[Finding]] = {}
    for found in findings:
        by_rule.setdefault(found.rule, []).append(found)
    yield "| rule | findings | per 1,000 lines | packages |"
    yield "|---|---:|---:|---:|"
    for rule, hits in sorted(by_rule.items()):
        rate = 1000 * len(hits) / lines if lines else 0.0
        yield f"| {rule} | {len(hits):,} | {rate:.3f} | {len({hit.package for hit in hits})} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory")
    parser.add_argument("--rules", default="ALL", help="rule ids separated by commas; every rule by default")
    parser.add_argument("--only", help="names of packages, separated by commas")
    parser.add_argument("--out", type=Path, help="where findings go (default: findings.jsonl in the corpus)")
    parser.add_argument("--reuse", action="store_true", help="review nothing: print from the findings of the last run")
    parser.add_argument("--show", metavar="RULE", help="print sampled findings of a rule with the code around them")
    parser.add_argument("--sample", type=int, default=30, help="how many findings --show prints at most")
    parser.add_argument("--labelled", action="store_true", help="let --show print findings that have a label already")
    parser.add_argument("--jobs", type=int, default=2, help="reviews at a time")
    return parser


def _review_all(options: argparse.Namespace, out: Path) -> int:
    packages = chosen(read_packages(), options.only)
    select = options.show if options.show and options.rules == "ALL" else options.rules
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        outcomes = list(pool.map(lambda package: _attempt(package, options.dest, select), packages))
    write_outcomes((outcome for outcome in outcomes if outcome is not None), out)
    return sum(outcome is None for outcome in outcomes)


def _attempt(package: Package, corpus: Path, select: str) -> Outcome | None:
    try:
        outcome = review(package, corpus, select)
    except CorpusError as error:
        print(f"{package.folder}: FAILED: {error}", file=sys.stderr, flush=True)
        return None
    print(f"{package.folder}: {len(outcome.findings)} findings", file=sys.stderr, flush=True)
    return outcome


def _show(
    findings: Iterable[Finding], options: argparse.Namespace, known: set[tuple[str, str, str, str, str]]
) -> Iterator[str]:
    of_rule = [found for found in findings if found.rule == options.show and found.key not in known]
    picked = sample(of_rule, options.sample)
    yield f"{options.show}: {len(picked)} of {len(of_rule)} findings without a label"
    for number, found in enumerate(picked, start=1):
        yield from shown(found, options.dest, number)


if __name__ == "__main__":
    sys.exit(main())
