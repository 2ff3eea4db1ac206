"""The files around the contracts of a product: SQL that publishes, checks with made-up rows, bundle and page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue

from orchestrator.content import content_folder
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.generate.create_data_product.contract import (
    VERSION,
    Product,
    classified,
    contract_text,
    product_text,
)
from orchestrator.workflows.generate.create_data_product.ports import Port
from orchestrator.workflows.generate.pipelines.forms import rows
from orchestrator.workflows.generate.pipelines.page import cell
from orchestrator.workflows.generate.pipelines.project import ROOT
from orchestrator.workflows.generate.pipelines.project import template as pipeline_template
from orchestrator.workflows.generate.pipelines.text import sql_string
from orchestrator.workspace.names import quoted

_FILES = Path(__file__).parent / "files"
_CHECKS = ("check_contract.py", "compare_contracts.py", "contract.py")
_WAREHOUSE = """  warehouse_id:
    description: SQL warehouse of the SQL tasks.
    lookup:
      warehouse: {name}
"""


def product_files(product: Product, into: Path) -> tuple[NewFile, ...]:
    """The files of a product; the bundle's root only where the folder has none."""
    made = {
        f"{product.name}.odps.yaml": product_text(product),
        f"docs/{product.name}.md": _page(product),
        f"resources/{product.name}.product.yml": _resource(product),
        "checks/check_port.py": _file("check_port.py"),
        "checks/test_contracts.py": _file("test_contracts.py"),
        "checks/made_up_rows.json": json.dumps(_made_up(product), indent=2, ensure_ascii=False) + "\n",
    }
    shipped = content_folder("plugins") / "databricks-engineering" / "skills" / "data-products" / "templates"
    made |= {f"checks/{name}": (shipped / name).read_text(encoding="utf-8") for name in _CHECKS}
    for port in product.ports:
        made[f"{port.name}.odcs.yaml"] = contract_text(product, port)
        made[f"publish/{port.name}.sql"] = _publish(product, port)
        if port.name in product.latency:
            made[f"sla/{port.name}.sql"] = _latency(product, port)
    if not (into / ROOT).exists():
        made[ROOT] = _bundle(product)
    return tuple(NewFile(path=path, text=text) for path, text in sorted(made.items()))


def _file(name: str) -> str:
    return (_FILES / f"{name}.txt").read_text(encoding="utf-8")


def _bundle(product: Product) -> str:
    text = pipeline_template("databricks.yml").replace("__NAME__", product.name)
    text = text.replace("__CATALOG__", product.name.replace("-", "_"))
    return text.replace("\ntargets:\n", _WAREHOUSE.format(name=product.name) + "\ntargets:\n", 1)


def _resource(product: Product) -> str:
    publish = "".join(_task(product, port, "publish_task.yml") for port in product.ports)
    check = "".join(_task(product, port, "check_task.yml") for port in product.ports)
    text = _file("product.yml").replace("__PUBLISH__\n", f"{publish}\n").replace("__CHECK__\n", check)
    return _filled(text, product, product.ports[0])


def _task(product: Product, port: Port, name: str) -> str:
    return _filled(_file(name), product, port)


def _filled(text: str, product: Product, port: Port) -> str:
    words = {"NAME": product.name, "WORD": product.name.replace("-", "_"), "PORT": port.name}
    for word, meant in (*words.items(), ("VIEW", product.view(port)), ("CATALOG", port.table.catalog)):
        text = text.replace(f"__{word}__", meant)
    return text


