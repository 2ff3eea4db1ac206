"""False findings on good code: `python evals/rules/clean.py`, after a run of `run.py`."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labels import Verdict, read_labels
from packages import DEFAULT_DESTINATION, HERE, CorpusError, chosen, read_packages
from review import Finding, read_findings, read_reviewed
from totals import Totals, count

from orchestrator.rules.catalog import pages

GOOD_FILE = HERE / "good.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanCode:
    """What the good packages hold, and what rules that are on by default say there.

    `spark_lines` are those of Python files that import Spark and of SQL files. `wrong` findings are labelled false or
    arguable; `unread` ones have no label, and may be either.
    """

    packages: int
    lines: int
    spark_lines: int
    right: int
    wrong: int
    unread: int

    @property
    def at_most(self) -> float:
        """False findings per 1,000 lines of Spark code and SQL, with every finding that nobody has read as false."""
        return 1000 * (self.wrong + self.unread) / self.spark_lines if self.spark_lines else 0.0

    @property
    def known(self) -> float:
        """False findings per 1,000 lines of Spark code and SQL, of those that were read."""
        return 1000 * self.wrong / self.spark_lines if self.spark_lines else 0.0


def main(arguments: list[str] | None = None) -> int:
    """Prints the counts and the rules behind them; 1 when there are more than `--at-most` per 1,000 lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory")
    parser.add_argument("--findings", type=Path, help="what run.py wrote (default: findings.jsonl in the corpus)")
    parser.add_argument("--at-most", type=float, help="how many false findings per 1,000 lines are accepted")
    options = parser.parse_args(arguments)
    try:
        findings = options.findings or options.dest / "findings.jsonl"
        clean = clean_code(findings, options.dest)
        print("\n".join(described(clean, by_rule(findings))))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if options.at_most is not None and clean.at_most > options.at_most else 0


def clean_code(findings: Path, corpus: Path) -> CleanCode:
    """The counts over the good packages.

    Raises:
        CorpusError: there was no run, or a good package is not pinned.
    """
    good = _good()
    lines = sum(one.lines for one in read_reviewed(findings) if one.package in good)
    packages = chosen(read_packages(), ",".join(good))
    held = sum((count(corpus / package.folder) for package in packages), Totals())
    verdicts = Counter(verdict for _, verdict in _judged(findings))
    return CleanCode(
        packages=len(packages),
        lines=lines,
        spark_lines=held.spark_lines + held.sql_lines,
        right=verdicts[Verdict.TRUE],
        wrong=verdicts[Verdict.FALSE] + verdicts[Verdict.ARGUABLE],
        unread=verdicts[None],
    )


def by_rule(findings: Path) -> Counter[tuple[str, Verdict | None]]:
    """How many findings of each rule have each verdict on good code; None where nobody has read them."""
    return Counter((found.rule, verdict) for found, verdict in _judged(findings))


def described(clean: CleanCode, rules: Counter[tuple[str, Verdict | None]]) -> Iterator[str]:
    """The counts in words, then a row a rule."""
    yield (
        f"{clean.packages} good packages, {clean.lines:,} lines, {clean.spark_lines:,} of them Spark code or SQL: "
        f"{clean.right} true, {clean.wrong} false or arguable, {clean.unread} not read; "
        f"false per 1,000 lines of Spark code and SQL: {clean.known:.3f} known, {clean.at_most:.3f} at most\n"
    )
    yield "| rule | true | false | arguable | not read |"
    yield "|---|---:|---:|---:|---:|"
    for rule in sorted({rule for rule, _ in rules}):
        row = (rules[(rule, verdict)] for verdict in (Verdict.TRUE, Verdict.FALSE, Verdict.ARGUABLE, None))
        yield f"| {rule} | " + " | ".join(str(number) for number in row) + " |"


def _judged(findings: Path) -> Iterable[tuple[Finding, Verdict | None]]:
    good = _good()
    default = {page.id for page in pages() if page.default}
    labels = {label.key: label.label for label in read_labels()}
    for found in read_findings(findings):
        if found.package in good and found.rule in default:
            yield found, labels.get(found.key)


def _good() -> tuple[str, ...]:
    try:
        return tuple(tomllib.loads(GOOD_FILE.read_text(encoding="utf-8"))["good"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot read {GOOD_FILE.name}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
