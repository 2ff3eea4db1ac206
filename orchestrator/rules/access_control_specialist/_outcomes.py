"""What a mask or row filter gives to whom: the branches of its expression, followed to their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot.exp import Expression

GROUP_TESTS = frozenset({"is_account_group_member", "is_member"})
MAX_BRANCHES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way through the expression: its condition, None for ELSE, and its value."""

    condition: Expression | None
    value: Expression


def branches(tree: Expression) -> Iterator[Branch]:
    """The branches of a CASE or IF, nested ones too; the expression itself where there is none."""
    from sqlglot import exp

    waiting: list[Branch] = [Branch(condition=None, value=tree)]
    for _ in range(MAX_BRANCHES):
        if not waiting:
            return
        branch = waiting.pop()
        value = branch.value.unnest()
        if isinstance(value, exp.Case) and value.this is None:
            found = [Branch(condition=each.this, value=each.args["true"]) for each in value.args["ifs"]]
            last = value.args.get("default")
        elif isinstance(value, exp.If):
            found = [Branch(condition=value.this, value=value.args["true"])]
            last = value.args.get("false")
        else:
            yield Branch(condition=branch.condition, value=value)
            continue
        # Without ELSE the rest is NULL, which hides.
        waiting.extend(reversed([*found, Branch(condition=None, value=last if last is not None else exp.Null())]))


def is_open(value: Expression, parameter: str | None) -> bool:
    """Whether a value hides nothing: a mask's own parameter, or TRUE of a row filter (`parameter` is None)."""
    from sqlglot import exp

    plain = value.unnest()
    if parameter is not None:
        return isinstance(plain, exp.Column) and plain.name.lower() == parameter.lower()
    if isinstance(plain, exp.Or):
        return any(is_open(side, None) for side in (plain.this, plain.expression))
    if isinstance(plain, exp.EQ):
        return isinstance(plain.this, exp.Literal) and plain.this == plain.expression
    return isinstance(plain, exp.Boolean) and bool(plain.this)


def is_membership(condition: Expression | None) -> bool:
    """Whether a condition is nothing but "is in one of these groups"."""
    from sqlglot import exp

    if condition is None:
        return False
    plain = condition.unnest()
    if isinstance(plain, exp.Or):
        return is_membership(plain.this) and is_membership(plain.expression)
    return isinstance(plain, exp.Anonymous) and plain.name.lower() in GROUP_TESTS
