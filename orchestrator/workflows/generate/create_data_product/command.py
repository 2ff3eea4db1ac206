"""`create-data-product NAME`: contracts of its ports, SQL that publishes them, service levels, checks, bundle, page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.create_data_product.contract import Latency, Product, classified, contract_text
from orchestrator.workflows.generate.create_data_product.ports import Port, live_port, planned_port
from orchestrator.workflows.generate.create_data_product.texts import product_files, promises
from orchestrator.workflows.generate.pipelines.brief import Brief, read_brief
from orchestrator.workflows.generate.pipelines.model import FullName
from orchestrator.workflows.generate.shape import Generate, Generated

_EPILOG = """examples:
  orchestrate create-data-product orders --table retail_prod.silver.orders --workspace sandbox
  orchestrate create-data-product revenue --table shop.revenue.daily_revenue --plan plans/revenue.yaml --latency 26 \\
    --time-column order_date
"""


class CreateDataProduct(Parameters):
    """What is asked for."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    table: tuple[FullName, ...] = Field(default=(), max_length=20)
    domain: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] | None = None
    brief: Path | None = None
    plan: Path | None = None
    latency: int | None = Field(default=None, ge=1, le=8784)
    time_column: str | None = None
    into: Path = Path("contracts")


def _generated(asked: CreateDataProduct, site: Site) -> Generated:
    if not asked.table:
        raise UsageError(f"the product {asked.name!r} has no table; name those behind its ports by --table")
    brief = Brief() if asked.brief is None else read_brief(site.path(asked.brief))
    ports = tuple(_port(asked, site, text) for text in dict.fromkeys(asked.table))
    _refuse_twins(ports)
    product = Product(
        name=asked.name,
        domain=asked.domain or ports[0].table.catalog.replace("_", "-"),
        purpose=brief.said.get("question"),
        ports=ports,
        latency={port.name: level for port in ports if (level := _latency(asked, port)) is not None},
    )
    into = site.path(asked.into)
    _refuse_changed(product, into)
    return Generated(
        into=into,
        files=product_files(product, into),
        tables=(_promises(product),),
        gaps=tuple(gap for port in ports for gap in port.gaps),
        questions=tuple(_questions(asked, product, brief)),
        following=f"agree with a reader, then `orchestrate publish-data-product {asked.name}`",
        run_in=".",
    )


def _port(asked: CreateDataProduct, site: Site, text: str) -> Port:
    if asked.plan is not None:
        return planned_port(text, site.path(asked.plan), asked.plan)
    if site.opened is None:
        raise UsageError(
            f"the columns of {text} are not known: name a workspace (--workspace), or a plan that has it (--plan)"
        )
    return live_port(site, text)


def _refuse_twins(ports: tuple[Port, ...]) -> None:
    names = [port.name for port in ports]
    twin = next((port for number, port in enumerate(ports) if port.name in names[:number]), None)
    if twin is not None:
        raise UsageError(f"two tables would be the port {twin.name!r}; give {twin.table} another product")
    catalogs = sorted({port.table.catalog for port in ports})
    if len(catalogs) > 1:
        raise UsageError(f"a product has one catalog, not {' and '.join(catalogs)}; make a product for each")


def _refuse_changed(product: Product, into: Path) -> None:
    """Nothing, unless a contract is there and differs: a promise that changes needs a version, not a new file."""
    for port in product.ports:
        path = into / f"{port.name}.odcs.yaml"
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace") != contract_text(product, port):
            raise UsageError(
                f"{str(path)!r} is a contract already and differs; a changed promise needs a version: edit it, and ask "
                "checks/compare_contracts.py which"
            )


def _latency(asked: CreateDataProduct, port: Port) -> Latency | None:
    """The service level: what was said, else what was observed and room for a repair; none without a time column."""
    if asked.time_column is not None and asked.time_column not in port.times:
        known = ", ".join(port.times) or "none"
        raise UsageError(
            f"--time-column {asked.time_column[:80]!r} is no time of {port.table}; those that are: {known}"
        )
    column = asked.time_column or port.moment
    if column is None:
        return None
    if asked.latency is not None:
        return Latency(hours=asked.latency, column=column, source="--latency")
    if port.observed is None:
        return None
    seen = port.observed
    apart = f"at worst {seen.gap_hours:.1f} h apart, and one more of {seen.run_hours:.1f} h"
    source = f"{seen.runs} runs of job {seen.job}: {apart}"
    return Latency(hours=seen.worst_hours, column=column, source=source)


def _promises(product: Product) -> Table:
    return Table(title="Promises", columns=("promise", "where it comes from", "check"), rows=tuple(promises(product)))


def _questions(asked: CreateDataProduct, product: Product, brief: Brief) -> Iterator[str]:
    if "question" not in brief.said:
        yield "Which question does the product answer? The purpose is the comment of the table until then"
    if "readers" not in brief.said:
        yield f"Who reads it? The group {product.readers} until then"
    if asked.domain is None:
        yield f"Which domain owns it? It is called {product.domain!r} after the catalog until then"
    for port in product.ports:
        yield from _of_port(port, product.latency)
        columns = ", ".join(classified(port))
        if columns:
            yield f"Does the port {port.name} need these columns of personal data at all: {columns}?"


def _of_port(port: Port, latency: Mapping[str, Latency]) -> Iterator[str]:
    if not port.key:
        yield f"Which columns identify a row of {port.name}? No key is promised until then"
    if port.name not in latency:
        times = ", ".join(port.times) or "there is none"
        yield f"How old may {port.name} be, by which column ({times})? Nothing is promised until then"
    yield f"{port.table} has no contract that {port.name} could rely on: who writes one?"


COMMAND = Generate(parameters=CreateDataProduct, generate=_generated, epilog=_EPILOG)
