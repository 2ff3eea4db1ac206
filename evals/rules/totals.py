"""Counts what the fetched corpus holds: `python evals/rules/totals.py`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from packages import DEFAULT_DESTINATION, CorpusError, Package, chosen, read_packages

_IMPORTS_PYSPARK = re.compile(r"^\s*(?:from|import)\s+(?:pyspark|delta|dlt)\b", re.M)
_SOURCE_NOTEBOOK = re.compile(r"^(?:#|--|//) Databricks notebook source")
_BUNDLE_NAMES = frozenset({"databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"})
_BUNDLE_PART = re.compile(r"^resources:\s*$(?:\n(?:\s.*|\s*))*?\n\s+(?:jobs|pipelines|models|schemas|clusters):", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What some directories hold.

    `spark_files` are the Python files that import pyspark, delta or dlt and the Python notebooks; `spark_lines` are
    all their lines. `bundle_files` are bundle roots and YAML files with a `resources` block of a bundle.
    """

    python_files: int = 0
    python_lines: int = 0
    spark_files: int = 0
    spark_lines: int = 0
    source_notebooks: int = 0
    jupyter_notebooks: int = 0
    sql_files: int = 0
    sql_lines: int = 0
    yaml_files: int = 0
    bundle_files: int = 0

    def __add__(self, other: Totals) -> Totals:
        """The sum, field by field."""
        return Totals(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


def main(arguments: list[str] | None = None) -> int:
    """Prints a row a package and their sum; packages that are not fetched are named on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory")
    parser.add_argument("--only", help="names of packages, separated by commas")
    options = parser.parse_args(arguments)
    try:
        packages = chosen(read_packages(), options.only)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    counted = [(package, count(options.dest / package.folder)) for package in _present(packages, options.dest)]
    print("\n".join(table((package.folder, totals) for package, totals in counted)))
    return 0


def count(root: Path) -> Totals:
    """What the directory holds, symbolic links left out."""
    total = Totals()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            total += _count_file(path)
    return total


def table(rows: Iterable[tuple[str, Totals]]) -> Iterator[str]:
    """A markdown table: a header, a row for each, and the sum."""
    names = [field.name for field in fields(Totals)]
    yield "| package | " + " | ".join(name.replace("_", " ") for name in names) + " |"
    yield "|---|" + "---:|" * len(names)
    total = Totals()
    for title, totals in rows:
        total += totals
        yield _row(title, totals)
    yield _row("**all**", total)


def _row(title: str, totals: Totals) -> str:
    return f"| {title} | " + " | ".join(f"{getattr(totals, field.name):,}" for field in fields(totals)) + " |"


def _present(packages: tuple[Package, ...], destination: Path) -> Iterator[Package]:
    for package in packages:
        if (destination / package.folder).is_dir():
            yield package
            continue
        print(f"{package.folder}: not fetched", file=sys.stderr)


def _count_file(path: Path) -> Totals:
    match path.suffix.lower():
        case ".py":
            return _count_python(path.read_text(encoding="utf-8", errors="replace"))
        case ".sql":
            text = path.read_text(encoding="utf-8", errors="replace")
            notebook = int(bool(_SOURCE_NOTEBOOK.match(text)))
            return Totals(sql_files=1, sql_lines=len(text.splitlines()), source_notebooks=notebook)
        case ".ipynb":
            return Totals(jupyter_notebooks=1)
        case ".yml" | ".yaml":
            text = path.read_text(encoding="utf-8", errors="replace")
            bundle = path.name in _BUNDLE_NAMES or bool(_BUNDLE_PART.search(text))
            return Totals(yaml_files=1, bundle_files=int(bundle))
        case _:
            return Totals()


def _count_python(text: str) -> Totals:
    lines = len(text.splitlines())
    notebook = bool(_SOURCE_NOTEBOOK.match(text))
    spark = notebook or bool(_IMPORTS_PYSPARK.search(text))
    return Totals(
        python_files=1,
        python_lines=lines,
        spark_files=int(spark),
        spark_lines=lines if spark else 0,
        source_notebooks=int(notebook),
    )


if __name__ == "__main__":
    sys.exit(main())
