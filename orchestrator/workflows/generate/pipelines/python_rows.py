"""The Python module beside the transformations: schemas, rules, and one function of frames for each shaped table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from orchestrator.workflows.generate.pipelines.graph import BROKEN, ordered, source_of
from orchestrator.workflows.generate.pipelines.model import Action, Column, Pipeline, Source
from orchestrator.workflows.generate.pipelines.shape import Built, built
from orchestrator.workflows.generate.pipelines.text import call, entry, literal, sql_string

ACTIONS: tuple[Action, ...] = ("quarantine", "warn", "drop", "fail")
_JUDGED = f'''

def broken_rules(rules: dict[str, str]) -> Column:
    """Names of the rules that a row breaks; an unknown (NULL) answer counts as broken."""
    checks = [F.when(F.coalesce(F.expr(rule), F.lit(False)), None).otherwise(name) for name, rule in rules.items()]
    return F.array_compact(F.array(*checks))


def judged(rows: DataFrame, rules: dict[str, str]) -> DataFrame:
    """The rows with the names of the rules that each one breaks, in `{BROKEN}`."""
    return rows.withColumn("{BROKEN}", broken_rules(rules))
'''


def rows_module(pipeline: Pipeline, *, with_functions: bool) -> str:
    """The module; without functions it has the schemas alone, for a pipeline whose tables are SQL."""
    tables = built(pipeline, ordered(pipeline))
    judged = with_functions and any(table.is_judged for table in tables)
    functions = list(chain.from_iterable(_functions(table) for table in tables)) if with_functions else []
    return "\n".join(
        [
            f'"""What the rows of {pipeline.name} are: schemas, rules and functions of frames."""',
            *_imports(judged=judged, framed=bool(functions), expressed=any("F." in line for line in functions)),
            "",
            "SCHEMAS = {",
            *chain.from_iterable(_schema(source) for source in pipeline.sources),
            "}",
            '"""The columns of each source, with their types in DDL."""',
            *(chain.from_iterable(_rules(table) for table in tables) if with_functions else ()),
            *(_JUDGED.rstrip("\n").split("\n") if judged else ()),
            *functions,
            "",
        ]
    )


def rules_name(table: Built, action: Action) -> str:
    """The constant that holds the rules of a table."""
    return f"{table.table.name.upper()}_{action.upper()}"


def _imports(*, judged: bool, framed: bool, expressed: bool) -> list[str]:
    names = [*(["Column"] if judged else []), *(["DataFrame"] if framed or judged else [])]
    lines = [f"from pyspark.sql import {', '.join(names)}"] if names else []
    lines += ["from pyspark.sql import functions as F"] if judged or expressed else []
    return ["", *lines] if lines else []


def _schema(source: Source) -> Iterator[str]:
    yield f"    {literal(source.name)}: {{"
    for column in source.columns:
        yield from entry(f"{literal(column.name)}: ", ddl_type(column), 8)
    yield "    },"


def ddl_type(column: Column) -> str:
    """The type of a column with its comment."""
    return f"{column.type} COMMENT {sql_string(column.comment)}" if column.comment else column.type


def _rules(table: Built) -> Iterator[str]:
    for action in ACTIONS:
        rules = table.rules(action)
        if rules:
            yield f"{rules_name(table, action)} = {{"
            for each in rules:
                yield from entry(f"{literal(each.name)}: ", each.condition, 4)
            yield "}"


def _functions(table: Built) -> Iterator[str]:
    name = f"checked_{table.table.name}" if table.is_judged else table.table.name
    if not table.is_judged and not table.is_shaped:
        return
    read = frames(table)
    yield from ("", "")
    *before, last = call(f"def {name}", [f"{each}: DataFrame" for each in read], 0, room=len(" -> DataFrame:"))
    yield from (*before, f"{last} -> DataFrame:")
    yield f'    """{_said(table)}"""'
    yield from _body(table, read[0])


def frames(table: Built) -> tuple[str, ...]:
    """The parameters of a table's function: what it reads, by name."""
    names = (table.table.reads, *(join.table for join in table.table.joins))
    return tuple(f"{name}_source" if name == table.table.name else name for name in names)


def _said(table: Built) -> str:
    if table.is_judged:
        return f"The rows for {table.table.name}, each with the names of the rules that it breaks."
    return f"The rows of {table.table.name}."


def _body(table: Built, first: str) -> Iterator[str]:
    steps = list(_steps(table))
    last = f"judged(rows, {rules_name(table, 'quarantine')})" if table.is_judged else ""
    if not steps:
        yield f"    return {last.replace('rows', first)}"
        return
    for number, (method, arguments) in enumerate(steps):
        on = first if number == 0 else "rows"
        is_result = number == len(steps) - 1 and not last
        yield from call(f"{'return ' if is_result else 'rows = '}{on}.{method}", arguments, 4)
    if last:
        yield f"    return {last}"


def _steps(table: Built) -> Iterator[tuple[str, list[str]]]:
    wanted = table.table
    for join in wanted.joins:
        on = "[" + ", ".join(map(literal, join.using)) + "]"
        yield "join", [join.table, on, literal(join.how)]
    if wanted.where is not None:
        yield "filter", [literal(wanted.where)]
    derived = {each.name: _named(each.name, each.expression) for each in wanted.columns}
    if wanted.group_by:
        yield "groupBy", [derived[name] for name in wanted.group_by]
        yield "agg", [text for name, text in derived.items() if name not in wanted.group_by]
    elif derived:
        yield "select", list(derived.values())


def _named(name: str, expression: str) -> str:
    return literal(name) if name == expression else f"F.expr({literal(expression)}).alias({literal(name)})"


def is_file(pipeline: Pipeline, name: str) -> bool:
    """Whether it is a source of landed files."""
    source = source_of(pipeline, name)
    return source is not None and source.path is not None
