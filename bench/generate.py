"""Writes made-up Databricks projects of any size: the same seed and size always give the same bytes.

By itself: `python bench/generate.py FOLDER FILES LINES [SEED]`.
"""

from __future__ import annotations

import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import blocks

DOMAINS = ("customer", "order", "invoice", "shipment", "product", "session", "payment", "ticket", "device", "campaign")
STAGES = ("bronze", "silver", "gold")
COLUMNS = ("amount", "quantity", "score", "balance", "duration", "discount", "weight", "price")


BLANK = re.compile("@(name|table|other|column|key|number)")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of file: where it stands, how it begins and what it goes on with."""

    path: str
    head: str
    parts: tuple[str, ...]


KINDS = {
    "module": Kind(path="src/load_{:04}.py", head=blocks.MODULE_HEAD, parts=blocks.MODULE_BLOCKS),
    "notebook": Kind(path="notebooks/report_{:04}.py", head=blocks.NOTEBOOK_HEAD, parts=blocks.NOTEBOOK_BLOCKS),
    "pipeline": Kind(path="pipelines/flow_{:04}.py", head=blocks.PIPELINE_HEAD, parts=blocks.PIPELINE_BLOCKS),
    "sql": Kind(path="sql/query_{:04}.sql", head="-- @name\n", parts=blocks.SQL_BLOCKS),
    "job": Kind(path="resources/job_{:04}.yml", head=blocks.JOB_HEAD, parts=blocks.JOB_BLOCKS),
    "test": Kind(path="tests/test_load_{:04}.py", head=blocks.TEST_HEAD, parts=blocks.TEST_BLOCKS),
}
# What twenty files are, as in the projects that were looked at: mostly Python, some notebooks and SQL, little YAML.
MIX = ("module",) * 10 + ("notebook",) * 3 + ("pipeline",) * 2 + ("sql",) * 3 + ("job", "test")


def write_corpus(folder: Path, *, files: int, lines: int, seed: int = 2026) -> int:
    """Write a project of that many files and about that many lines, and tell how many lines it has."""
    chance = random.Random(seed)
    share = lines // files
    written = write(folder / "databricks.yml", blocks.BUNDLE)
    for number in range(files - 1):
        kind = KINDS[MIX[number % len(MIX)]]
        written += write(folder / kind.path.format(number), content(kind, number, share, chance))
    return written


def content(kind: Kind, number: int, lines: int, chance: random.Random) -> str:
    """A file of that kind with at least that many lines."""
    text = filled(kind.head, words(f"{chance.choice(DOMAINS)}_{number}", chance))
    part = 0
    while text.count("\n") < lines:
        name = f"{chance.choice(DOMAINS)}_{number}_{part}"
        text += filled(chance.choice(kind.parts), words(name, chance))
        part += 1
    return text


def filled(block: str, by: dict[str, str]) -> str:
    """The block with a word in each blank."""
    return BLANK.sub(lambda blank: by[blank[1]], block)


def words(name: str, chance: random.Random) -> dict[str, str]:
    """What fills one block."""
    domain, other = chance.sample(DOMAINS, 2)
    return {
        "name": name,
        "table": f"{chance.choice(STAGES)}.{domain}s",
        "other": f"{chance.choice(STAGES)}.{other}s",
        "column": chance.choice(COLUMNS),
        "key": f"{domain}_id",
        "number": str(chance.randint(1, 400)),
    }


def write(path: Path, text: str) -> int:
    """Write the file, making its folder, and tell how many lines it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return text.count("\n")


def main(arguments: list[str]) -> None:
    """Write one corpus where the arguments say."""
    folder, files, lines, *seed = arguments
    size = write_corpus(Path(folder), files=int(files), lines=int(lines), seed=int(seed[0]) if seed else 2026)
    print(f"{size} lines in {files} files")


if __name__ == "__main__":
    main(sys.argv[1:])
