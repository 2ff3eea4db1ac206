"""What speaks against a change of tags before it is applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.governance.personal import PersonalColumn
from orchestrator.workspace.governance.policies import Policies

FACTS = "personal-columns"
EXPERT = "data-classification-expert"
_TAGS = "https://docs.databricks.com/aws/en/admin/governed-tags/"
SPELLINGS = Check(
    id="key-in-two-spellings",
    specialist=EXPERT,
    severity=Severity.HIGH,
    title="the same key is there in another spelling",
    why="A policy hears one spelling and not the other: half of the columns stay open. Use the key that is there, or "
    "move its tags first.",
    references=(_TAGS,),
)
UNMASKS = Check(
    id="tag-unmasks",
    specialist=EXPERT,
    severity=Severity.HIGH,
    title="a column would lose the mask of a policy",
    why="The policy finds its columns by the tag that the change replaces. Widen the policy's condition first.",
    references=(_TAGS,),
)
MANY = Check(
    id="too-many-changes",
    specialist=EXPERT,
    severity=Severity.HIGH,
    title="more changes than a person reads",
    why="Who approves what was not read approves nothing. Make the set schema by schema, with --schema.",
)
MOST = 500
After = Sequence[tuple[str, str, str]]
"""Columns with the key and value that they are to carry."""


def spellings(found: Sequence[PersonalColumn], after: After, governed: frozenset[str]) -> Iterator[Observation]:
    """The keys that are used beside others that differ from them in case and hyphens alone."""
    live = {tag.partition("=")[0] for each in found for tag in each.tags} | governed
    for key in sorted({key for _column, key, _value in after}):
        others = sorted(other for other in live if other != key and _plain(other) == _plain(key))
        if others:
            message = f"the key {key!r} would stand beside {', '.join(map(repr, others))}"
            yield Observation(check=SPELLINGS, facts=FACTS, row=1, about=key, message=message)
    if len(after) > MOST:
        message = f"{len(after)} columns would be tagged, and {MOST} are the most at once"
        yield Observation(check=MANY, facts=FACTS, row=1, about="all", message=message)


def losses(found: Sequence[PersonalColumn], after: After, rules: Policies) -> Iterator[Observation]:
    """The columns that a policy masks by the tag that they carry and would not mask by the new one."""
    rows = {each.column: (row, each) for row, each in enumerate(found, start=1)}
    for column, key, value in after:
        row, known = rows.get(column, (1, None))
        if known is None:
            continue
        tags = dict(tag.partition("=")[::2] for tag in known.tags)
        table = column.rpartition(".")[0]
        before = rules.masking(table, tags)
        if before is not None and rules.masking(table, {**tags, key: value}) is None:
            message = (
                f"{column} would lose the mask of policy {before!r}: {key} goes from {tags.get(key)!r} to {value!r}"
            )
            yield Observation(check=UNMASKS, facts=FACTS, row=row, about=column, message=message)


def _plain(key: str) -> str:
    return "".join(character for character in key.lower() if character.isalnum())
