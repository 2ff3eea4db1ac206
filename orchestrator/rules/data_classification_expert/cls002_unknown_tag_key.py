"""One tag is written in two ways, so that policies and searches find half of what it marks.

What: tag keys of the project's SQL that differ only in case or in `-`, `_`, `.` and blanks (`pii` and `PII`,
`data-owner` and `data_owner`), and values of one key that differ so. Reported is each use of the rarer spelling.

Why: keys and values are compared character by character. A policy on `pii` leaves the column tagged `PII` in clear, a
search for owners misses half of them, and a governed tag refuses or never sees the other spelling.

Silent when: a key or value is interpolated, since nobody can say what it becomes; both spellings stand on the same
object, as while moving from one to the other; the tag is taken away (UNSET); the file is a test or a demo.

Source: Databricks documentation, apply tags to Unity Catalog securable objects: keys are case-sensitive.

Bad::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    ALTER TABLE main.silver.customers ALTER COLUMN phone SET TAGS ('pii' = 'phone');
    ALTER TABLE main.silver.staff ALTER COLUMN ssn SET TAGS ('PII' = 'ssn');

Bad: values, in two files::

    # file: sql/tags.sql
    SET TAG ON TABLE main.silver.customers sensitivity = high;
    SET TAG ON TABLE main.silver.staff sensitivity = high;
    # file: src/tags.py
    spark.sql("ALTER TABLE main.silver.orders SET TAGS ('sensitivity' = 'High')")

Good::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers ALTER COLUMN email SET TAGS ('pii' = 'email');
    ALTER TABLE main.silver.staff SET TAGS ('owner' = 'hr', 'pii_reviewed' = '2026-05');

Good: interpolated::

    spark.sql("ALTER TABLE main.silver.customers SET TAGS ('pii' = 'yes')")
    spark.sql(f"ALTER TABLE main.silver.staff SET TAGS ('{key.upper()}' = 'yes')")

Good: both, while moving::

    # file: sql/tags.sql
    ALTER TABLE main.silver.customers SET TAGS ('cost_center' = '7', 'Cost-Center' = '7');

Good: a demo::

    # file: demos/tags.sql
    ALTER TABLE main.silver.customers SET TAGS ('pii' = 'yes');
    ALTER TABLE main.silver.staff SET TAGS ('PII' = 'yes');
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.tags import TagUse, tag_uses
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="CLS002",
    name="unknown-tag-key",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/database-objects/tags",),
)
_PLAY = frozenset({Role.TEST, Role.DEMO})


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Every use of the rarer spelling of a key, then of a value of one key."""
    uses = [use for use in tag_uses(facts) if not use.has_hole and facts.role(use.statement.unit.path) not in _PLAY]
    keys: defaultdict[str, list[tuple[str, TagUse]]] = defaultdict(list)
    values: defaultdict[tuple[str, str], list[tuple[str, TagUse]]] = defaultdict(list)
    for use in uses:
        keys[_folded(use.key)].append((use.key, use))
        if use.value and not _is_computed(use):
            values[_folded(use.key), _folded(use.value)].append((use.value, use))
    for spelled in keys.values():
        yield from _odd(spelled, "key")
    for spelled in values.values():
        yield from _odd(spelled, "value")


def _folded(text: str) -> str:
    return re.sub(r"[\s_.\-]+", "", text.lower())


def _is_computed(use: TagUse) -> bool:
    """Whether the statement interpolates anything after the key."""
    return bool(use.statement.template.holes_in(use.end, use.statement.end))


def _odd(spelled: list[tuple[str, TagUse]], what: str) -> Iterator[Hit]:
    """Hits for the spellings that are not the most frequent; the first in the project wins a draw."""
    counts = Counter(text for text, _ in spelled)
    usual, _ = counts.most_common(1)[0]
    home = {_object(use) for text, use in spelled if text == usual}
    first = next((use for text, use in spelled if text == usual))
    place = first.statement.location_of(first.start, first.end)
    for text, use in spelled:
        if text != usual and _object(use) not in home:
            key = f" of `{use.key}`" if what == "value" else ""
            yield Hit(
                location=use.statement.location_of(use.start, use.end),
                message=f"the {what} `{text}`{key} is written `{usual}` elsewhere ({place.path}:{place.start_line}), "
                "and tags are compared character by character: policies and searches see only one of the two",
            )


def _object(use: TagUse) -> tuple[str, str]:
    return (use.securable.qualified if use.securable is not None else "", (use.column or "").lower())
