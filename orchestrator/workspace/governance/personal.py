"""Which columns hold personal data: judged by the name, by the form of sampled values and by tags.

Two signals that agree are `certain`. One strong signal (a form with a check digit or a fixed shape, a name whose kind
has no form, a tag) is `probable`. A name whose values were looked at and do not have the form is `possible`.

Presidio's recognisers, where they are installed, look at the same values as our validators: both together are one
signal. They find forms that ours do not know, and give weight to a form that other data has too.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from string import Template
from typing import Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Told
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.lexicon import PersonalKind, lexicon, name_words
from orchestrator.workspace.governance.policies import Policies, policies
from orchestrator.workspace.governance.recognisers import Opinion, Recognisers, recognisers
from orchestrator.workspace.governance.tables import Column, Table, Tables, tagged_columns
from orchestrator.workspace.governance.validators import VALIDATORS, WEAK, counted, counted_inside, lived, masked
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

Certainty = Literal["certain", "probable", "possible"]
RANK: Mapping[Certainty, int] = {"possible": 0, "probable": 1, "certain": 2}
SHARE = 0.8
"""Values have a form when this share of those that are not empty does."""
MIN_VALUES = 5
"""Fewer values tell nothing."""
MAX_COLUMNS = 200
SHARE_INSIDE = 0.2
MIN_INSIDE = 3
"""Longer texts hold a kind when this share of them, and at least so many, have a value of it inside."""
WEAK_FORM = "other data has this form too"
SHOWN = 3
_SAMPLE = Template("SELECT $columns FROM $table LIMIT $rows")
_TAG_WORDS = frozenset({"pii", "personal", "phi", "sensitive", "gdpr"})
_NO_TAG = frozenset({"", "none", "no", "false", "public"})
_SAMPLED = ("string", "varchar", "char", "date", "timestamp", "int", "bigint", "long", "decimal")
_NEVER_SAMPLED = ("interval", "array", "map", "struct")


class PersonalColumn(Record):
    """A column that seems to hold personal data; no value of it is shown."""

    column: str
    """catalog.schema.table.column"""
    type: str
    kind: str
    """as email, iban, person_name"""
    sensitivity: str
    """personal, financial, government, online, special, secret"""
    certainty: Certainty
    signals: tuple[str, ...]
    """what speaks for it"""
    doubts: tuple[str, ...]
    """what speaks against it"""
    values_looked_at: int
    shapes: tuple[str, ...]
    """some values with every letter as x and every digit as 9"""
    mask: str | None
    """the function that masks the column, or `policy` with the name of the attribute-based policy that does"""
    row_filter: str | None
    """likewise for the rows of the table"""
    tags: tuple[str, ...]
    """as key=value"""


class PersonalScan(Record):
    """The columns with personal data of a scope."""

    scope: str
    tables: int
    columns: int
    found: tuple[PersonalColumn, ...]
    unread: tuple[str, ...]
    """tables whose values could not be read, or not be looked at by all methods, with the reason"""
    methods: tuple[str, ...]
    """what the columns were judged by"""
    limits: tuple[str, ...]
    more: bool
    """tables were not looked at, or columns were left out: ask for a smaller scope"""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one column."""

    column: Column
    tags: Mapping[str, str]
    values: Sequence[str]
    opinion: Opinion | None = None
    """what Presidio's recognisers say of the values"""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How many rows are read of each table, for how long at most, and who is told of it."""

    rows: int
    seconds: float = 30.0
    told: Told | None = None


LIMITS = (
    "values are the first rows of a table, no random sample, and as you may see them: masks and filters apply",
    "fields inside structs, arrays and maps are not judged, and names of persons inside longer texts are not found",
    "the words and forms are those of lexicon.json: data of other kinds is not found",
)
BY_NAME = ("names: words of lexicon.json", "tags of the columns")
BY_VALUES = "values: check digits and forms of validators.py"
NOT_INSTALLED = "Presidio's recognisers were not asked: they come with the extra `pii`"


def scan(workspace: Workspace, scope: str, tables: Tables, sampling: Sampling) -> PersonalScan:
    """The columns with personal data of these tables; where no values are read, by names and tags alone.

    Raises:
        WorkspaceError: the tags cannot be read.
    """
    catalog = scope.split(".", maxsplit=1)[0].strip("`")
    tags = tagged_columns(workspace, catalog)
    rules = policies(workspace, catalog, sorted({table.name.rpartition(".")[0] for table in tables.items}))
    until = time.monotonic() + sampling.seconds
    second = recognisers() if sampling.rows and tables.items else None
    found: list[PersonalColumn] = []
    unread: list[str] = []
    for number, table in enumerate(tables.items):
        if sampling.told:
            sampling.told(number, len(tables.items), table.name)
        values, lack = _values(workspace, table, sampling.rows, until)
        found += judged(protected(table, tags, rules), tags, values, second, until=until)
        if second and not lack and time.monotonic() > until:
            lack = "the time was over before Presidio's recognisers had seen every column"
        unread += [f"{table.name}: {lack}"] if lack else []
    return PersonalScan(
        scope=scope, tables=len(tables.items), columns=sum(len(table.columns) for table in tables.items),
        found=tuple(found), unread=tuple(unread), methods=_methods(sampling, second),
        limits=(*LIMITS, *rules.limits, *([NOT_INSTALLED] if sampling.rows and second is None else [])),
        more=tables.more,
    )  # fmt: skip


def _methods(sampling: Sampling, second: Recognisers | None) -> tuple[str, ...]:
    """What a scan judges by: names and tags always, values where rows are read."""
    by_values = [BY_VALUES, *([f"values: {second.method}"] if second else [])]
    return (*BY_NAME, *(by_values if sampling.rows else ()))


def _values(workspace: Workspace, table: Table, rows: int, until: float) -> tuple[Mapping[str, Sequence[str]], str]:
    """Values by column, and why there are none."""
    if not rows:
        return {}, ""
    if time.monotonic() > until:
        return {}, "the time was over; ask for fewer tables at once"
    try:
        return sampled(workspace, table, rows), ""
    except WorkspaceError as error:
        return {}, str(error)


def protected(table: Table, tags: Mapping[str, Mapping[str, str]], rules: Policies) -> Table:
    """The table with what policies mask and filter, where no function of its own does."""
    of = {column.name: tags.get(f"{table.name}.{column.name}", {}) for column in table.columns}
    columns = []
    for column in table.columns:
        policy = None if column.mask else rules.masking(table.name, of[column.name])
        columns.append(replace(column, mask=f"policy {policy}") if policy else column)
    policy = None if table.row_filter else rules.filtering(table.name, of.values())
    return replace(table, columns=tuple(columns), row_filter=f"policy {policy}" if policy else table.row_filter)


def judged(
    table: Table,
    tags: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Sequence[str]],
    second: Recognisers | None = None,
    *,
    until: float = inf,
) -> list[PersonalColumn]:
    """The columns of one table that seem to hold personal data; `tags` by full name, `values` by column.

    With `second`, Presidio's recognisers look at the values too, `until` then of the monotonic clock.
    """
    found = []
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        texts = values.get(column.name, ())
        opinion = second.opinion(texts, until) if second and len(texts) >= MIN_VALUES else None
        evidence = Evidence(column=column, tags=tags.get(name, {}), values=texts, opinion=opinion)
        verdict = _verdict(evidence)
        if verdict is not None:
            found.append(_shown(name, table, evidence, verdict))
    return _beside(found)


def _beside(found: list[PersonalColumn]) -> list[PersonalColumn]:
    """A weak form beside a column of the same table that is personal without doubt is probable."""
    if not any(item.certainty != "possible" for item in found):
        return found
    signal = "beside other personal columns"
    return [
        item.model_copy(update={"certainty": "probable", "signals": (*item.signals, signal)})
        if item.certainty == "possible" and item.doubts == (WEAK_FORM,)
        else item
        for item in found
    ]


def sampled(workspace: Workspace, table: Table, rows: int) -> Mapping[str, Sequence[str]]:
    """The values of the first rows, by column, without empty ones.

    Raises:
        WorkspaceError: the table cannot be read.
    """
    columns = [column for column in table.columns if _can_be_sampled(column)][:MAX_COLUMNS]
    if not columns:
        return {}
    selected = ", ".join(f"CAST({quoted(column.name)} AS STRING) AS c{n}" for n, column in enumerate(columns))
    statement = _SAMPLE.substitute(columns=selected, table=table_name(table.name).quoted, rows=rows)
    found = query(workspace, statement, what=f"read values of {table.name}", limit=rows)
    return {
        column.name: [row[number] or "" for row in found.rows if (row[number] or "").strip()]
        for number, column in enumerate(columns)
    }


@dataclass(frozen=True, kw_only=True)
class _Form:
    """What the form of the values says; a weak one is that of other data too."""

    says: str
    weak: bool


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    kind: PersonalKind
    certainty: Certainty
    signals: tuple[str, ...]
    doubts: tuple[str, ...]


def _verdict(evidence: Evidence) -> _Verdict | None:
    """What the signals say together; the form of values counts for more than the name."""
    by_name = lexicon().named(evidence.column.name)
    form, by_values = _with_opinion(*_by_values(evidence, by_name), by_name=by_name, opinion=evidence.opinion)
    tag = _tag(evidence.tags)
    kind = by_values or by_name or (_tagged_kind(tag) if tag else None)
    if kind is None:
        return None
    signals = []
    if by_name is not None and by_name.kind == kind.kind:
        signals.append(f"name: {' '.join(name_words(evidence.column.name))}")
    if form is not None:
        signals.append(form.says)
    if tag:
        signals.append(f"tag: {tag}")
    doubts = _doubts(evidence, by_name, by_values)
    if form is not None and form.weak:
        doubts = (*doubts, WEAK_FORM)
    return _Verdict(kind=kind, certainty=_certainty(signals, doubts), signals=tuple(signals), doubts=doubts)


def _certainty(signals: Sequence[str], doubts: Sequence[str]) -> Certainty:
    if len(signals) >= 2:
        return "certain"
    return "possible" if doubts else "probable"


def _doubts(evidence: Evidence, by_name: PersonalKind | None, by_values: PersonalKind | None) -> tuple[str, ...]:
    if by_name is None or by_name == by_values:
        return ()
    if by_values is not None:
        return (f"the name speaks of {by_name.kind}",)
    if by_name.validator is None or len(evidence.values) < MIN_VALUES:
        return ()
    return (f"of {len(evidence.values)} values too few have the form of {by_name.kind}",)


def _by_values(evidence: Evidence, by_name: PersonalKind | None) -> tuple[_Form | None, PersonalKind | None]:
    """The form that the values have, and its kind; a weak form under another name is marked as such."""
    values = evidence.values
    if len(values) < MIN_VALUES:
        return None, None
    numbers = counted(values)
    for validator in VALIDATORS:
        if numbers[validator] < SHARE * len(values):
            continue
        weak = validator in WEAK and (by_name is None or by_name.validator != validator)
        if weak and (by_name is not None or (validator == "birth_date" and not lived(values))):
            continue
        says = f"values: {numbers[validator]} of {len(values)} have the form"
        return _Form(says=says, weak=weak), lexicon().of_validator(validator)
    return _inside(values)


def _inside(values: Sequence[str]) -> tuple[_Form | None, PersonalKind | None]:
    """The kind that most often stands inside longer texts."""
    validator, number = max(counted_inside(values).items(), key=lambda item: item[1])
    if number < max(SHARE_INSIDE * len(values), MIN_INSIDE):
        return None, None
    kind = lexicon().of_validator(validator)
    return _Form(says=f"values: {number} of {len(values)} hold one inside a longer text", weak=False), kind


def _with_opinion(
    form: _Form | None, by_values: PersonalKind | None, *, by_name: PersonalKind | None, opinion: Opinion | None
) -> tuple[_Form | None, PersonalKind | None]:
    """What our validators and Presidio's recognisers say of the same values together: one form.

    A weak form that both see is weak no longer. An opinion alone counts where it is strong, where it is that of the
    name, or, as a weak form, where the name says nothing. A strong form of ours is not overruled.
    """
    if opinion is None:
        return form, by_values
    if form is not None and by_values is not None and by_values.kind == opinion.kind:
        return _Form(says=f"{form.says}; {opinion.says}", weak=form.weak and not opinion.confirms), by_values
    is_named = by_name is not None and by_name.kind == opinion.kind
    counts = opinion.strong or is_named or (form is None and by_name is None)
    if not counts or (form is not None and not form.weak):
        return form, by_values
    return _Form(says=opinion.says, weak=not (opinion.strong or is_named)), lexicon().of_kind(opinion.kind)


def _tag(tags: Mapping[str, str]) -> str | None:
    """The tag that says that the column is personal, as `key=value`."""
    for key, value in sorted(tags.items()):
        words = set(name_words(key))
        if (words & _TAG_WORDS or key.startswith("class.")) and not (value.lower() in _NO_TAG and value):
            return f"{key}={value}" if value else key
    return None


def _tagged_kind(tag: str) -> PersonalKind:
    """The kind that the tag names, in its value or its key."""
    known = lexicon()
    value = set(name_words(tag.rpartition("=")[2]))
    named = known.named(tag) or next((kind for kind in known.kinds if value & set(kind.kind.split("_"))), None)
    return named or PersonalKind(kind="tagged", sensitivity="personal", validator=None, words=())


def _can_be_sampled(column: Column) -> bool:
    return column.type.startswith(_SAMPLED) and not column.type.startswith(_NEVER_SAMPLED)


def _shown(name: str, table: Table, evidence: Evidence, verdict: _Verdict) -> PersonalColumn:
    shapes = sorted({masked(value) for value in evidence.values[: SHOWN * 4]})[:SHOWN]
    return PersonalColumn(
        column=name, type=evidence.column.type, kind=verdict.kind.kind, sensitivity=verdict.kind.sensitivity,
        certainty=verdict.certainty, signals=verdict.signals, doubts=verdict.doubts,
        values_looked_at=len(evidence.values), shapes=tuple(shapes), mask=evidence.column.mask,
        row_filter=table.row_filter, tags=tuple(f"{key}={value}" for key, value in sorted(evidence.tags.items())),
    )  # fmt: skip


def at_least(found: Iterable[PersonalColumn], certainty: Certainty) -> tuple[PersonalColumn, ...]:
    """Those that are at least as certain, the most certain first."""
    kept = (item for item in found if RANK[item.certainty] >= RANK[certainty])
    return tuple(sorted(kept, key=lambda item: -RANK[item.certainty]))
