"""The MCP server `governance-api`: grants, tags, row filters and masks of Unity Catalog, and judgements of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from orchestrator.errors import WorkspaceError
from orchestrator.toolbox.arguments import Cursor, Days, FullName, Limit, Listing, Name, piece
from orchestrator.toolbox.server import Call, ToolServer
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.changes import ChangeSet, Goal, Outcome, Told, apply, plan, preview, settled
from orchestrator.workspace.governance import grants, protection, tags
from orchestrator.workspace.governance.catalog_audit import CatalogAudit
from orchestrator.workspace.governance.classification import classifying
from orchestrator.workspace.governance.compliance import ComplianceReport
from orchestrator.workspace.governance.compliance import standard as standard_named
from orchestrator.workspace.governance.examination import compliance, cut, examined, permissions, reduction, titled
from orchestrator.workspace.governance.excess import ExcessReport
from orchestrator.workspace.governance.grants import Grant
from orchestrator.workspace.governance.personal import Certainty, PersonalScan, Sampling, at_least, scan
from orchestrator.workspace.governance.securables import Kind, full_name, securable
from orchestrator.workspace.governance.tables import tables_under
from orchestrator.workspace.governance.tags import AssignedTag, GovernedTag
from orchestrator.workspace.records import Record

SERVER = ToolServer(
    "governance-api",
    title="Unity Catalog governance",
    instructions=(
        "Grants, tags, row filters and column masks of Unity Catalog. Tools that change something show a change set "
        "first (dry_run, the default) and change it only with dry_run=false on a server started with --allow-writes; "
        "each change is read back, and all are taken back when one fails. Values of tables are never returned."
    ),
)

Principal = Annotated[
    str, Field(min_length=1, max_length=255, description="a user's e-mail, a group's name or an application id")
]
Privileges = Annotated[list[Name], Field(min_length=1, max_length=50, description="as SELECT, USE_CATALOG, MODIFY")]
DryRun = Annotated[bool, Field(description="true: show the change set and change nothing")]
Tables = Annotated[int, Field(ge=1, le=2_000, description="how many tables at most; `more` says if there are others")]
Shown = Annotated[int, Field(ge=1, le=500, description="how many are shown at most, the gravest first")]
Rows = Annotated[int, Field(ge=0, le=500, description="values read of each column; 0 judges by names and tags only")]
Scope = Annotated[
    str, Field(min_length=1, max_length=800, description="catalog, catalog.schema or catalog.schema.table")
]
TagValue = Annotated[str, Field(max_length=1_000)]
TagValues = Annotated[
    dict[Name, TagValue], Field(max_length=50, description="from key to value; an empty value is allowed")
]
Keys = Annotated[tuple[Name, ...], Field(max_length=50, description="keys of tags to take away")]
AllowedValues = Annotated[
    tuple[TagValue, ...], Field(max_length=100, description="the allowed values; none allows any")
]
Description = Annotated[str, Field(max_length=1_000)]
Columns = Annotated[tuple[Name, ...], Field(max_length=20, description="columns of the table, in the function's order")]
Function = Annotated[str, Field(min_length=1, max_length=800, description="catalog.schema.function")]
Condition = Annotated[
    str,
    Field(
        min_length=1, max_length=4_000,
        description="one SQL expression over the parameters, true for the rows that the reader may see, as "
        "is_account_group_member('emea') OR region = 'EU'",
    ),
]  # fmt: skip


class Grants(Listing):
    """Privileges of principals."""

    items: list[Grant]


class GovernedTags(Listing):
    """Governed tags."""

    items: list[GovernedTag]


class TableTags(Record):
    """The tags of one table and of its columns."""

    table: str
    tags: tuple[AssignedTag, ...]
    columns: tuple[AssignedTag, ...]
    columns_looked_at: int
    more: bool
    """the table has more columns than were looked at"""


class FunctionParameter(Record):
    """A parameter of a filter function."""

    name: Name
    type: Name
    """a type of Databricks SQL, as STRING"""


@SERVER.reads
def get_effective_permissions(
    call: Call,
    kind: Kind,
    name: FullName,
    principal: Principal | None = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Grants:
    """Lists the privileges that hold on an object: granted on it, and inherited from its schema and catalog.

    Membership in groups is not resolved: a user's effective access is also that of the user's groups.
    """
    of = securable(kind, name)
    found = piece(
        call, f"read the effective grants of {of}", lambda client: grants.effective(client, of, principal),
        cursor=cursor, limit=limit, privilege="MANAGE on it or ownership",
    )  # fmt: skip
    return Grants(items=list(found.items), next_cursor=found.cursor)


@SERVER.reads
def list_grants(
    call: Call,
    kind: Kind,
    name: FullName,
    principal: Principal | None = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Grants:
    """Lists the privileges granted on an object itself, without those inherited from above."""
    of = securable(kind, name)
    found = piece(
        call, f"read the grants of {of}", lambda client: grants.direct(client, of, principal),
        cursor=cursor, limit=limit, privilege="MANAGE on it or ownership",
    )  # fmt: skip
    return Grants(items=list(found.items), next_cursor=found.cursor)


@SERVER.changes
def grant_privilege(
    call: Call, kind: Kind, name: FullName, principal: Principal, privileges: Privileges, *, dry_run: DryRun = True
) -> Outcome:
    """Grants privileges on an object to a principal; what it holds already is left as it is.

    To read a table, a principal needs USE_CATALOG and USE_SCHEMA above it too.
    """
    wanted = frozenset(grants.privilege_name(item) for item in privileges)
    return _done(
        call, f"grant to {principal}", [grants.granting(securable(kind, name), principal, wanted)], dry_run=dry_run
    )


@SERVER.changes
def revoke_privilege(
    call: Call, kind: Kind, name: FullName, principal: Principal, privileges: Privileges, *, dry_run: DryRun = True
) -> Outcome:
    """Revokes privileges that a principal holds directly on an object; inherited ones stay."""
    gone = frozenset(grants.privilege_name(item) for item in privileges)
    return _done(
        call, f"revoke from {principal}", [grants.revoking(securable(kind, name), principal, gone)], dry_run=dry_run
    )


@SERVER.changes
def create_tag(
    call: Call,
    key: Name,
    values: AllowedValues = (),
    description: Description = "",
    *,
    dry_run: DryRun = True,
) -> Outcome:
    """Creates a governed tag of the account, or sets its allowed values where it exists."""
    return _done(call, f"governed tag {key}", [tags.governing(key, tuple(values), description)], dry_run=dry_run)


@SERVER.reads
def list_tags(call: Call, limit: Limit = 200, cursor: Cursor = None) -> GovernedTags:
    """Lists the governed tags of the account; tags that nobody governs are seen on the objects that carry them."""
    found = piece(call, "list the governed tags", tags.governed, cursor=cursor, limit=limit)
    return GovernedTags(items=list(found.items), next_cursor=found.cursor)


@SERVER.reads
def get_tag(call: Call, key: Name) -> GovernedTag:
    """Gives one governed tag with its allowed values."""
    found = tags.governed_tag(call.workspace, tags.tag_key(key))
    if found is None:
        raise WorkspaceError(f"there is no governed tag {key!r}; list_tags shows those that exist")
    return found


@SERVER.changes
def set_table_tags(
    call: Call, table: FullName, values: TagValues, remove: Keys = (), *, dry_run: DryRun = True
) -> Outcome:
    """Sets tags of a table and takes others away; tags that are not named stay."""
    goals = _tag_goals("table", table, values, remove)
    return _done(call, f"tags of table {table}", goals, dry_run=dry_run)


@SERVER.changes
def set_column_tags(
    call: Call, table: FullName, column: Name, values: TagValues, remove: Keys = (), *, dry_run: DryRun = True
) -> Outcome:
    """Sets tags of one column and takes others away; tags that are not named stay."""
    name = f"{full_name('table', table)}.{column}"
    return _done(call, f"tags of column {name}", _tag_goals("column", name, values, remove), dry_run=dry_run)


@SERVER.reads
def get_table_tags(
    call: Call, table: FullName, columns: Annotated[int, Field(ge=0, le=500, description="columns to look at")] = 100
) -> TableTags:
    """Lists the tags that a table and its columns carry themselves; those inherited from above are not listed."""
    name = full_name("table", table)
    names = call.workspace.ask(
        f"read the table {name}", lambda client: [item.name or "" for item in client.tables.get(name).columns or ()]
    )
    asked = names[:columns]
    return TableTags(
        table=name,
        tags=_assigned(call, "table", name),
        columns=tuple(tag for column in asked for tag in _assigned(call, "column", f"{name}.{column}")),
        columns_looked_at=len(asked),
        more=len(names) > len(asked),
    )


@SERVER.changes
def create_row_filter(
    call: Call,
    function: Function,
    parameters: Annotated[list[FunctionParameter], Field(min_length=1, max_length=20)],
    condition: Condition,
    *,
    dry_run: DryRun = True,
) -> Outcome:
    """Creates the Boolean SQL function of a row filter, or replaces its body; apply_row_filter puts it on a table."""
    typed = tuple(protection.parameter(item.name, item.type) for item in parameters)
    goal = protection.filter_function(function, typed, condition)
    return _done(call, f"row filter function {function}", [goal], dry_run=dry_run)


@SERVER.changes
def apply_row_filter(
    call: Call, table: FullName, function: Function | None, columns: Columns = (), *, dry_run: DryRun = True
) -> Outcome:
    """Filters the rows of a table by a function over these columns; with function null, takes the filter away."""
    return _done(call, f"row filter of {table}", [protection.filtering(table, function, columns)], dry_run=dry_run)


@SERVER.changes
def apply_column_mask(
    call: Call, table: FullName, column: Name, function: Function | None, using: Columns = (), *, dry_run: DryRun = True
) -> Outcome:
    """Masks a column by a function that takes it, and the columns of `using`; with function null, unmasks it."""
    goal = protection.masking(table, column, function, using)
    return _done(call, f"mask of {table}.{column}", [goal], dry_run=dry_run)


@SERVER.reads
def audit_catalog_permissions(call: Call, catalog: Name, tables: Tables = 200, limit: Shown = 200) -> CatalogAudit:
    """Audits who holds what in a catalog: grants to everybody, ALL PRIVILEGES and MANAGE, grants to single persons,
    tables owned by single persons, and whoever of them has left.

    It looks at grants only; find_excessive_permissions compares them with their use.
    """
    found = permissions(call.workspace, full_name("catalog", catalog), tables=tables, told=_told(call))
    return cut(found, "findings", limit)


@SERVER.reads
def find_excessive_permissions(
    call: Call, catalog: Name, days: Days = 90, tables: Tables = 200, limit: Shown = 200
) -> ExcessReport:
    """Finds grants that give more than is used: granted privileges minus those that the audit log and the lineage
    show as used in these days, grants to everybody, and ALL PRIVILEGES or MANAGE.
    """
    name = full_name("catalog", catalog)
    found = examined(call.workspace, name, last_days(days), tables=tables, told=_told(call))
    return cut(found.report, "excesses", limit)


@SERVER.changes
def enforce_least_privilege(
    call: Call,
    catalog: Name,
    days: Days = 90,
    keep: Annotated[tuple[Name, ...], Field(max_length=200, description="principals whose grants stay")] = (),
    tables: Tables = 50,
    *,
    dry_run: DryRun = True,
) -> Outcome:
    """Takes back what find_excessive_permissions shows as unused, and turns ALL PRIVILEGES into what was used.

    Your own grants stay. Nothing is taken back where the audit log shows no use at all.
    """
    name = full_name("catalog", catalog)
    found = examined(call.workspace, name, last_days(days), tables=tables, told=_told(call))
    return _carried_out(call, reduction(call.workspace, found, keep), dry_run=dry_run)


@SERVER.reads
def scan_pii_columns(
    call: Call, scope: Scope, tables: Tables = 30, rows: Rows = 50, least: Certainty = "possible", limit: Shown = 100
) -> PersonalScan:
    """Finds columns with personal data by their names, by the form of the first values and by their tags.

    Two signals that agree are certain. Values are never returned: only counts and shapes such as xxxx@xxxx.xxx.
    Where the extra `pii` is installed, Presidio's recognisers look at the values too; `methods` says what was asked.
    """
    found = _scanned(call, scope, tables, rows)
    return cut(found.model_copy(update={"found": at_least(found.found, least)}), "found", limit)


@SERVER.changes
def classify_and_tag_catalog(
    call: Call,
    scope: Scope,
    column_tag: Name = "pii",
    table_tag: Name | None = "sensitivity",
    least: Literal["certain", "probable"] = "certain",
    tables: Tables = 20,
    *,
    dry_run: DryRun = True,
) -> Outcome:
    """Tags the columns that scan_pii_columns finds with their kind, and their tables with the highest sensitivity.

    A tag that is set already stays: where its value is another one, `notes` of the change set says so.
    """
    found = _scanned(call, scope, tables, rows=50)
    goals = classifying(at_least(found.found, least), column_tag, table_tag)
    return _done(call, titled(f"classification of {scope}", more=found.more), goals, dry_run=dry_run)


@SERVER.reads
def generate_compliance_report(
    call: Call,
    standard: Annotated[
        Literal["GDPR", "HIPAA", "SOC2", "CCPA", "PCI-DSS"], Field(description="whose controls to look at")
    ],
    catalog: Name,
    days: Days = 90,
    tables: Tables = 30,
    rows: Rows = 20,
) -> ComplianceReport:
    """Holds the facts of a catalog against the controls of a standard: met, gap, or cannot be seen here.

    Facts with numbers, and no legal advice.
    """
    window = last_days(days)
    found = examined(call.workspace, full_name("catalog", catalog), window, tables=tables, told=_told(call))
    return compliance(call.workspace, standard_named(standard), found, window, _sampling(call, rows))


def _scanned(call: Call, scope: str, tables: int, rows: int) -> PersonalScan:
    found = tables_under(call.workspace, scope, tables)
    return scan(call.workspace, scope, found, _sampling(call, rows))


def _sampling(call: Call, rows: int) -> Sampling:
    """Values are read for half of the call's time: what is not read then is judged by names and tags."""
    return Sampling(rows=rows, seconds=call.options.deadline_seconds / 2, told=_told(call))


def _tag_goals(kind: str, name: str, values: dict[str, str], remove: Iterable[str]) -> list[Goal]:
    goals = [tags.tagging(kind, name, key, value) for key, value in values.items()]
    return [*goals, *(tags.tagging(kind, name, key, None) for key in remove if key not in values)]


def _assigned(call: Call, kind: str, name: str) -> tuple[AssignedTag, ...]:
    return call.workspace.ask(
        f"read the tags of {kind} {name}", lambda client: tuple(tags.assigned(client, kind, name))
    )


def _done(call: Call, title: str, goals: Iterable[Goal], *, dry_run: bool) -> Outcome:
    return _carried_out(call, plan(call.workspace, title, goals), dry_run=dry_run)


def _carried_out(call: Call, changes: ChangeSet, *, dry_run: bool) -> Outcome:
    """The set shown, or applied within half of the call's time so that the rest is there to take it back."""
    if dry_run:
        return preview(changes)
    seconds = call.options.deadline_seconds / 2
    return settled(apply(changes, call.workspace, seconds=seconds, told=_told(call)))


def _told(call: Call) -> Told:
    return call.progress


if __name__ == "__main__":
    SERVER.run()
