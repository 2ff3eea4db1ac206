"""Who reached personal data, and where it went: access to tagged tables, and to what was written from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.lineage import Downstream, Hop, downstream
from orchestrator.workspace.audit.log import Counts, Question, counts
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.lexicon import name_words
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

MAX_TABLES = 300
MAX_SHOWN = 300
_TAG_WORDS = frozenset({"pii", "personal", "phi", "sensitive", "gdpr", "class"})
_TAGGED = (
    "SELECT catalog_name, schema_name, table_name, tag_name FROM system.information_schema.column_tags "
    "UNION SELECT catalog_name, schema_name, table_name, tag_name FROM system.information_schema.table_tags "
    "ORDER BY 1, 2, 3, 4"
)


class Reach(Record):
    """How often one principal reached one table."""

    principal: str
    table: str
    events: int
    copy_of: tuple[str, ...]
    """the tagged tables that it was written from; empty where it is tagged itself"""


class PersonalAccess(Record):
    """Access to tables with personal data, and to tables written from them."""

    since: dt.date
    until: dt.date
    tagged: tuple[str, ...]
    """the tables that carry a tag of personal data, on themselves or on a column"""
    untagged_copies: tuple[Hop, ...]
    """tables written from them that carry no such tag: personal data may stand there unprotected"""
    reaches: tuple[Reach, ...]
    principals: int
    more: bool
    """tables or rare accesses were left out"""


def tagged_tables(workspace: Workspace) -> tuple[str, ...]:
    """The tables that carry a tag of personal data, on themselves or on a column, sorted.

    Raises:
        WorkspaceError: the tags cannot be read.
    """
    rows = query(workspace, _TAGGED, what="read the tags of tables and columns", limit=10_000)
    found = {
        f"{catalog}.{schema}.{table}"
        for catalog, schema, table, tag in rows.rows
        if set(name_words(tag or "")) & _TAG_WORDS
    }
    return tuple(sorted(found))


def personal_access(workspace: Workspace, question: Question, tables: Sequence[str]) -> PersonalAccess:
    """The access to these tables and to what was written from them; with no tables, to all that are tagged.

    Raises:
        WorkspaceError: no table is tagged, or the log, the tags or the lineage cannot be read.
    """
    marked = tagged_tables(workspace)
    roots = tuple(tables) or marked
    if not roots:
        raise WorkspaceError(
            "no table carries a tag of personal data (pii, personal, sensitive, class.*); "
            "name tables, or tag them with classify_and_tag_catalog of governance-api"
        )
    went = downstream(workspace, roots[:MAX_TABLES], question.window)
    reached = tuple(dict.fromkeys((*roots[:MAX_TABLES], *went.targets)))
    narrowed = replace(question, objects=reached, actions=actions().about("access"))
    found = counts(workspace, narrowed, "principal", "object")
    access = chain(question, roots, frozenset(marked), went, found)
    return access.model_copy(update={"more": access.more or len(roots) > MAX_TABLES})


def chain(
    question: Question, roots: Sequence[str], marked: frozenset[str], went: Downstream, found: Counts
) -> PersonalAccess:
    """The access by principal and table, over the lineage below the roots."""
    origins = _origins(roots, went.hops)
    reaches = [
        Reach(
            principal=row.keys[0],
            table=row.keys[1],
            events=row.events,
            copy_of=tuple(sorted(origins.get(row.keys[1], ()))),
        )
        for row in found.rows
    ]
    copies = tuple(hop for hop in went.hops if hop.target not in marked and hop.target not in roots)
    return PersonalAccess(
        since=question.window.since, until=question.window.until, tagged=tuple(roots), untagged_copies=copies,
        reaches=tuple(reaches[:MAX_SHOWN]), principals=len({item.principal for item in reaches}),
        more=found.more or went.more or len(reaches) > MAX_SHOWN,
    )  # fmt: skip


def _origins(roots: Sequence[str], hops: Sequence[Hop]) -> Mapping[str, set[str]]:
    """From each table below to the roots that it was written from."""
    origins: dict[str, set[str]] = {}
    for hop in sorted(hops, key=lambda item: item.depth):
        above = {hop.source} if hop.source in roots else origins.get(hop.source, set())
        if hop.target not in roots:
            origins.setdefault(hop.target, set()).update(above)
    return origins
