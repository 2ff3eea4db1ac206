"""Profiles one subject, collects its checks, runs them, and says what breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.contract import Contract, ContractObject
from orchestrator.errors import UsageError
from orchestrator.types import Severity, Table
from orchestrator.workflows.audit.promised import promised
from orchestrator.workflows.audit.test_data_quality.formats import in_every_format
from orchestrator.workflows.audit.test_data_quality.subjects import Subject
from orchestrator.workflows.commands.result import Check, Facts, Gap, NewFile, Observation
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.quality.check import QualityCheck
from orchestrator.workspace.quality.measured import CheckResult, measured, shown_key
from orchestrator.workspace.quality.profile import ColumnProfile, profiles
from orchestrator.workspace.quality.proposing import LEAST_ROWS, key_of, proposed
from orchestrator.workspace.quality.rows import DataRows

PROMISE = Check(
    id="contract-broken",
    specialist="data-contract-validator",
    severity=Severity.HIGH,
    title="rows break what the contract promises",
    why="Readers rely on the contract. Stop the load, or put these rows aside, until the source is mended or the "
    "contract says otherwise.",
    references=("https://bitol-io.github.io/open-data-contract-standard/",),
)
UNUSUAL = Check(
    id="rows-unlike-the-rest",
    specialist="data-quality-sentinel",
    severity=Severity.MEDIUM,
    title="a few rows break what all others fulfil",
    why="At least 99 rows in 100 fulfil it, so it is probably meant, and nobody checks it. Look at the rows, then "
    "promise it or leave it.",
)
EMPTY = Check(
    id="no-rows",
    specialist="data-quality-sentinel",
    severity=Severity.HIGH,
    title="there is no row to test",
    why="A check over nothing passes and has shown nothing. Find out whether the load ran.",
)


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What was found of one subject."""

    facts: tuple[Facts, ...]
    observations: tuple[Observation, ...]
    tables: tuple[Table, ...]
    gaps: tuple[Gap, ...]
    files: tuple[NewFile, ...]
    notes: tuple[str, ...]


def tested(subject: Subject, rows: DataRows, contract: Contract | None, key: tuple[str, ...], site: Site) -> Tested:
    """The subject, profiled and checked.

    Raises:
        UsageError: a key or a promised column is not there.
        WorkspaceError: the data cannot be read.
    """
    site.progress(f"profiling {subject.name}")
    found = profiles(rows)
    count = found[0].rows
    promises, unrun = promised(_object(contract, subject)) if contract else ((), ())
    key = _key(key, promises, found)
    known = {(check.kind, check.columns) for check in promises}
    proposals = tuple(check for check in proposed(rows, found, site.now) if (check.kind, check.columns) not in known)
    checks = (*promises, *proposals)
    _check_columns(checks, key, rows)
    site.progress(f"running {len(checks)} checks over {count:,} rows of {subject.name}")
    results = tuple(measured(rows, check, count=count, key=key) for check in checks)
    word = subject.word
    return Tested(
        facts=(
            Facts.of(f"profile-{word}", subject.name, found),
            *((Facts.of(f"checks-{word}", subject.name, results),) if results else ()),
        ),
        observations=tuple(_observed(subject, found, checks, results)),
        tables=(_profile_table(subject, found), _check_table(subject, checks, results)),
        gaps=tuple(Gap(source=f"contract rule {each.rule}", reason=each.reason) for each in unrun),
        files=in_every_format(word, checks),
        notes=_notes(subject, count, key),
    )


def _object(contract: Contract, subject: Subject) -> ContractObject:
    """The contract's object for the subject: the one of its name, or the only one.

    Raises:
        UsageError: none of several has its name.
    """
    names = {subject.name.lower(), subject.word}
    for each in contract.objects:
        if {each.table_name.lower(), each.name.lower(), each.table_name.rpartition(".")[2].lower()} & names:
            return each
    if len(contract.objects) == 1:
        return contract.objects[0]
    known = ", ".join(each.name for each in contract.objects) or "none"
    raise UsageError(f"the contract {contract.path!r} has no object for {subject.name!r}; it has {known}")


def _key(
    given: tuple[str, ...], promises: tuple[QualityCheck, ...], found: tuple[ColumnProfile, ...]
) -> tuple[str, ...]:
    if given:
        return given
    promise = next((check.columns for check in promises if check.kind == "unique"), ())
    return promise or key_of(found)


def _check_columns(checks: tuple[QualityCheck, ...], key: tuple[str, ...], rows: DataRows) -> None:
    """Nothing, where every column that is asked about is there.

    Raises:
        UsageError: one is not.
    """
    known = {column.name.lower() for column in rows.columns()}
    for columns, origin in (*((check.columns, check.origin) for check in checks), (key, "--key")):
        missing = next((column for column in columns if column.lower() not in known), None)
        if missing is not None:
            raise UsageError(f"{rows.label} has no column {missing!r}, which {origin} names")


def _observed(
    subject: Subject,
    found: tuple[ColumnProfile, ...],
    checks: tuple[QualityCheck, ...],
    results: tuple[CheckResult, ...],
) -> Iterator[Observation]:
    if not found[0].rows:
        yield Observation(
            check=EMPTY,
            facts=f"profile-{subject.word}",
            row=1,
            about=subject.name,
            message=f"{subject.name} has no rows",
        )
        return
    for number, (check, result) in enumerate(zip(checks, results, strict=True), start=1):
        if result.broken:
            keys = f" ({'; '.join(result.keys)})" if result.keys else ""
            yield Observation(
                check=PROMISE if check.severe else UNUSUAL,
                facts=f"checks-{subject.word}",
                row=number,
                about=f"{subject.name}: {check.name}",
                message=f"{subject.name}: {result.broken:,} of {result.rows:,} rows break {check.sentence!r}{keys}",
            )


def _profile_table(subject: Subject, found: tuple[ColumnProfile, ...]) -> Table:
    rows = tuple(
        (each.column, each.type, each.nulls, each.distinct, each.least, each.greatest, _holds(each)) for each in found
    )
    heads = ("column", "type", "nulls", "distinct", "least", "greatest", "values")
    note = "of columns whose names speak of a person no value is read"
    return Table(title=f"Profile of {subject.name}: {found[0].rows:,} rows", columns=heads, rows=rows, note=note)


def _holds(profile: ColumnProfile) -> str:
    return f"(personal: {profile.personal})" if profile.personal else ", ".join(profile.values)


def _check_table(subject: Subject, checks: tuple[QualityCheck, ...], results: tuple[CheckResult, ...]) -> Table:
    rows = tuple(
        (result.check, result.origin, "yes" if result.holds else "no", result.broken, "; ".join(result.keys))
        for _check, result in zip(checks, results, strict=True)
    )
    heads = ("what must be true", "says who", "holds", "rows that break it", "keys")
    return Table(title=f"Checks of {subject.name}", columns=heads, rows=rows)


def _notes(subject: Subject, count: int, key: tuple[str, ...]) -> tuple[str, ...]:
    notes = []
    if 0 < count < LEAST_ROWS:
        notes.append(f"{subject.name} has {count} rows: from fewer than {LEAST_ROWS} no check is proposed")
    if key and not shown_key(key):
        notes.append(f"keys of {subject.name} are of a person and are not shown")
    return tuple(notes)
