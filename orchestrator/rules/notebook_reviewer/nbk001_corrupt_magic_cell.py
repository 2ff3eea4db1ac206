"""A magic that sets a cell's language stands after code, so it does not work.

What: a line `# MAGIC %run`, `%sql`, `%md`, `%scala`, `%sh`, `%fs` or `%r` of a notebook in source format that comes
after code of the same cell.

Why: such a magic rules its whole cell and must be the cell's first line. After code it is a comment or an error: the
notebook that should run does not, the SQL is never executed, and nothing says so. The separator between two cells was
lost, in most cases in a merge or an edit by hand.

Silent when: only blank lines, comments or a `# DBTITLE` stand before the magic; the magic works in the middle of a cell
(`%pip`, `%time`, `%matplotlib`); the line is part of a string; or the notebook is a Jupyter file.

Source: Databricks documentation, notebook source format and language magics.

Bad::

    # Databricks notebook source
    day = dbutils.widgets.get("day")
    # MAGIC %run ./_settings

    # COMMAND ----------

    print(day)

Bad: code on both sides::

    # Databricks notebook source
    table = "main.gold.orders"

    # MAGIC %sql
    # MAGIC OPTIMIZE main.gold.orders
    print(table)

Bad: in a notebook of SQL::

    # file: notebooks/report.sql
    -- Databricks notebook source
    SELECT 1;
    -- MAGIC %python
    -- MAGIC print("ready")

Good::

    # Databricks notebook source
    day = dbutils.widgets.get("day")

    # COMMAND ----------

    # DBTITLE 1,Settings
    # read by every notebook

    # MAGIC %run ./_settings

    # COMMAND ----------

    import matplotlib.pyplot as plt
    # MAGIC %matplotlib inline

Good: the cell's first line, in another language::

    # file: notebooks/report.sql
    -- Databricks notebook source
    -- MAGIC %python
    -- MAGIC print("ready")

Good: a notebook in a string::

    # Databricks notebook source
    TEMPLATE = '''
    # MAGIC %run ./_settings
    '''

Fixed::

    # Databricks notebook source
    day = dbutils.widgets.get("day")

    # COMMAND ----------

    # MAGIC %run ./_settings

    # COMMAND ----------

    print(day)

Fixed::

    # Databricks notebook source
    table = "main.gold.orders"

    # COMMAND ----------

    # MAGIC %sql
    # MAGIC OPTIMIZE main.gold.orders

    # COMMAND ----------

    print(table)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.notebook import COMMENTS, SEPARATOR
from orchestrator.rules.rule import Edit, Fix, Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.notebook import Cell, Notebook

RULE = Rule(
    id="NBK001",
    name="corrupt-magic-cell",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/notebooks/notebooks-code#mix-languages",),
)
_RULING = re.compile(r"MAGIC %(run|sql|md|md-sandbox|scala|sh|fs|r|python)(?:\s|$)")


@RULE.on_notebook
def check(notebook: Notebook, facts: Facts) -> Iterator[Hit]:
    """The first misplaced magic of each cell."""
    source = notebook.source
    comment = COMMENTS[notebook.language]
    for cell in () if source.is_jupyter else notebook.cells:
        found = _misplaced(notebook, cell, comment) if cell.is_mixed else None
        if found is None or _is_in_string(facts, source.path, found[0]):
            continue
        line, magic = found
        yield Hit(
            location=source.location(line, line, 1, len(source.lines[line - 1]) + 1),
            message=f"`%{magic}` stands after code in cell {cell.index}, where it has no effect; "
            "begin a new cell before it",
            severity=Severity.LOW if magic.startswith("md") else Severity.HIGH,
            symbol=f"cell {cell.index}",
            fix=Fix(description="Split the cell", edits=_split(notebook, cell, line, comment), safe=True),
        )


def _misplaced(notebook: Notebook, cell: Cell, comment: str) -> tuple[int, str] | None:
    """The line and name of the first magic after code that would rule a cell."""
    has_code = False
    for line in range(cell.start_line, cell.end_line + 1):
        text = notebook.source.lines[line - 1]
        magic = _RULING.match(text.removeprefix(f"{comment} ")) if text.startswith(comment) else None
        if magic is not None and has_code:
            return line, magic[1]
        has_code = has_code or bool(text.strip() and not text.lstrip().startswith(comment))
    return None


def _is_in_string(facts: Facts, path: str, line: int) -> bool:
    """Whether a literal of several lines holds the line."""
    file = facts.project.python_by_path.get(path)
    if file is None:
        return False
    texts = (node for node in file.nodes(ast.Constant) if isinstance(node.value, str))
    return any(node.lineno <= line <= (node.end_lineno or 0) and node.end_lineno != node.lineno for node in texts)


def _split(notebook: Notebook, cell: Cell, line: int, comment: str) -> tuple[Edit, ...]:
    """The edits that make a cell of the magic's lines, with one blank line on either side of each separator."""
    lines = notebook.source.lines
    last = line
    while last < cell.end_line and lines[last].startswith(f"{comment} MAGIC"):
        last += 1
    edits = [_separator(notebook, line, comment)]
    after = next((at for at in range(last + 1, cell.end_line + 1) if lines[at - 1].strip()), None)
    if after is not None:
        edits.append(_separator(notebook, after, comment))
    return tuple(edits)


def _separator(notebook: Notebook, line: int, comment: str) -> Edit:
    """The edit that puts a separator before a line."""
    blank = "" if not notebook.source.lines[line - 2].strip() else "\n"
    return Edit(
        path=notebook.source.path,
        start_line=line,
        start_column=1,
        end_line=line,
        end_column=1,
        replacement=f"{blank}{comment} {SEPARATOR}\n\n",
    )
