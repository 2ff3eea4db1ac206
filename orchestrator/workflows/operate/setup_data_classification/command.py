"""`setup-data-classification --catalog NAME`: tags on the columns and tables that hold personal data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.setup_data_classification import preflight
from orchestrator.workflows.operate.setup_data_classification.candidates import (
    Candidate,
    Keys,
    candidates,
    column_goals,
    highest,
    needed,
    table_goals,
)
from orchestrator.workflows.operate.setup_data_classification.reviewed import Confirmed, read_reviewed
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.personal import PersonalScan, Sampling, scan
from orchestrator.workspace.governance.policies import Policies, policies
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.tables import Tables, tables_under
from orchestrator.workspace.governance.tags import governed, governing, tagging
from orchestrator.workspace.governance.vocabulary import COLUMN_MEANING, COLUMN_WORDS, TABLE_MEANING, TABLE_WORDS

TABLES, ROWS, SECONDS = 200, 50, 300.0
_EPILOG = """examples:
  orchestrate setup-data-classification --catalog insurance_prod --workspace sandbox
  orchestrate setup-data-classification --catalog main --schema sales --least probable --workspace prod
  orchestrate setup-data-classification --catalog main --reviewed tags.csv --apply --approve 3f9a0c1d2e4b
"""


class SetupDataClassification(Parameters):
    """What is asked for."""

    catalog: str = Field(min_length=1, max_length=255)
    schema_: str | None = Field(default=None, alias="schema", min_length=1, max_length=255)
    reviewed: Path | None = None
    least: Literal["certain", "probable"] = "certain"
    column_tag: str = Field(default="pii", min_length=1, max_length=255)
    table_tag: str = Field(default="sensitivity", min_length=1, max_length=255)


def _desired(asked: SetupDataClassification, site: Site) -> Desired:
    catalog = full_name("catalog", asked.catalog)
    scope = full_name("schema", f"{catalog}.{asked.schema_}") if asked.schema_ else catalog
    governing_now = _governed(site)
    keys = Keys(
        column=asked.column_tag, table=asked.table_tag,
        column_values=governing_now.get(asked.column_tag, ()), table_values=governing_now.get(asked.table_tag, ()),
    )  # fmt: skip
    site.progress(f"reading the tables of {scope}")
    tables = tables_under(site.workspace, scope, TABLES)
    sampling = Sampling(rows=ROWS, seconds=SECONDS, told=lambda _number, _count, name: site.progress(name))
    found = scan(site.workspace, scope, tables, sampling)
    rules = policies(site.workspace, catalog, sorted({table.name.rpartition(".")[0] for table in tables.items}))
    title = f"classification of {scope}"
    if asked.reviewed is not None:
        confirmed = read_reviewed(site.path(asked.reviewed), tables, governing_now)
        return _confirmed(f"{title} by {asked.reviewed.name}", confirmed, found, rules, frozenset(governing_now))
    chosen = candidates(found.found, keys, asked.least)
    goals = (*_vocabulary(keys, chosen, governing_now), *column_goals(chosen, keys))
    after = [(each.found.column, keys.column, each.word) for each in chosen if each.word is not None]
    return Desired(
        title=title,
        goals=(*goals, *table_goals(highest(chosen), keys)),
        result=Result(
            facts=(_facts(found),),
            observations=tuple(_observed(found, after, frozenset(governing_now), rules)),
            tables=(*_tables(chosen), *_set_off(after, found.found, rules)),
            gaps=_gaps(found, tables),
            notes=(*found.limits, *_silent(after, rules)),
        ),
    )


def _confirmed(
    title: str, confirmed: Sequence[Confirmed], found: PersonalScan, rules: Policies, known: frozenset[str]
) -> Desired:
    """What people confirmed, and nothing else; a value that stands there is replaced."""
    goals = tuple(tagging("column", each.column, each.key, each.value) for each in confirmed)
    after = [(each.column, each.key, each.value) for each in confirmed]
    return Desired(
        title=title,
        goals=goals,
        result=Result(
            facts=(_facts(found),),
            observations=tuple(_observed(found, after, known, rules)),
            tables=_set_off(after, found.found, rules),
            notes=_silent(after, rules),
        ),
    )


def _governed(site: Site) -> dict[str, tuple[str, ...]]:
    """The governed tags of the account with their allowed values."""
    return site.workspace.ask(
        "list the governed tags", lambda client: {each.key: each.values for each in governed(client)}
    )


def _vocabulary(keys: Keys, chosen: Sequence[Candidate], known: dict[str, tuple[str, ...]]) -> list[Goal]:
    """The goals that both keys are governed and allow what is needed; values that are allowed stay allowed."""
    goals = []
    if keys.column not in known:
        more = [each.word for each in chosen if each.word is not None]
        goals.append(governing(keys.column, (*COLUMN_WORDS, *more), COLUMN_MEANING))
    elif lacking := needed(chosen, keys):
        goals.append(governing(keys.column, (*keys.column_values, *lacking), COLUMN_MEANING))
    if keys.table not in known:
        goals.append(governing(keys.table, TABLE_WORDS, TABLE_MEANING))
    return goals


def _facts(found: PersonalScan) -> Facts:
    return Facts.of(preflight.FACTS, f"names, tags and first values of {found.scope}", found.found, more=found.more)


def _observed(
    found: PersonalScan, after: Sequence[tuple[str, str, str]], known: frozenset[str], rules: Policies
) -> Iterable[Observation]:
    return (*preflight.spellings(found.found, after, known), *preflight.losses(found.found, after, rules))


def _tables(chosen: Sequence[Candidate]) -> tuple[Table, ...]:
    tagged = tuple(
        (each.found.column, each.word or "", each.found.certainty, "; ".join(each.found.signals))
        for each in chosen
        if each.word is not None
    )
    waiting = tuple((each.found.column, each.live or "", each.waits) for each in chosen if each.waits)
    note = "none of these is tagged: confirm them in a file for --reviewed; `none` says that it is not personal"
    return (
        Table(title="Columns to tag", columns=("column", "tag", "certainty", "signals"), rows=tagged),
        Table(title="For people to decide", columns=("column", "live tag", "why"), rows=waiting, note=note),
    )


def _set_off(after: Sequence[tuple[str, str, str]], found: Sequence[object], rules: Policies) -> tuple[Table, ...]:
    """Which policies hide a column from the moment on that it carries its tag."""
    del found
    rows = []
    for column, key, value in after:
        name = rules.masking(column.rpartition(".")[0], {key: value})
        if name is not None:
            rows.append((column, f"{key}={value}", name))
    title = "What the tags set off"
    return (Table(title=title, columns=("column", "tag", "policy that masks it from then on"), rows=tuple(rows)),)


def _silent(after: Sequence[tuple[str, str, str]], rules: Policies) -> tuple[str, ...]:
    heard = any(rules.masking(column.rpartition(".")[0], {key: value}) for column, key, value in after)
    nothing = "no policy of this catalog reads these tags: they inform and protect nothing yet"
    return (*rules.limits, *(() if heard or not after else (nothing,)))


def _gaps(found: PersonalScan, tables: Tables) -> tuple[Gap, ...]:
    unread = tuple(Gap(source="values of columns", reason=each) for each in found.unread)
    if not tables.more:
        return unread
    reason = f"{found.scope} has more than {TABLES} tables: the rest was not looked at; ask by --schema"
    return (*unread, Gap(source="tables", reason=reason))


COMMAND = Operate(parameters=SetupDataClassification, desired=_desired, epilog=_EPILOG)
