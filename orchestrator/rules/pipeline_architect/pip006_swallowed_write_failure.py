"""A write whose failure is caught and forgotten: the task is green, and the data is not there.

What: `try` around a Spark write, a merge or a DML statement, directly or in a function of the file, with an `except`
that catches everything and does no more than print, log or pass.

Why: the job ends as a success. Nobody is told, no retry starts, and whatever runs next reads yesterday's data or half
of today's. The loss shows days later, when the source may be gone.

Silent when: the handler raises, exits, returns a status, keeps the failure in a variable that is read elsewhere, or
calls anything that may do so; it catches a named error only; it is one attempt of several; a comment or message there
says that the failure is meant to be ignored; what is written is a log, an audit row or a metric; the file is a test.

Source: Databricks documentation on jobs: a task fails only when its code raises or exits with an error.

Bad::

    def export(rows, path):
        try:
            rows.write.mode("overwrite").parquet(path)
        except Exception:
            logger.warning("export to %s failed", path)

Bad::

    for table in tables:
        try:
            spark.sql(f"INSERT INTO main.silver.{table} SELECT * FROM main.bronze.{table}")
        except Exception as error:
            print(f"{table}: {error}")

Bad: the write is in a function of the file::

    def load(name):
        spark.read.json(f"/Volumes/main/raw/{name}").write.mode("overwrite").saveAsTable(f"main.bronze.{name}")

    for name in names:
        try:
            load(name)
        except:
            pass

Bad: "unexpected" says nothing of an intention::

    try:
        rows.write.mode("overwrite").saveAsTable("main.silver.sales")
    except Exception as error:
        print(f"Unexpected error: {error}")

Good: it is raised again::

    try:
        rows.write.mode("overwrite").saveAsTable("main.gold.sales")
    except Exception:
        logger.exception("no sales today")
        raise

Good: the caller is told::

    def save(rows):
        try:
            rows.write.mode("append").saveAsTable("main.gold.sales")
        except Exception as error:
            logger.error("%s", error)
            return False
        return True

Good: failures are counted, and the run fails at the end::

    failed = []
    for name in names:
        try:
            spark.table(name).write.mode("overwrite").saveAsTable(f"main.gold.{name}")
        except Exception as error:
            print(error)
            failed = failed + [name]
    if failed:
        raise RuntimeError(f"not written: {failed}")

Good: another function decides::

    try:
        rows.write.mode("append").saveAsTable("main.gold.sales")
    except Exception as error:
        report_failure(error)

Good: the notebook ends with a failure that the job reads::

    try:
        rows.write.mode("append").saveAsTable("main.gold.sales")
    except Exception as error:
        dbutils.notebook.exit(f"failed: {error}")

Good: a named error, which the code expects::

    try:
        rows.write.saveAsTable("main.gold.sales")
    except AnalysisException:
        print("the table is there")

Good: the next attempt follows::

    for attempt in range(3):
        try:
            rows.write.mode("overwrite").saveAsTable("main.gold.sales")
            break
        except Exception as error:
            print(f"attempt {attempt}: {error}")

Good: losing an audit row must not stop the load::

    try:
        entry.write.mode("append").saveAsTable("main.ops.audit_log")
    except Exception as error:
        print(error)

Good: so does the class that keeps the log::

    class RunLogger:
        def close(self, entry):
            try:
                entry.write.mode("append").save(self.path)
            except Exception as error:
                print(error)

Good: the one who calls a function that swallows its failure, which is told of there::

    def save(rows):
        try:
            rows.write.mode("append").saveAsTable("main.gold.sales")
        except Exception as error:  # best effort
            print(error)

    try:
        save(rows)
    except Exception as error:
        print(error)

Good: nothing is written::

    try:
        spark.sql("CREATE SCHEMA main.gold")
    except Exception as error:
        print(error)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.roles import Role
from orchestrator.rules.pipeline_architect._sideline import is_sideline
from orchestrator.rules.pipeline_architect._swallow import is_broad, raises, swallows
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="PIP006",
    name="swallowed-write-failure",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/jobs/",),
)
_WORDS = (".write", ".sql(", ".merge(")
_CHANGES = frozenset({"INSERT", "INSERT OVERWRITE", "MERGE", "UPDATE", "DELETE", "COPY INTO"})


class _Change(NamedTuple):
    """One place where data changes, and what it is called in a message."""

    node: ast.AST
    shown: str


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every broad handler that lets the failure of a write vanish."""
    text = file.source.text
    if "except" not in text or not any(word in text for word in _WORDS) or facts.role(file.path) is Role.TEST:
        return
    suspects = [handler for handler in file.nodes(ast.ExceptHandler) if is_broad(file, handler)]
    if not suspects:
        return
    guarded = _guarded(file, _changes(file, facts))
    for handler in suspects:
        change = guarded.get(file.parent(handler))
        if change is not None and swallows(file, handler) and not is_sideline(change.shown, file.symbol(handler)):
            yield Hit(
                location=file.head_location(handler),
                message=f"when {change.shown} fails, this handler goes on as if it had not: the task is green without "
                "the data; raise again, or record the failure and raise at the end",
                severity=RULE.severity if facts.role(file.path).is_serious else RULE.severity.lowered(),
            )


def _changes(file: PythonFile, facts: Facts) -> Iterator[_Change]:
    """The writes, merges and DML statements of the file, then the calls of its functions that hold one."""
    writes = [write for write in facts.writes(file) if not write.streaming]
    direct = [_Change(write.call.node, f"the write to {_shown(file, write.target)}") for write in writes]
    direct += [_Change(merge.call.node, "the merge") for merge in facts.merges(file)]
    for node, unit in file.sql_units.items():
        kind = next((statement.kind for statement in unit.statements if statement.kind in _CHANGES), None)
        if kind is not None:
            direct.append(_Change(node, f"the {kind}"))
    yield from direct
    inside = {
        function.name
        for change in direct
        if (function := file.function(change.node)) is not None and not _is_caught(file, change.node)
    }
    for call in file.calls_named(*inside):
        plain = call.receiver is None or (isinstance(call.receiver, ast.Name) and call.receiver.id in {"self", "cls"})
        if plain and call.name in file.functions:
            yield _Change(call.node, f"`{call.name}`, which writes,")


def _is_caught(file: PythonFile, node: ast.AST) -> bool:
    """Whether a handler of the same function keeps the failure already, so that no caller ever sees it."""
    handlers = (handler for attempt in _attempts(file, node) for handler in attempt.handlers)
    return any(is_broad(file, handler) and not raises(handler) for handler in handlers)


def _shown(file: PythonFile, target: ast.expr | None) -> str:
    name = file.pattern(target)
    if name:
        return f"`{name}`"
    return f"`{file.text(target)}`" if target is not None else "its target"


def _guarded(file: PythonFile, changes: Iterator[_Change]) -> dict[ast.AST | None, _Change]:
    """The first change by the `try` that alone guards it: no other with a broad handler stands between."""
    guarded: dict[ast.AST | None, _Change] = {}
    for change in changes:
        nearest = next(_attempts(file, change.node), None)
        if nearest is not None:
            guarded.setdefault(nearest, change)
    return guarded


def _attempts(file: PythonFile, node: ast.AST) -> Iterator[ast.Try]:
    """The `try` statements around a node that catch everything it raises, nearest first."""
    child = node
    function = file.function(node)
    for up in file.ancestors(node):
        if up is function:
            return
        if isinstance(up, ast.Try) and child in up.body and any(is_broad(file, handler) for handler in up.handlers):
            yield up
        child = up
