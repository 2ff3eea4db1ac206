"""A share gives away more than the rows of today: the table's history, or every table of a schema.

What: `ALTER SHARE ... ADD TABLE ... WITH HISTORY`, and `ADD SCHEMA`.

Why: with its history a recipient reads every version that VACUUM has left: rows that were deleted, corrected or masked
since. A shared schema also shares each table that somebody creates in it later, without another decision.

Silent when: a comment on the line or right above says why, a dated note of the change too; the file is a test, an
example or an exploration.

Opt-in: a recipient that streams from the table needs the history, and a schema may be made for one recipient.

Source: Databricks documentation, create and manage shares, history sharing and schemas.

Bad::

    # file: sql/share.sql
    ALTER SHARE partners ADD TABLE main.gold.orders WITH HISTORY;

Bad: a whole schema::

    # file: sql/share.sql
    ALTER SHARE partners ADD SCHEMA main.gold;

Good::

    # file: sql/share.sql
    ALTER SHARE partners ADD TABLE main.gold.orders WITHOUT HISTORY;
    ALTER SHARE partners ADD VIEW main.gold.orders_shared;
    ALTER SHARE partners REMOVE SCHEMA main.old;

Good: with a reason::

    # file: sql/share.sql
    -- The partner reads it as a stream, see contract 12.
    ALTER SHARE partners ADD TABLE main.gold.orders WITH HISTORY;

Good: with a dated note::

    # file: sql/share.sql
    -- 2026-09: partners asked for the prices as they change
    ALTER SHARE partners ADD TABLE main.gold.prices WITH HISTORY;

Bad: the note is a heading::

    # file: sql/share.sql
    -- 2026-10: planning figures
    ALTER SHARE partners ADD SCHEMA main.planning;

Good: a test::

    # file: tests/share.sql
    ALTER SHARE partners ADD SCHEMA main.gold;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.reasons import has_reason
from orchestrator.code.sql import Share
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit

RULE = Rule(
    id="SHR004",
    name="history-is-shared",
    severity=Severity.LOW,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta-sharing/create-share",),
)


@RULE.on_sql
def check(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every such addition to a share."""
    text = unit.template.text
    if "share" not in text.lower() or not facts.role(unit.path).is_serious:
        return
    lines = text.split("\n")
    for statement in unit.statements:
        details = statement.details if statement.kind == "ALTER SHARE" else None
        if not isinstance(details, Share) or details.action != "add" or details.object is None:
            continue
        line = text.count("\n", 0, statement.start) + 1
        is_schema = details.object_type in {"SCHEMA", "DATABASE"}
        if (is_schema or details.history) and not has_reason(lines, line):
            what = "each table that is made in this schema later is shared too; add the tables that are meant"
            old = "the recipient also reads rows that were deleted or corrected since; share it WITHOUT HISTORY"
            yield Hit(location=unit.location(statement.start, statement.end), message=what if is_schema else old)
