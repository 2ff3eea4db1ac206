"""The page about a pipeline, for whoever works on it next."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workflows.generate.pipelines.graph import ordered
from orchestrator.workflows.generate.pipelines.model import Language, Pipeline, Table


def page(pipeline: Pipeline, language: Language) -> str:
    """README.md of the pipeline's folder."""
    return "\n".join(
        [
            f"# {pipeline.name}",
            "",
            pipeline.comment or "A declarative pipeline.",
            "",
            "| table | layer | kind | reads | one row is | key |",
            "|---|---|---|---|---|---|",
            *(_row(table) for table in ordered(pipeline)),
            "",
            "## What must be true",
            "",
            *(_rules(pipeline) or ("No table has an expectation.",)),
            "",
            "## Check it",
            "",
            "```sh",
            f"python -m pytest -q tests/test_{pipeline.word}.py          # rules, queries and a dry run on local Spark",
            f"cd pipelines/{pipeline.name}",
            "PYTHONPATH=. spark-pipelines --conf spark.connect.grpc.binding.address=127.0.0.1 dry-run",
            "databricks bundle validate --strict -t dev             # needs a login",
            "```",
            "",
            "The rows in `samples/` are made up; the dry run reads them in place of the sources.",
            f"On Databricks `resources/{pipeline.name}.pipeline.yml` says where the sources are.",
            *_language(language),
            "",
        ]
    )


def _row(table: Table) -> str:
    reads = ", ".join([table.reads, *(join.table for join in table.joins)])
    kind = table.kind.replace("_", " ")
    if table.changes is not None:
        kind += f", AUTO CDC type {table.changes.scd}"
    cells = (f"`{table.name}`", table.layer, kind, reads, cell(table.grain), ", ".join(table.key) or "none")
    return f"| {' | '.join(cells)} |"


def cell(text: str | None) -> str:
    """A text for a cell of a table in Markdown."""
    return "not said" if text is None else text.replace("|", "\\|")


def _rules(pipeline: Pipeline) -> tuple[str, ...]:
    rows = tuple(_rule_rows(pipeline))
    return ("| table | rule | condition | a row that breaks it |", "|---|---|---|---|", *rows) if rows else ()


_BECOMES = {
    "warn": "is kept and counted",
    "drop": "is dropped",
    "fail": "fails the update",
}


def _rule_rows(pipeline: Pipeline) -> Iterator[str]:
    for table in ordered(pipeline):
        for each in table.expectations:
            becomes = _BECOMES.get(each.action, f"goes to `{table.name}_quarantine`")
            yield f"| `{table.name}` | {each.name} | `{cell(each.condition)}` | {becomes} |"


def _language(language: Language) -> tuple[str, ...]:
    if language == "python":
        return ()
    return (
        "",
        "Rules are conditions of the queries and not constraints: open-source Spark reads no `CONSTRAINT ... EXPECT`,",
        "and what it cannot read no dry run would see.",
    )
