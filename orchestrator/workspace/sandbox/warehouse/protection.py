"""Row filters and column masks, applied to what a query reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from orchestrator.workspace.sandbox.warehouse.failure import StatementFailedError

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.unity import TableSeed
    from orchestrator.workspace.sandbox.unity import Placed
    from orchestrator.workspace.sandbox.warehouse.session import Session


def protected(session: Session, table: Placed[TableSeed], place: exp.Table) -> exp.Expression | None:
    """What to read instead of a table with a row filter or masks; None for a table with neither."""
    masks = {name: column.mask for name, column in table.seed.columns.items() if column.mask is not None}
    if not masks and table.seed.row_filter is None:
        return None
    replaced = []
    for name, mask in masks.items():
        body = _body(session, mask.function, [name, *mask.using])
        replaced.append(
            exp.alias_(exp.cast(body, table.seed.columns[name].type, dialect="databricks"), name, quoted=True)
        )
    star = exp.Star(replace=replaced) if replaced else exp.Star()
    query = exp.select(star).from_(place)
    if table.seed.row_filter is not None:
        query = query.where(_body(session, table.seed.row_filter.function, list(table.seed.row_filter.columns)))
    return query.subquery(alias=exp.to_identifier(table.name, quoted=True))


def _body(session: Session, function: str, columns: list[str]) -> exp.Expression:
    """The body of a SQL function over columns, as an expression in brackets.

    Raises:
        StatementFailedError: there is no such function, or it takes another number of arguments.
    """
    functions = session.state.unity.functions
    if function not in functions:
        raise StatementFailedError(
            "UNRESOLVED_ROUTINE", f"Cannot resolve routine `{function}` on search path.", "42883"
        )
    seed = functions.get(function).seed
    if len(seed.parameters) != len(columns):
        said = f"The `{function}` requires {len(seed.parameters)} parameters but the actual number is {len(columns)}."
        raise StatementFailedError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", said, "42605")
    by_name = {parameter.name.lower(): column for parameter, column in zip(seed.parameters, columns, strict=True)}
    body = parse_one(seed.body, read="databricks")
    return exp.paren(body.transform(lambda node: _argument(node, by_name)))


def _argument(node: exp.Expression, by_name: dict[str, str]) -> exp.Expression:
    if isinstance(node, exp.Column) and not node.table and node.name.lower() in by_name:
        return exp.column(by_name[node.name.lower()], quoted=True)
    return node
