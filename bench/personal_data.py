"""Measures which columns of the sandbox's company are called personal, with Presidio's recognisers and without.

`python bench/personal_data.py` in an environment with the extras `workspace` and `pii`; without `pii` half of the rows
are missing. The truth is what the seed makes: a column is personal where its values are made as e-mail addresses, names
and the like, or where the seed tags it so. Tags are hidden from the judgement, and in half of the rows names are too.
The data is made up by the same people who wrote the judgement: the numbers tell what each method adds, not how good it
is on data of others.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.governance.personal import Certainty, at_least, judged, sampled
from orchestrator.workspace.governance.recognisers import Recognisers, recognisers
from orchestrator.workspace.governance.tables import Table, tables_under
from orchestrator.workspace.sandbox import Sandbox, Seed
from orchestrator.workspace.sandbox.seed.unity import ColumnSeed
from orchestrator.workspace.sandbox.warehouse import values as made

ROWS = 50
PERSONAL = frozenset(
    {"email", "person", "first_name", "last_name", "phone", "street", "postcode", "iban", "card", "national_id", "ip",
     "birth_date", "note"}
)  # fmt: skip
LEVELS: tuple[Certainty, ...] = ("possible", "probable")
Values = Mapping[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """A table with the values of its first rows."""

    table: Table
    values: Values


def truth(seed: Seed) -> frozenset[str]:
    """The full names of the columns that hold personal data."""
    return frozenset(
        f"{catalog}.{schema}.{table}.{name}"
        for catalog, above in seed.catalogs.items()
        for schema, place in above.schemas.items()
        for table, item in place.tables.items()
        for name, column in item.columns.items()
        if is_personal(name, column)
    )


def is_personal(name: str, column: ColumnSeed) -> bool:
    """Whether the seed fills the column with personal data, or says that it is."""
    return (column.values or made._suggested(name, column)) in PERSONAL or "pii" in column.tags


def read(sandbox: Sandbox) -> Iterator[Read]:
    """Every table of the company with its values, as an administrator sees them."""
    workspace = Workspace(Access(host=sandbox.host, token=sandbox.token))
    for catalog in sandbox.seed.catalogs:
        for table in tables_under(workspace, catalog, 1_000).items:
            values = {name: list(texts) for name, texts in sampled(workspace, table, ROWS).items()}
            yield Read(table=table, values=values)


def hidden(item: Read) -> Read:
    """The same with names of columns that say nothing."""
    columns = tuple(replace(column, name=f"c{number}") for number, column in enumerate(item.table.columns))
    names = {column.name: f"c{number}" for number, column in enumerate(item.table.columns)}
    values = {names[name]: texts for name, texts in item.values.items()}
    return Read(table=replace(item.table, columns=columns), values=values)


def found(items: list[Read], second: Recognisers | None, level: Certainty, *, names: bool) -> frozenset[str]:
    """The columns that are called personal."""
    calls = set()
    for item in items:
        seen = item if names else hidden(item)
        by_name = dict(zip((column.name for column in seen.table.columns), item.table.columns, strict=True))
        verdicts = at_least(judged(seen.table, {}, seen.values, second), level)
        calls |= {f"{item.table.name}.{by_name[call.column.rpartition('.')[2]].name}" for call in verdicts}
    return frozenset(calls)


def main() -> None:
    """Print a row for each way of judging."""
    second = recognisers()
    with Sandbox.start(Seed.read(now=dt.datetime.now(dt.UTC))) as sandbox:
        items, real = list(read(sandbox)), truth(sandbox.seed)
    columns = sum(len(item.table.columns) for item in items)
    print(f"{len(items)} tables, {columns} columns, {len(real)} of them personal; {ROWS} rows of each")
    print(second.method if second else "the extra `pii` is not installed")
    print("| judged by | from | found | right | precision | recall | s |\n|---|---|---|---|---|---|---|")
    for names in (True, False):
        for asked in (None, second) if second else (None,):
            for level in LEVELS:
                started = time.process_time()
                calls = found(items, asked, level, names=names)
                seconds = time.process_time() - started
                by = f"{'names, ' if names else ''}our validators{', Presidio' if asked else ''}"
                right = len(calls & real)
                shares = f"{right / max(len(calls), 1):.2f} | {right / len(real):.2f}"
                print(f"| {by} | {level} | {len(calls)} | {right} | {shares} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
