"""Other linters over the same packages: `python evals/rules/peers.py` writes docs/rules-peers.md."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labels import Verdict, read_labels
from packages import DEFAULT_DESTINATION, HERE, CorpusError, Package, read_packages
from review import project_root, read_findings, read_reviewed

ROOT = HERE.parent.parent
PEERS = ROOT / ".bench" / "rule-peers"
PAGE_FILE = ROOT / "docs" / "rules-peers.md"
PINNED = (
    "cylint==0.1.5", "pipeline-lint==0.1.0", "pyspark-antipattern==0.4.1", "ruff==0.15.0",
    "pylint==4.1.4", "databricks-labs-pylint==0.5.0", "sqlfluff==4.5.0",
)  # fmt: skip
_SECONDS = 1800
_DATABRICKS = re.compile(r"spark|dbutils|databricks", re.IGNORECASE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"^\s*-->\s*(.+?):(\d+)(?::\d+)?\s*$", re.MULTILINE)

Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A linter: how it is called on a folder, and where its output says that it found something.

    One that would take hours over everything names the `files` that its checks can concern and is given only those.
    """

    title: str
    command: tuple[str, ...]
    places: Callable[[str], Iterator[Place]]
    is_told_on_stderr: bool = False
    files: Callable[[Path], list[Path]] | None = None


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
    _install()
    rows = [_row("orchestrate, every rule", ours, 0, lines, true, wrong)]
    failures = 0
    for peer in _PEERS:
        found, failed = _found(peer, packages, corpus)
        failures += failed
        rows.append(_row(peer.title, found, failed, lines, true, wrong))
    text = "\n".join([*_head(len(packages), lines, len(true), len(wrong)), *rows]) + "\n"
    PAGE_FILE.write_text(text, encoding="utf-8")
    print(text)
    return 1 if failures else 0


def _head(packages: int, lines: int, true: int, wrong: int) -> Iterator[str]:
    yield "# Rules beside other linters\n"
    yield "Written by `python evals/rules/peers.py`; do not edit.\n"
    yield f"Each linter with its default settings over the same {packages} packages ({lines:,} lines as we count them)."
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


def _install() -> None:
    stamp = PEERS / "pinned.txt"
    wanted = "\n".join(PINNED)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    venv.create(PEERS, with_pip=True, clear=True)
    subprocess.run([str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *PINNED], check=True)
    stamp.write_text(wanted, encoding="utf-8")


def _found(peer: Peer, packages: list[Package], corpus: Path) -> tuple[set[tuple[str, str, int]], int]:
    found: set[tuple[str, str, int]] = set()
    failed = 0
    for package in packages:
        root = project_root(corpus / package.folder).resolve()
        targets = [root] if peer.files is None else peer.files(root)
        if not targets:
            continue
        command = [str(PEERS / "bin" / peer.command[0]), *peer.command[1:], *map(str, targets)]
        try:
            done = subprocess.run(
                command, cwd=root, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
            )
            places = set(peer.places(done.stderr if peer.is_told_on_stderr else done.stdout))
        except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
            print(f"{peer.title} on {package.folder}: {type(error).__name__}", file=sys.stderr)
            failed += 1
            continue
        found |= {(package.name, _below(path, root), line) for path, line in places}
    return found, failed


def _below(path: str, root: Path) -> str:
    whole = (root / path).resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path


def _of_json(key: str | None, path: str) -> Callable[[str], Iterator[Place]]:
    def places(printed: str) -> Iterator[Place]:
        document = json.loads(printed)
        for entry in document if key is None else document[key]:
            place = entry.get("location") or entry
            yield entry[path], int(place.get("line") or place.get("row"))

    return places


def _of_text(printed: str) -> Iterator[Place]:
    for place in _PLACE.finditer(_COLOURS.sub("", printed)):
        yield place.group(1), int(place.group(2))


def _of_sqlfluff(printed: str) -> Iterator[Place]:
    for file in json.loads(printed):
        for violation in file["violations"]:
            yield file["filepath"], int(violation["start_line_no"])


def _sql(root: Path) -> list[Path]:
    return sorted(root.rglob("*.sql"))


def _python_on_databricks(root: Path) -> list[Path]:
    files = sorted(root.rglob("*.py"))
    return [file for file in files if _DATABRICKS.search(file.read_text(encoding="utf-8", errors="replace"))]


_PYLINT = (
    "pylint", "-j", "0", "--rcfile=", "--output-format=json", "--load-plugins=databricks.labs.pylint.all",
    "--disable=all",
    "--enable=databricks-airflow,databricks-dbutils,databricks-legacy,databricks-notebooks,spark",
)  # fmt: skip
_SQLFLUFF = ("sqlfluff", "lint", "--dialect", "databricks", "--ignore-local-config", "--nocolor", "--format", "json")
_RUFF = ("ruff", "check", "--isolated", "--no-cache", "--output-format", "json", "--select", "S,PD")
_PEERS = (
    Peer(title="cylint 0.1.5", command=("cy", "lint", "--format", "json"), places=_of_json("findings", "filepath")),
    Peer(
        title="pipeline-lint 0.1.0",
        command=("pipeline-lint", "check", "--format", "json"),
        places=_of_json("violations", "path"),
    ),
    Peer(
        title="pyspark-antipattern 0.4.1",
        command=("pyspark-antipattern", "check"),
        places=_of_text,
        is_told_on_stderr=True,
    ),
    Peer(title="ruff 0.15.0, S and PD", command=_RUFF, places=_of_json(None, "filename")),
    Peer(
        title="databricks-labs-pylint 0.5.0, its own checks",
        command=_PYLINT,
        places=_of_json(None, "path"),
        files=_python_on_databricks,
    ),
    Peer(title="sqlfluff 4.5.0, on .sql files", command=_SQLFLUFF, places=_of_sqlfluff, files=_sql),
)


if __name__ == "__main__":
    sys.exit(main())