def _publish(product: Product, port: Port) -> str:
    """The SQL that publishing runs: the view with the columns of the contract in its order, tags and grants."""
    schema = f"{quoted(port.table.catalog)}.{quoted(product.schema(port))}"
    view = f"{schema}.{quoted(product.view(port))}"
    names = [quoted(column.name) for column in port.columns]
    heads = [
        f"  {quoted(column.name)}{f' COMMENT {sql_string(column.comment)}' if column.comment else ''}"
        for column in port.columns
    ]
    lines = [
        f"-- Publishes the port {port.name} of the product {product.name}: run by the principal that owns it.",
        f"CREATE SCHEMA IF NOT EXISTS {schema} COMMENT {sql_string(f'Output ports of the product {product.name}.')};",
        "",
        "-- The columns of the contract in its order: a view keeps them when the table behind it gets more.",
        f"CREATE OR REPLACE VIEW {view} (",
        ",\n".join(heads),
        ")",
        f"COMMENT {sql_string(f'Contract {product.contract_id(port)}, version {VERSION}.')}",
        "AS SELECT",
        ",\n".join(f"  {name}" for name in names),
        f"FROM {port.table.quoted};",
        "",
        f"ALTER VIEW {view} SET TAGS ('data_product' = '{product.name}', 'contract_version' = '{VERSION}');",
        *(
            f"ALTER TABLE {port.table.quoted} ALTER COLUMN {quoted(name)} SET TAGS ('classification' = '{kind}');"
            for name, kind in classified(port).items()
        ),
        "",
        "-- Readers see the ports and nothing else.",
        f"GRANT USE CATALOG ON CATALOG {quoted(port.table.catalog)} TO {quoted(product.readers)};",
        f"GRANT USE SCHEMA, SELECT ON SCHEMA {schema} TO {quoted(product.readers)};",
    ]
    return "\n".join(lines) + "\n"


def _latency(product: Product, port: Port) -> str:
    level = product.latency[port.name]
    view = ".".join(map(quoted, (port.table.catalog, product.schema(port), product.view(port))))
    age = f"timestampdiff(MINUTE, max({quoted(level.column)}), current_timestamp())"
    lines = [
        f"-- The latency of the port {port.name}, for an alert: `breached` is true where the promise is broken.",
        "-- An empty port breaks it.",
        "SELECT",
        f"  max({quoted(level.column)}) AS newest,",
        f"  {age} AS age_minutes,",
        f"  coalesce({age} > {level.hours} * 60, true) AS breached",
        f"FROM {view};",
    ]
    return "\n".join(lines) + "\n"


def _made_up(product: Product) -> Mapping[str, JsonValue]:
    return {
        port.name: {
            "schema": ", ".join(f"`{column.name}` {column.type}" for column in port.columns),
            "rows": [dict(row) for row in rows(port.known.source, {})],
            "required": [c.name for c in port.columns if not c.nullable or c.name in port.key],
            "key": list(port.key),
        }
        for port in product.ports
    }


def _page(product: Product) -> str:
    lines = [f"# {product.name}", "", product.purpose or "Nobody has said yet what it is for.", "", "## Ports", ""]
    lines += ["| port | table behind it | key | columns | version |", "|---|---|---|---|---|"]
    for port in product.ports:
        cells = (port.name, str(port.table), ", ".join(port.key) or "unknown", str(len(port.columns)), VERSION)
        lines.append(f"| {' | '.join(map(cell, cells))} |")
    lines += ["", "## Promises", "", "| promise | where it comes from | how it is checked |", "|---|---|---|"]
    lines += [f"| {' | '.join(map(cell, row))} |" for row in promises(product)]
    lines += [
        "",
        "## Publish",
        "",
        "The contracts are drafts until a reader has agreed. Then set `status: active` and run `publish/PORT.sql` (the",
        f"job `{product.name}-publish`). A change needs the version that `checks/compare_contracts.py` says.",
        "",
        "```sh",
        "python -m pytest -q checks        # pyspark, pyyaml and Java 17",
        "```",
        "",
    ]
    return "\n".join(lines)


def promises(product: Product) -> Iterator[tuple[str, str, str]]:
    """Each promise of the contracts, where it comes from, and how it is checked."""
    for port in product.ports:
        checked = "checks/check_port.py, after each load"
        yield f"{port.name}: {len(port.columns)} columns with their types", port.source, checked
        required = [column.name for column in port.columns if not column.nullable or column.name in port.key]
        if required:
            yield f"{port.name}: no null in {', '.join(required)}", f"{port.source}: NOT NULL or key", checked
        if port.key:
            yield f"{port.name}: one row for each {', '.join(port.key)}", f"{port.source}: primary key", checked
        level = product.latency.get(port.name)
        if level is not None:
            what = f"{port.name}: the newest {level.column} is at most {level.hours} h old"
            yield what, level.source, f"sla/{port.name}.sql, as an alert"
