"""`batch-inference`: a job that scores a day of rows by the version behind an alias."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.columns import Known, known, needs
from orchestrator.workflows.generate.learning.estimators import LIBRARIES, ModelType
from orchestrator.workflows.generate.learning.names import FullName, columns, full_name, package
from orchestrator.workflows.generate.learning.part import MLFLOW, PANDAS, SPARK, Part, folder
from orchestrator.workflows.generate.learning.results import statement
from orchestrator.workflows.generate.learning.templates import Words, rendered
from orchestrator.workflows.generate.shape import Generate, Generated

_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_EPILOG = """examples:
  orchestrate batch-inference ml.models.churn --table ml.features.customers_today --keys customer_id
  orchestrate batch-inference ml.models.churn --table ml.features.customers_today --workspace prod
"""


class BatchInference(Parameters):
    """What is asked for."""

    model_name: str
    alias: str = "champion"
    table: str | None = None
    result_table: str | None = None
    keys: tuple[str, ...] = ()
    features: tuple[str, ...] = Field(default=(), max_length=200)
    model_type: ModelType = "sklearn"
    path: Path = Path()
    into: Path | None = None


def _generated(asked: BatchInference, site: Site) -> Generated:
    model = full_name("the model", asked.model_name, "ml.models.churn")
    if not _ALIAS.fullmatch(asked.alias) or asked.alias.lower() == "latest":
        raise UsageError(
            f"--alias {asked.alias[:60]!r} is no alias; write such as champion: a number or the newest version would "
            "be scored with before anybody has judged it"
        )
    rows = full_name("--table", asked.table, "ml.features.customers_today")
    default = f"{rows.catalog}.{rows.schema}.{model.name}_predictions"
    result = full_name("--result-table", asked.result_table or default, "ml.models.churn_predictions")
    if result == rows:
        raise UsageError(f"--result-table {result} is the table of the rows to score; name another")
    found = known(rows, site, site.path(asked.path))
    keys = _keys(asked, found, rows)
    features = columns("--features", asked.features) or found.measures(but=keys)
    part = Part(
        package=package("the model", f"{model.name}_scoring"),
        description=f"Scores {rows.name} with {model.name}.",
        writes=result,
        reads=rows,
        requires=tuple(sorted((MLFLOW, PANDAS, *LIBRARIES[asked.model_type].requires))),
        develops=(SPARK,),
        scripts={"score": "score:main"},
    )
    words = {**_of_bundle(model), **_of_page(asked, model, result), **part.words()}
    into = folder(asked.into and site.path(asked.into), site.path(asked.path), part.name)
    files = rendered(
        ("part", "store", "scoring", "batch"), Words(words=words, values={"KEYS": keys, "ALIAS": asked.alias})
    )
    table = NewFile(path=f"sql/{result.name}.sql", text=statement(result, rows, keys, features, found))
    return Generated(
        into=into,
        files=(*files, table),
        tables=(_decisions(asked, model, keys),),
        gaps=(found.gap,) if found.gap else (),
        questions=(*_questions(model, keys, features, found), part.to_fill_in),
        following=f"setup-monitoring --model-name {model} --table {result}",
        run_in=".",
    )


def _keys(asked: BatchInference, found: Known, rows: FullName) -> tuple[str, ...]:
    keys = columns("--keys", asked.keys) or found.key
    if not keys:
        raise UsageError(
            f"--keys is missing: nothing says what identifies a row of {rows}, and a prediction has to be found by "
            "something; name the columns, or the workspace by --workspace"
        )
    for name in keys:
        needs(found, rows, "--keys", name, ())
    return keys


def _of_bundle(model: FullName) -> dict[str, str]:
    """The model is a variable of each target: development scores with its own."""
    described = "    description: The rows that are read, by full name.\n"
    words = {described: f"{described}  model:\n    description: The registered model, by full name.\n"}
    for target, name in (("dev", model.of_dev), ("prod", model)):
        line = f"      table: template_table_of_{target}\n"
        words[line] = f"{line}      model: {name}\n"
    return words


def _of_page(asked: BatchInference, model: FullName, result: FullName) -> dict[str, str]:
    return {"template_alias": asked.alias, "template_result": str(result), "template_model": str(model)}


def _questions(model: FullName, keys: tuple[str, ...], features: tuple[str, ...], found: Known) -> tuple[str, ...]:
    asked = []
    if not found.columns:
        asked.append(f"which types have {', '.join(keys)}? The statement of the result says STRING")
    if not features:
        asked.append("which features does the model have? --features adds their columns to the result's statement")
    asked.append(f"with which packages was {model.name} trained? Those of pyproject.toml have to be the same")
    return tuple(asked)


def _decisions(asked: BatchInference, model: FullName, keys: tuple[str, ...]) -> Table:
    rows = (
        ("version", f"alias {asked.alias} of {model}", "resolved once, loaded by its number"),
        ("input", "the columns of the signature by name, cast to its types", "more columns do no harm, fewer raise"),
        ("key", ", ".join(keys), "null or twice raises"),
        ("output", "key, day, prediction, version, features", "what monitoring needs"),
        ("rerun", "the day is replaced", "a second run gives the same rows"),
        ("guard", "no rows, no prediction, one answer for all", "raises before anything is written"),
    )
    return Table(title="Decisions", columns=("decision", "value", "why"), rows=rows)


COMMAND = Generate(parameters=BatchInference, generate=_generated, epilog=_EPILOG)
