"""Other linters over the same packages: `python evals/rules/peers.py` writes docs/rules-peers.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from labels import Verdict, read_labels
from packages import DEFAULT_DESTINATION, HERE, CorpusError, Package, read_packages
from review import project_root, read_findings, read_reviewed

from orchestrator.errors import IncompleteError
from orchestrator.evaluate.peers.environment import VERSIONS, install
from orchestrator.evaluate.peers.known import linter
from orchestrator.evaluate.peers.linter import Linter, remarks

ROOT = HERE.parent.parent
PAGE_FILE = ROOT / "docs" / "rules-peers.md"
# Those that read PySpark in whole packages; the others are measured on the benchmark, in docs/evals.md.
COMPARED = ("cylint", "pipeline-lint", "pyspark-antipattern", "ruff")
_TITLES = {"ruff": "ruff {}, S and PD"}


def main(arguments: list[str] | None = None) -> int:
    """Runs each linter over each package and writes the table; 1 when one of them failed on a package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory")
    options = parser.parse_args(arguments)
    corpus: Path = options.dest
    try:
        packages = [package for package in read_packages() if (corpus / package.folder).is_dir()]
        ours = {(one.package, one.path, one.line) for one in read_findings(corpus / "findings.jsonl")}
        lines = sum(one.lines for one in read_reviewed(corpus / "findings.jsonl"))
        true, wrong = _labelled(corpus)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    install()
    rows = [_row("orchestrate, every rule", ours, 0, lines, true, wrong)]
    failures = 0
    for name in COMPARED:
        peer = linter(name)
        found, failed = _found(peer, packages, corpus)
        failures += failed
        title = _TITLES.get(name, f"{name} {{}}").format(VERSIONS[peer.distribution])
        rows.append(_row(title, found, failed, lines, true, wrong))
    text = "\n".join([*_head(len(packages), lines, len(true), len(wrong)), *rows]) + "\n"
    PAGE_FILE.write_text(text, encoding="utf-8")
    print(text)
    return 1 if failures else 0


def _head(packages: int, lines: int, true: int, wrong: int) -> Iterator[str]:
    yield "# Rules beside other linters\n"
    yield "Written by `python evals/rules/peers.py`; do not edit.\n"
    size = f"{packages} packages ({lines:,} lines as we count them)"
    yield f"Each linter in the settings of docs/evals.md over the same {size}."
    yield "A finding is a line of a file: several messages about one line count once.\n"
    yield f"The labelled lines are the {true} that readers called true and the {wrong} others that they read. They come"
    yield "from our own findings, so ours cover them by construction; what other linters find elsewhere nobody has"
    yield "labelled. The table shows noise and overlap, then, and not who is right more often.\n"
    yield "Each runs in its default state, but for these. ruff: the families S and PD. pylint: the checks of its plugin"
    yield "that concern Databricks, on Python files that name Spark, dbutils or Databricks. sqlfluff: the dialect"
    yield "databricks, on .sql files. semgrep is not in the table: it comes without rules, and its registry of rules"
    yield "could not be reached from where this was measured.\n"
    yield "Precision and recall are those on the labelled lines alone.\n"
    columns = ("findings", "per 1,000 lines", "on true lines", "on others", "precision", "recall", "packages failed")
    yield f"| linter | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"


def _row(
    title: str,
    found: set[tuple[str, str, int]],
    failed: int,
    lines: int,
    true: set[tuple[str, str, int]],
    wrong: set[tuple[str, str, int]],
) -> str:
    rate = 1000 * len(found) / lines
    right, others = len(found & true), len(found & wrong)
    precision = f"{right / (right + others):.2f}" if right + others else ""
    recall = f"{right / len(true):.2f}" if true else ""
    return f"| {title} | {len(found):,} | {rate:.3f} | {right} | {others} | {precision} | {recall} | {failed} |"


def _labelled(corpus: Path) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, int]]]:
    lines = {one.key: (one.package, one.path, one.line) for one in read_findings(corpus / "findings.jsonl")}
    standing = [(label, lines[label.key]) for label in read_labels() if label.key in lines]
    true = {place for label, place in standing if label.label is Verdict.TRUE}
    return true, {place for label, place in standing if label.label is not Verdict.TRUE} - true


def _found(linter: Linter, packages: list[Package], corpus: Path) -> tuple[set[tuple[str, str, int]], int]:
    found: set[tuple[str, str, int]] = set()
    failed = 0
    for package in packages:
        root = project_root(corpus / package.folder).resolve()
        try:
            said = remarks(linter, root)
        except IncompleteError as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        found |= {(package.name, one.path, one.line) for one in said}
    return found, failed


if __name__ == "__main__":
    sys.exit(main())
