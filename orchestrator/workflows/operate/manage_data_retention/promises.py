"""What is promised for each table: the days, the column that age is counted from, and what stands against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import Template

from orchestrator.types import Severity, Table
from orchestrator.workflows.commands.result import Check, Facts, Observation, Result, Row
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.deletions import past_of, retention_of
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.tables import Table as Described
from orchestrator.workspace.governance.tags import assigned, tagging
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.statements import query

FACTS, AUDITOR = "promises", "compliance-auditor"
SLACK_DAYS = 6
"""Rows go up to so many days after the days of the clause, and their files after the table's retention."""
_TIMES = ("date", "timestamp")
_OVERDUE = Template("SELECT count(*), CAST(min($column) AS STRING) FROM $table WHERE $column < :day")
_DOCS = ("https://docs.databricks.com/aws/en/delta/vacuum",)
HOLD = Check(
    id="legal-hold",
    specialist=AUDITOR,
    severity=Severity.HIGH,
    title="a table under a legal hold would get a rule that deletes",
    why="What is held must stay, whatever was promised. Leave the table out until the hold is lifted.",
)
TWO = Check(
    id="two-promises",
    specialist=AUDITOR,
    severity=Severity.HIGH,
    title="two promises for one table",
    why="One of them is broken, whatever the rule says. Ask the owner which holds, and change the other.",
)
SHORT = Check(
    id="promise-too-short",
    specialist=AUDITOR,
    severity=Severity.MEDIUM,
    title="the promise is shorter than deleting takes",
    why="The clause takes up to 6 days, and old files stay for the table's retention. Promise more, or shorten it.",
    references=_DOCS,
)
OVERDUE = Check(
    id="rows-past-the-promise",
    specialist=AUDITOR,
    severity=Severity.MEDIUM,
    title="rows are older than promised",
    why="The rule deletes them at once when it is set. A number that surprises is a reason to look first.",
)
UNSAID = replace(
    OVERDUE,
    id="no-promise",
    severity=Severity.LOW,
    title="nobody has said how long the rows are kept",
    why="Without days and a column that age is counted from, no rule can be made. Ask the owner of the table.",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command was given for all its tables."""

    days: int | None
    column: str | None
    key: str


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is known of one table; `clause_days` are those of its rule."""

    table: Described
    days: int | None
    tagged: int | None
    column: str | None
    retention: dt.timedelta
    held: str
    overdue: int | None = None
    oldest: str | None = None

    @property
    def clause_days(self) -> int | None:
        """The promise less what deleting takes: the slack of the clause and the retention of old files."""
        if self.days is None:
            return None
        return self.days - SLACK_DAYS - -(-self.retention // dt.timedelta(days=1))

    @property
    def rule(self) -> str | None:
        """The statement that sets the rule; for the owner to run, since its way back is not known here."""
        days = self.clause_days
        if days is None or days < 0 or self.column is None or self.held or self.table.kind != "MANAGED":
            return None
        name = table_name(self.table.name).quoted
        return f"ALTER TABLE {name} DELETE ROWS {days} DAYS AFTER {quoted(self.column)};"


def promises(tables: Sequence[Described], asked: Asked, site: Site) -> tuple[list[Goal], Result]:
    """The goals that tables carry their promise as a tag, and what is known of each.

    Raises:
        WorkspaceError: tags, a history or rows cannot be read.
    """
    found = [_promise(table, asked, site) for table in tables]
    goals = [
        tagging("table", each.table.name, asked.key, str(each.days))
        for each in found
        if each.days is not None and not each.held
    ]
    facts = Facts(name=FACTS, source="tags, comments, properties and rows of the tables", rows=tuple(map(_row, found)))
    rules = tuple((each.table.name, each.rule) for each in found if each.rule)
    note = (
        "for the owner to run: managed tables, predictive optimization, runtime 17.3; DESCRIBE TABLE EXTENDED shows it"
    )
    return goals, Result(
        facts=(facts,),
        observations=tuple(observation for row, each in enumerate(found, 1) for observation in _observed(row, each)),
        tables=(
            _shown(found),
            *((Table(title="Rules", columns=("table", "statement"), rows=rules, note=note),) if rules else ()),
        ),
    )


def _promise(table: Described, asked: Asked, site: Site) -> Promise:
    site.progress(f"reading {table.name}")
    tags = site.workspace.ask(
        f"read the tags of table {table.name}",
        lambda client: {each.key: each.value for each in assigned(client, "table", table.name)},
    )
    tagged = int(tags[asked.key]) if tags.get(asked.key, "").isdigit() else None
    column = next((each for each in table.columns if asked.column and each.name.lower() == asked.column.lower()), None)
    known = column.name if column is not None and column.type.startswith(_TIMES) else None
    past = past_of(site.workspace, table.name)
    promise = Promise(
        table=table, days=asked.days if asked.days is not None else tagged, tagged=tagged, column=known,
        retention=retention_of(past.properties), held=_hold(tags),
    )  # fmt: skip
    if promise.days is None or promise.column is None:
        return promise
    text = _OVERDUE.substitute(table=table_name(table.name).quoted, column=quoted(promise.column))
    day = site.today - dt.timedelta(days=promise.days)
    row = query(site.workspace, text, {"day": day}, what=f"count old rows of {table.name}", limit=1).rows[0]
    return replace(promise, overdue=int(row[0] or 0), oldest=row[1])


def _hold(tags: dict[str, str]) -> str:
    """The tag that says that nothing of the table may be deleted."""
    plain = {key.lower().replace("-", "_").replace(" ", "_"): (key, value) for key, value in tags.items()}
    key, value = plain.get("legal_hold", ("", "no"))
    return "" if value.lower() in {"no", "false", "none", "0"} else f"{key}={value}"


def _row(each: Promise) -> Row:
    return {
        "table": each.table.name, "promised_days": each.days, "tagged_days": each.tagged, "age_from": each.column,
        "file_retention_hours": int(each.retention.total_seconds() // 3_600), "clause_days": each.clause_days,
        "rows_past_the_promise": each.overdue, "legal_hold": each.held or None,
    }  # fmt: skip


def _observed(row: int, each: Promise) -> Iterator[Observation]:
    name = each.table.name

    def seen(check: Check, message: str) -> Observation:
        return Observation(check=check, facts=FACTS, row=row, about=name, message=message)

    if each.held:
        yield seen(HOLD, f"{name} is under a legal hold: {each.held}")
    if each.days is None or each.column is None:
        lack = "days" if each.days is None else "date or timestamp column of that name"
        yield seen(UNSAID, f"{name} has no {lack}: nobody has said what is promised")
    if each.tagged is not None and each.days is not None and each.tagged != each.days:
        yield seen(TWO, f"{name} is tagged {each.tagged} days and --keep-days says {each.days}")
    if each.clause_days is not None and each.clause_days < 0:
        hours = int(each.retention.total_seconds() // 3_600)
        yield seen(SHORT, f"{name}: {each.days} days, less {SLACK_DAYS} and {hours} hours of old files, is below 0")
    if each.overdue:
        yield seen(
            OVERDUE, f"{name} has {each.overdue} rows older than {each.days} days; the oldest is of {each.oldest}"
        )


def _shown(found: Sequence[Promise]) -> Table:
    rows = tuple(
        (
            each.table.name,
            each.days if each.days is not None else "nobody has said",
            each.column or "nobody has said",
            each.clause_days if each.clause_days is not None else "",
            each.overdue if each.overdue is not None else "",
        )
        for each in found
    )
    columns = ("table", "promised days", "age from", "days of the rule", "rows past it")
    return Table(title="Promises", columns=columns, rows=rows)
