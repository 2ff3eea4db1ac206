"""What forbids to let an object or recipient into a share, or has to be known before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from orchestrator.code.contract import Contract, parse_contract
from orchestrator.code.reading import read_project
from orchestrator.types import Severity
from orchestrator.workflows.commands.noted import Noted
from orchestrator.workflows.commands.result import Check, Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.catalog.share_settings import find_recipient
from orchestrator.workspace.catalog.sharing import recipient as shown_recipient
from orchestrator.workspace.governance.personal import PersonalColumn, Sampling, at_least, scan
from orchestrator.workspace.governance.tables import Table, tables_under

SOON = dt.timedelta(days=30)
_ROWS = 20
_OPEN = frozenset({"public"})
_WHAT = "https://docs.databricks.com/aws/en/delta-sharing/create-share"

PERSONAL = Check(
    id="personal-data-leaves",
    specialist="delta-sharing-expert",
    severity=Severity.HIGH,
    title="a column that looks personal would be shared in the clear",
    why="What leaves cannot be called back. Share a view without the column or with it masked, or say in the contract "
    "of the table, by `classification: public`, that it may leave.",
    references=(_WHAT,),
)
PROTECTED = Check(
    id="protection-does-not-travel",
    specialist="security-guardian",
    severity=Severity.HIGH,
    title="a table with a row filter or a mask would be shared itself",
    why="Filters and masks are of this workspace's readers; a recipient has none of its identities. Share a view that "
    "was made for this audience.",
    references=(_WHAT,),
)
WHOLE_SCHEMA = Check(
    id="whole-schema-leaves",
    specialist="security-guardian",
    severity=Severity.HIGH,
    title="a whole schema would be shared",
    why="Every table that is made in it later leaves too, without anybody deciding it. Name the tables and views.",
)
TOKEN = Check(
    id="login-by-token",
    specialist="delta-sharing-expert",
    severity=Severity.HIGH,
    title="a new recipient would log in by a token, or says not how",
    why="A token is a secret in a file that lives until it ends, and its activation link must not stand in a report. "
    "Give `login: databricks` with the metastore, or `login: oidc` with the policy; a token is made by a person.",
    references=("https://docs.databricks.com/aws/en/delta-sharing/create-recipient-oidc-fed",),
)
EXPIRING = Check(
    id="token-ends-soon",
    specialist="delta-sharing-expert",
    severity=Severity.MEDIUM,
    title="a recipient's token ends within 30 days",
    why="From then on it reads nothing, and finds out by itself. Rotate the token, or move it to OIDC.",
)
ANYWHERE = Check(
    id="token-from-anywhere",
    specialist="security-guardian",
    severity=Severity.MEDIUM,
    title="a recipient's token is good from every address",
    why="Whoever finds the file reads the share. Give the recipient a list of addresses, or move it to OIDC.",
)
OWNED = Check(
    id="share-of-a-person",
    specialist="security-guardian",
    severity=Severity.MEDIUM,
    title="the share belongs to a person",
    why="Its tables are read with the owner's privileges: when the person leaves, every recipient stands still. Give "
    "it to a group.",
)


@dataclass(kw_only=True)
class Preflight:
    """What was found, a row each."""

    site: Site
    noted: Noted = field(default_factory=lambda: Noted(name="sharing", source="the share's file and Unity Catalog"))
    gaps: list[Gap] = field(default_factory=list)
    contracts: tuple[Contract, ...] = ()

    def see(self, check: Check, about: str, message: str, *, already: bool = False) -> None:
        """Note one observation with its row; what has left already stops no other change."""
        self.noted.see(check, about, message, severity=Severity.MEDIUM if already else None)

    def table(self, name: str, *, already: bool) -> Table:
        """A table or view that is to be shared, judged; `already` tells that it is.

        Raises:
            WorkspaceError: it is not there, or may not be read.
        """
        tables = tables_under(self.site.workspace, name, 1)
        table = tables.items[0]
        if table.kind in {"VIEW", "METRIC_VIEW"}:
            # What a view masks or leaves out has been decided by whoever wrote it.
            hidden: set[str] = set()
        else:
            hidden = {column.name for column in table.columns if column.mask}
            if table.row_filter or hidden:
                what = "a row filter" if table.row_filter else f"masks on {', '.join(sorted(hidden))}"
                self.see(PROTECTED, name, f"{name} has {what}, which a recipient does not have", already=already)
        found = scan(self.site.workspace, name, tables, Sampling(rows=_ROWS))
        self.gaps += [Gap(source=name, reason=reason) for reason in found.unread]
        for column in at_least(found.found, "probable"):
            if not column.mask and not self._may_leave(name, column):
                self._personal(column, already=already)
        return table

    def _personal(self, column: PersonalColumn, *, already: bool) -> None:
        signals = "; ".join(column.signals[:2])
        said = f"{column.column} looks like {column.kind} ({column.certainty}: {signals})"
        self.see(PERSONAL, column.column, f"{said}, and is shared already" if already else said, already=already)

    def _may_leave(self, table: str, column: PersonalColumn) -> bool:
        """Whether a contract of the project says that the column is public."""
        short = table.rpartition(".")[2]
        name = column.column.rpartition(".")[2]
        promised = (
            each.column(name) for c in self.contracts for each in c.objects if each.table_name in {table, short}
        )
        return any(each is not None and (each.classification or "").lower() in _OPEN for each in promised)

    def recipients(self, names: Iterable[str]) -> None:
        """Judge the recipients that are there and log in by token."""
        for name in names:
            found = self.site.workspace.ask(f"read the recipient {name}", partial(find_recipient, name=name))
            shown = shown_recipient(found) if found else None
            if shown is None or shown.authentication != "TOKEN":
                continue
            if shown.earliest_expiry and shown.earliest_expiry - self.site.now < SOON:
                self.see(EXPIRING, name, f"the token of {name} ends on {shown.earliest_expiry.date()}")
            if not shown.allowed_addresses:
                self.see(ANYWHERE, name, f"{name} logs in by token, from every address")


def contracts_below(site: Site) -> tuple[Contract, ...]:
    """The data contracts of the project in which the command was called."""
    found = (parse_contract(source) for source in read_project(site.root).sources)
    return tuple(each for each in found if each is not None)
