"""`publish-data-product PRODUCT`: its output ports as the contracts describe them, with comments, tags and grants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.noted import Noted
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.products.readers import grants_on, kind_of
from orchestrator.workflows.operate.products.reading import Port, Product, read_product
from orchestrator.workflows.operate.publish_data_product import checks
from orchestrator.workflows.operate.publish_data_product.ports import VERSION, Found, goals, problems
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.catalog.documented import find_table
from orchestrator.workspace.catalog.published import NewTagSetting
from orchestrator.workspace.names import table_name

RULES = ("UC", "SEC", "DQS")
_EPILOG = """examples:
  orchestrate publish-data-product sales --workspace sandbox
  orchestrate publish-data-product sales --port store_summary --source store_summary=main.gold.stores --workspace prod
  orchestrate publish-data-product sales --workspace prod --apply --approve 3f9a0c1d2e4b
"""
Name = Annotated[str, Field(min_length=1, max_length=800)]


class PublishDataProduct(Parameters):
    """What is asked for."""

    product: str = Field(min_length=1, max_length=500)
    version: str | None = Field(default=None, min_length=1, max_length=50)
    port: tuple[Name, ...] = Field(default=(), max_length=50)
    server: str = Field(default="prod", min_length=1, max_length=100)
    source: tuple[Name, ...] = Field(default=(), max_length=50)
    warehouse: str | None = Field(default=None, max_length=100)


def _desired(asked: PublishDataProduct, site: Site) -> Desired:
    product = read_product(site, asked.product, asked.port, asked.server)
    _check_version(product, asked.version)
    sources = _sources(product, asked.source)
    if asked.warehouse is not None:
        site.workspace.chosen_warehouse = asked.warehouse
    every, noted = [], Noted(name="ports", source="contracts and live tables")
    for port in product.ports:
        site.progress(f"reading {port.full_name}")
        every.append(_found(site, port, sources.get(port.name, "")))
    for each in every:
        for check, about, message in problems(each):
            noted.see(check, about, message)
    _roles(product, noted)
    result = Result(
        facts=noted.facts(),
        observations=tuple(noted.observations),
        tables=(_table(every),),
        notes=("what a new reader has read meanwhile is not taken back by taking its grant back",),
        reviewed=_reviewed(product, site),
    )
    settings = tuple(goal for each in every if _can_be(each) for goal in goals(product, each))
    return Desired(title=f"publish data product {product.name}", goals=settings, result=result)


def _check_version(product: Product, wanted: str | None) -> None:
    """Nothing, where the version that was asked for is the contracts'.

    Raises:
        UsageError: it is another one.
    """
    for port in product.ports:
        if wanted is not None and port.contract.version != wanted:
            raise UsageError(f"--version {wanted}: the contract {port.contract.path} is {port.contract.version}")


def _sources(product: Product, given: Iterable[str]) -> dict[str, str]:
    """The table that each view is made of, by port.

    Raises:
        UsageError: one is no PORT=TABLE.
    """
    found = {port.name: source for port in product.ports if (source := _transformed(port))}
    names = {port.name for port in product.ports}
    for each in given:
        name, equals, table = each.partition("=")
        if not equals or name not in names:
            raise UsageError(f"--source {each[:80]!r} is no PORT=TABLE of a port; there is {', '.join(sorted(names))}")
        found[name] = str(table_name(table))
    return found


def _transformed(port: Port) -> str:
    """The one table that the columns of the contract are made of, by its own word."""
    tables = {each.text for column in port.object.columns for each in column.node.scalars("transformSourceObjects")}
    found = tables.pop() if len(tables) == 1 else ""
    return found if found.count(".") == 2 else ""


def _found(site: Site, port: Port, source: str) -> Found:
    live = find_table(site.workspace, port.full_name)
    behind = find_table(site.workspace, source) if source else None
    if source and behind is None:
        raise UsageError(f"the port {port.name} would be made of {source}, which is not there or may not be seen")
    grants = grants_on(site.workspace, port) if live is not None else ()
    version = NewTagSetting(kind="table", name=port.full_name, key=VERSION).read(site.workspace) if live else None
    return Found(
        port=port, live=live, source=source, behind=behind, grants=grants, version=version[0] if version else ""
    )


def _can_be(found: Found) -> bool:
    """Whether there is something that can be published."""
    return found.live is not None or (found.is_view and found.behind is not None)


def _roles(product: Product, noted: Noted) -> None:
    for port in product.ports:
        for role in port.roles:
            if (kind := kind_of(role, None)) in {"person", "everybody"}:
                about = f"{port.full_name}:{role}"
                noted.see(checks.NOT_A_GROUP, about, f"the role {role} of {port.contract.path} is {kind}")


def _reviewed(product: Product, site: Site) -> Reviewed:
    """The rules over the project of the product."""
    site.progress("running rules over the project")
    request = Request(path=product.root, today=site.today, selection=Selection(select=RULES))
    reviewed = cached_review(request, use_cache=False)
    return replace(reviewed, review=replace(reviewed.review, notes=()))


def _table(every: Iterable[Found]) -> Table:
    rows = tuple(
        (
            each.port.full_name,
            "view" if each.is_view else "table",
            each.version or ("not published" if each.live else "not there"),
            each.port.contract.version or "",
            ", ".join(each.port.roles) or "nobody",
        )
        for each in every
    )
    return Table(title="Ports", columns=("port", "kind", "live version", "contract", "read by"), rows=rows)


COMMAND = Operate(parameters=PublishDataProduct, desired=_desired, epilog=_EPILOG)
