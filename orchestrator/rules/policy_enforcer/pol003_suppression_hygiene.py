"""A suppression comment has no effect, or hides nothing that could be found.

What: `orchestrate: ignore[...]` without a reason, past its `until=` date, with a date that is none, with the id of a
rule that does not exist, or without the bracket that names a rule.

Why: the reader believes that somebody looked at the place and accepted it. A comment without effect lets the finding
through; one for a rule that is gone or misspelled was never checked by anyone.

Silent when: the comment names rules that exist and gives a reason, and its date has not come; the text speaks about
suppression (a string in code, an example in backticks); what is named is the category of an agent's finding and no
rule; the file is a test.

Source: this program's suppression comments, which need a rule and a reason.

Bad: no reason::

    spark.sql("VACUUM main.silver.orders RETAIN 24 HOURS")  # orchestrate: ignore[DEL001]

Bad: it has expired::

    # orchestrate: ignore[DEL001] until=2026-01-31 the backfill needs the space
    spark.sql("VACUUM main.silver.orders RETAIN 24 HOURS")

Bad: no such rule::

    # file: src/cleanup.sql
    -- orchestrate: ignore[DEL999] agreed with the storage team
    VACUUM main.silver.orders RETAIN 24 HOURS;

Bad: no rule at all::

    # orchestrate: ignore agreed with the storage team
    spark.sql("VACUUM main.silver.orders RETAIN 24 HOURS")

Good::

    # orchestrate: ignore[DEL001] until=2027-01-31 the backfill needs the space
    spark.sql("VACUUM main.silver.orders RETAIN 24 HOURS")

Good: several rules::

    # file: src/cleanup.sql
    -- orchestrate: ignore[DEL001, SEC002] agreed with the storage team
    VACUUM main.silver.orders RETAIN 24 HOURS;

Good: the category of a finding that no rule makes::

    frame.write.saveAsTable("main.gold.orders")  # orchestrate: ignore[skewed-stage] one large customer, known

Good: text about suppression::

    HELP = "write # orchestrate: ignore[DEL001] and a reason"
    # A comment such as `orchestrate: ignore[DEL001]` needs a reason.

Good: a test::

    # file: tests/test_suppress.py
    TEXT = 1  # orchestrate: ignore[DEL001]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.suppress import find_suppressions

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.source import SourceFile

RULE = Rule(id="POL003", name="suppression-hygiene", severity=Severity.MEDIUM, default=False)
_CODE = (".py", ".sql", ".ipynb", ".yml", ".yaml", ".scala", ".r")
_RULE_ID = re.compile(r"[A-Z]{2,4}\d{3}")
_UNNAMED = re.compile(r"(?:#|--|//)\s*orchestrate:\s*ignore\b(?!\s*\[)", re.IGNORECASE)


@RULE.on_text
def check(source: SourceFile, facts: Facts) -> Iterator[Hit]:
    """Every suppression comment that does not do what it says."""
    if "orchestrate:" not in source.text or not source.path.endswith(_CODE) or facts.role(source.path) is Role.TEST:
        return
    parsed = facts.project.python_by_path.get(source.path)
    placed = parsed.source if parsed is not None else source
    for comment in find_suppressions(placed, facts.today):
        line = placed.lines[comment.line - 1]
        unknown = sorted(name for name in comment.rules - _known() if _RULE_ID.fullmatch(name))
        problem = comment.problem or (f"names no rule that exists: {', '.join(unknown)}" if unknown else None)
        if problem is not None and not _is_talk(line):
            yield Hit(
                location=placed.location(comment.line),
                message=f"this suppression {problem}; mend it, or take it out and mend the code",
            )
    for number, line in enumerate(placed.lines, start=1):
        if _UNNAMED.search(line) and not _is_talk(line):
            yield Hit(
                location=placed.location(number),
                message="this suppression names no rule and so has no effect; write `ignore[RULE] reason`",
            )


def _is_talk(line: str) -> bool:
    """Whether the comment stands within quotes or backticks, so that somebody writes about it."""
    before = line[: line.lower().index("orchestrate:")]
    return any(before.count(quote) % 2 for quote in "\"'`")


@cache
def _known() -> frozenset[str]:
    """The ids of all rules; asked for only when a file holds a comment, because the catalogue loads every rule."""
    from orchestrator.rules.catalog import pages

    return frozenset(page.id.upper() for page in pages())
