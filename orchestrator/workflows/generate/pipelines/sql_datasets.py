"""The transformations in SQL, as both Databricks and open-source Spark read them: no `OR REFRESH`, no constraints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from orchestrator.workflows.generate.pipelines.graph import BROKEN, ordered
from orchestrator.workflows.generate.pipelines.model import LAYERS, Expectation, Layer, Pipeline
from orchestrator.workflows.generate.pipelines.shape import Built, built
from orchestrator.workflows.generate.pipelines.text import sql_string
from orchestrator.workflows.generate.pipelines.words import in_sql, named

_ABOUT: dict[Layer, str] = {
    "bronze": "Bronze: what arrived, once. Nothing is dropped here.",
    "silver": "Silver: typed and checked rows, and what was refused and why.",
    "gold": "Gold: a table for each question, computed over all rows, so that late ones are counted.",
}


def layer_files(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """The name and text of the file of each layer that has tables."""
    for layer in LAYERS:
        tables = tuple(table for table in ordered(pipeline) if table.layer == layer)
        if tables:
            statements = chain.from_iterable(_statements(table) for table in built(pipeline, tables))
            yield f"{layer}.sql", "\n\n".join([f"-- {_ABOUT[layer]}", *statements]) + "\n"


def _statements(table: Built) -> Iterator[str]:
    name = table.table.name
    if table.is_judged:
        yield _view(f"checked_{name}", [*_shaped(table, judged=True)])
        yield _dataset(table, f"{name}_quarantine", _refused(table), _from_checked(table, ">", broken=True))
    if table.table.changes is not None:
        yield _view(f"valid_{name}", _rows(table, starred=True))
        yield _empty(table)
        yield _flow(table)
    else:
        yield _dataset(table, name, table.table.comment, _rows(table, starred=False))


def _refused(table: Built) -> str:
    return f"Rows refused by {table.table.name}, with the names of the rules that they break."


def _view(name: str, select: list[str]) -> str:
    return "\n".join([f"CREATE TEMPORARY VIEW {name} AS", *select]) + ";"


def _head(table: Built, name: str, about: str) -> list[str]:
    lines = [f"CREATE {'STREAMING TABLE' if table.streams else 'MATERIALIZED VIEW'} {name}"]
    lines += [f"  COMMENT {sql_string(about)}"]
    if name == table.table.name and table.table.cluster_by:
        lines += [f"  CLUSTER BY ({named(table.table.cluster_by)})"]
    if name == table.table.name and table.forgets and table.table.changes is None:
        # A full refresh must not empty what the source no longer has.
        lines += ["  TBLPROPERTIES ('pipelines.reset.allowed' = 'false')"]
    return lines


def _dataset(table: Built, name: str, about: str, select: list[str]) -> str:
    return "\n".join([*_head(table, name, about), "AS", *select]) + ";"


def _empty(table: Built) -> str:
    return "\n".join(_head(table, table.table.name, table.table.comment)) + ";"


def _flow(table: Built) -> str:
    wanted, changes = table.table, table.table.changes
    if changes is None:
        return ""
    sequence = named(changes.sequence_by)
    lines = [
        "-- Duplicates, repeated deliveries and late changes end in the same state: the newest change of a key wins.",
        f"CREATE FLOW {wanted.name}_changes AS AUTO CDC INTO {wanted.name}",
        f"FROM STREAM(valid_{wanted.name})",
        f"KEYS ({named(wanted.key)})",
        *([f"APPLY AS DELETE WHEN {changes.deletes}"] if changes.deletes else []),
        f"SEQUENCE BY {sequence if len(changes.sequence_by) == 1 else f'STRUCT({sequence})'}",
        *([f"COLUMNS * EXCEPT ({named(table.left_out)})"] if table.left_out else []),
        f"STORED AS SCD TYPE {changes.scd};",
    ]
    return "\n".join(lines)


def _rows(table: Built, *, starred: bool) -> list[str]:
    """The query of a table: the valid rows of a judged one, else the shaped ones."""
    if table.is_judged:
        return _from_checked(table, "=", broken=starred)
    return [*_shaped(table, judged=False)]


def _from_checked(table: Built, sign: str, *, broken: bool) -> list[str]:
    names = [*map(in_sql, table.columns), *([BROKEN] if broken else [])]
    conditions = [f"size({BROKEN}) {sign} 0", *(_kept(table) if sign == "=" else [])]
    return [*_select(names), f"FROM {_stream(table, f'checked_{table.table.name}')}", *_where(conditions)]


def _shaped(table: Built, *, judged: bool) -> Iterator[str]:
    """The rows before they are judged; with `judged` the names of the broken rules too."""
    inner = list(_inner(table))
    rules = table.rules("quarantine")
    kept = [] if judged else _kept(table)
    if not judged and not (kept and table.table.columns):
        yield from [*inner, *_where_more(table, kept)]
        return
    names = [*map(in_sql, table.columns)]
    yield from _select([*names, *([_broken(rules)] if judged else [])])
    if table.is_shaped:
        yield from ("FROM (", *(f"  {line}" for line in inner), ")")
    else:
        yield f"FROM {_stream(table, table.reads)}"
    yield from _where(kept)


def _inner(table: Built) -> Iterator[str]:
    wanted = table.table
    derived = [
        in_sql(each.name) if each.name == each.expression else f"{each.expression} AS {in_sql(each.name)}"
        for each in wanted.columns
    ]
    yield from _select(derived or [*map(in_sql, table.columns)])
    yield f"FROM {_stream(table, table.reads)}"
    for join in wanted.joins:
        how = "LEFT" if join.how == "left" else "INNER"
        yield f"{how} JOIN {table.dataset(join.table, streaming=False)} USING ({named(join.using)})"
    if wanted.where is not None:
        yield f"WHERE {wanted.where}"
    if wanted.group_by:
        expressions = {each.name: each.expression for each in wanted.columns}
        yield f"GROUP BY {', '.join(expressions[name] for name in wanted.group_by)}"


def _where_more(table: Built, conditions: list[str]) -> list[str]:
    """More conditions on the rows of a table without columns of its own."""
    if not conditions:
        return []
    begun = "  AND " if table.table.where is not None else "WHERE "
    return [f"{begun}{conditions[0]}", *(f"  AND {each}" for each in conditions[1:])]


def _kept(table: Built) -> list[str]:
    """The conditions of rules that drop a row or fail the flow."""
    dropped = [f"({each.condition})" for each in table.rules("drop")]
    failed = [f"assert_true({each.condition}, {sql_string(each.name)}) IS NULL" for each in table.rules("fail")]
    return [*dropped, *failed]


def _broken(rules: tuple[Expectation, ...]) -> str:
    checks = [f"CASE WHEN coalesce({each.condition}, false) THEN NULL ELSE '{each.name}' END" for each in rules]
    return "array_compact(array(\n    " + ",\n    ".join(checks) + f"\n  )) AS {BROKEN}"


def _select(names: list[str]) -> list[str]:
    return ["SELECT", *(f"  {name}{',' if number < len(names) else ''}" for number, name in enumerate(names, start=1))]


def _where(conditions: list[str]) -> list[str]:
    return [f"{'WHERE' if number == 0 else '  AND'} {each}" for number, each in enumerate(conditions)]


def _stream(table: Built, name: str) -> str:
    return f"STREAM({name})" if table.streams else name
