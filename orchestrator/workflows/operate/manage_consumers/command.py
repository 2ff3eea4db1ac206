"""`manage-consumers PRODUCT`: who reads the output ports of a product; `--add` and `--remove` change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Annotated

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.commands.noted import Noted
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.manage_consumers import checks
from orchestrator.workflows.operate.products.readers import READS, Reader, built_on, grants_on, kind_of, readers_of
from orchestrator.workflows.operate.products.reading import Port, Product, read_product
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.grants import Grant, granting, revoking
from orchestrator.workspace.governance.people import People, people
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.shared import shared_tables

_EPILOG = """examples:
  orchestrate manage-consumers sales --workspace sandbox
  orchestrate manage-consumers sales --add finance --port daily_sales --workspace prod
  orchestrate manage-consumers sales --remove marketing --workspace prod --apply --approve 3f9a0c1d2e4b
"""
_RECIPIENT = "recipient:"
_READERS = "readers"
Name = Annotated[str, Field(min_length=1, max_length=255)]


class ManageConsumers(Parameters):
    """What is asked for."""

    product: str = Field(min_length=1, max_length=500)
    add: tuple[Name, ...] = Field(default=(), max_length=50)
    remove: tuple[Name, ...] = Field(default=(), max_length=50)
    port: tuple[Name, ...] = Field(default=(), max_length=50)
    server: str = Field(default="prod", min_length=1, max_length=100)
    warehouse: str | None = Field(default=None, max_length=100)


@dataclass(kw_only=True)
class _Looked:
    """What was read of the ports, and what was found about it."""

    site: Site
    product: Product
    people: People | None = None
    grants: dict[str, tuple[Grant, ...]] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)
    built: dict[str, tuple[str, ...]] = field(default_factory=dict)
    noted: Noted = field(default_factory=lambda: Noted(name="asked", source="what was asked for"))
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def groups(self) -> frozenset[str] | None:
        """The groups that there are, in small letters; None where they may not be read."""
        return frozenset(self.people.groups) if self.people else None


def _desired(asked: ManageConsumers, site: Site) -> Desired:
    if both := sorted(set(asked.add) & set(asked.remove)):
        raise UsageError(f"{', '.join(both)} cannot be added and removed at once")
    if asked.warehouse is not None:
        site.workspace.chosen_warehouse = asked.warehouse
    found = _Looked(site=site, product=read_product(site, asked.product, asked.port, asked.server))
    _people(found)
    for port in found.product.ports:
        site.progress(f"reading who reads {port.full_name}")
        _look(found, port)
    _shares(found)
    goals = (*_added(found, asked.add), *_removed(found, asked.remove))
    rows = tuple(asdict(each) for each in found.readers)
    facts = Facts(name=_READERS, source="the effective grants of the ports", rows=rows)
    result = Result(
        facts=(facts, *found.noted.facts()),
        observations=(*_standing(found), *found.noted.observations),
        tables=(_table(found),),
        gaps=tuple(found.gaps),
        notes=tuple(dict.fromkeys(found.notes)),
    )
    return Desired(title=f"readers of data product {found.product.name}", goals=goals, result=result)


def _people(found: _Looked) -> None:
    """The groups that there are, where they may be read."""
    try:
        found.people = people(found.site.workspace)
    except WorkspaceError as error:
        found.gaps.append(Gap(source="groups", reason=str(error)))


def _look(found: _Looked, port: Port) -> None:
    grants = grants_on(found.site.workspace, port)
    what = f"read the table {port.full_name}"
    owner = found.site.workspace.ask(what, lambda client: client.tables.get(port.full_name).owner or "")
    found.grants[port.full_name] = grants
    found.readers += readers_of(port, grants, owner, found.groups)
    try:
        found.built[port.full_name] = built_on(found.site.workspace, port)
    except WorkspaceError as error:
        found.gaps.append(Gap(source=f"lineage of {port.full_name}", reason=str(error)))


def _shares(found: _Looked) -> None:
    """The recipients outside that read a port by a share."""
    try:
        shared = shared_tables(found.site.workspace)
    except WorkspaceError as error:
        found.gaps.append(Gap(source="shares", reason=str(error)))
        return
    for port in found.product.ports:
        for each in shared.get(port.full_name, ()):
            for name in each.recipients:
                found.readers.append(
                    Reader(
                        port=port.full_name,
                        principal=name,
                        kind="recipient",
                        privilege="SELECT",
                        on=f"share {each.share}",
                        promised=True,
                    )
                )


def _standing(found: _Looked) -> Iterator[Observation]:
    """What is wrong with the readers that there are."""
    for row, each in enumerate(found.readers, start=1):
        if each.kind in {"person", "everybody"} and each.on != "owner":
            check, said = (
                checks.SINGLE,
                f"{each.principal} ({each.kind}) reads {each.port} by {each.privilege} on {each.on}",
            )
        elif not each.promised:
            check, said = checks.UNPROMISED, f"{each.principal} reads {each.port} by {each.on} and is in no role"
        else:
            continue
        about = f"{each.principal}:{each.port}:{each.on}"
        yield Observation(check=check, facts=_READERS, row=row, about=about, message=said)


def _added(found: _Looked, names: tuple[str, ...]) -> Iterator[Goal]:
    known = found.groups or frozenset()
    for name in names:
        if name.startswith(_RECIPIENT):
            _to_share(found, name)
            continue
        if (kind := kind_of(name, known)) != "group":
            what = "" if kind == "everybody" else "a "
            found.noted.see(
                checks.CANNOT_ADD, name, f"{name} is {what}{kind}, no group of the workspace, and gets no grant"
            )
            continue
        for port in found.product.ports:
            yield from _add(found, port, name)


def _add(found: _Looked, port: Port, name: str) -> Iterator[Goal]:
    held = [each for each in found.grants[port.full_name] if each.principal.lower() == name.lower()]
    reads = next((each for each in held if each.privilege in READS), None)
    if reads is not None and reads.on != f"table {port.full_name}":
        found.notes.append(f"{name} reads {port.full_name} already by {reads.privilege} on {reads.on}")
        return
    if (through := _through(found, port, name)) is not None:
        found.notes.append(f"everyone in {name} reads {port.full_name} already as a member of {through}")
        return
    if name not in port.roles:
        if port.restricted:
            columns = ", ".join(port.restricted)
            said = f"{name} would read {columns} of {port.full_name} and is in no role of {port.contract.path}"
            found.noted.see(checks.RESTRICTED, f"{name}:{port.full_name}", said)
        found.notes.append(f"add to the roles of {port.contract.path}: `- role: {name}` with `access: read`")
    place = port.table
    uses = {each.privilege for each in held}
    if not uses & {"USE_CATALOG", "ALL_PRIVILEGES"}:
        yield granting(Securable(kind="catalog", name=place.catalog), name, frozenset({"USE_CATALOG"}))
    if not uses & {"USE_SCHEMA", "ALL_PRIVILEGES"}:
        schema = Securable(kind="schema", name=f"{place.catalog}.{place.schema}")
        yield granting(schema, name, frozenset({"USE_SCHEMA"}))
    yield granting(Securable(kind="table", name=port.full_name), name, frozenset({"SELECT"}))


def _through(found: _Looked, port: Port, name: str) -> str | None:
    """A group that reads the port and holds everyone who is in this one."""
    inside = found.people.behind(name) if found.people else None
    for each in found.grants[port.full_name] if inside else ():
        if each.privilege in READS and kind_of(each.principal, found.groups) == "group" and each.principal != name:
            holds = found.people.behind(each.principal) if found.people else None
            if inside and holds and inside <= holds:
                return each.principal
    return None


def _removed(found: _Looked, names: tuple[str, ...]) -> Iterator[Goal]:
    for name in names:
        if name.startswith(_RECIPIENT):
            _to_share(found, name)
            continue
        if not any(each.principal.lower() == name.lower() for each in found.readers):
            raise UsageError(
                f"{name[:100]!r} reads no port of {found.product.name}; without --remove the readers are listed"
            )
        for port in found.product.ports:
            yield from _remove(found, port, name)
        found.notes.append(
            f"USE CATALOG and USE SCHEMA of {name} stay: they open no data, and other tables may need them"
        )


def _remove(found: _Looked, port: Port, name: str) -> Iterator[Goal]:
    held = [each for each in found.grants[port.full_name] if each.principal.lower() == name.lower()]
    reads = [each for each in held if each.privilege in READS]
    if not reads:
        return
    here = f"table {port.full_name}"
    schema = Securable(kind="schema", name=f"{port.table.catalog}.{port.table.schema}")
    for each in reads:
        if each.on == here:
            continue
        if each.on == str(schema) and each.privilege == "SELECT" and _is_all(found, schema):
            yield revoking(schema, each.principal, frozenset({"SELECT"}))
            continue
        said = f"{name} would still read {port.full_name} by {each.privilege} on {each.on}"
        found.noted.see(checks.WIDER, f"{name}:{port.full_name}:{each.on}", said)
    if any(each.on == here for each in reads):
        of = Securable(kind="table", name=port.full_name)
        whose = next(each.principal for each in reads if each.on == here)
        yield revoking(of, whose, frozenset({"SELECT"}))
    if tables := found.built.get(port.full_name):
        said = f"{', '.join(tables[:10])} are built on {port.full_name}; whether by {name} is not known"
        found.noted.see(checks.BREAKS, f"{name}:{port.full_name}", said)


def _is_all(found: _Looked, schema: Securable) -> bool:
    """Whether the schema holds nothing but the ports that are looked at, so that its grant is theirs."""
    catalog, _, name = schema.name.partition(".")
    what = f"list the tables of {schema.name}"
    tables = found.site.workspace.ask(
        what, lambda client: {each.full_name for each in client.tables.list(catalog, name)}
    )
    return tables <= {port.full_name for port in found.product.ports}


def _to_share(found: _Looked, name: str) -> None:
    recipient = name.removeprefix(_RECIPIENT)
    found.notes.append(
        f"recipient {recipient} is changed in its share's file under `recipients:`, by `configure-delta-share SHARE`"
    )


def _table(found: _Looked) -> Table:
    rows = tuple(
        (each.port, each.principal, each.kind, each.privilege, each.on, each.promised) for each in found.readers
    )
    built = "; ".join(f"on {port}: {', '.join(tables[:10])}" for port, tables in found.built.items() if tables)
    return Table(
        title=f"Who reads {found.product.name}",
        columns=("port", "reader", "kind", "privilege", "granted on", "in the contract"),
        rows=rows,
        note=f"built {built}" if built else "no table is known to be built on these ports",
    )


COMMAND = Operate(parameters=ManageConsumers, desired=_desired, epilog=_EPILOG)
