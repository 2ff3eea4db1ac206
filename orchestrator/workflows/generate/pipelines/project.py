"""The files of a pipeline in a bundle: transformations, resource, dry-run spec, made-up rows, tests and a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.generate.pipelines import python_datasets, sql_datasets
from orchestrator.workflows.generate.pipelines.cases import cases, sample_files
from orchestrator.workflows.generate.pipelines.model import Language, Pipeline
from orchestrator.workflows.generate.pipelines.page import page
from orchestrator.workflows.generate.pipelines.python_rows import rows_module

_FILES = Path(__file__).parent / "files"
ROOT = "databricks.yml"
_NEEDED = ("resources/", "catalog:", "runner:", "alerts:")


def files(pipeline: Pipeline, language: Language, root: Path) -> tuple[NewFile, ...]:
    """The files of a pipeline without faults; the bundle's root only where the folder has none."""
    folder = f"pipelines/{pipeline.name}"
    made = {
        f"{folder}/{pipeline.word}.py": rows_module(pipeline, with_functions=language == "python"),
        f"{folder}/transformations/sources.py": python_datasets.sources_file(pipeline),
        f"{folder}/spark-pipeline.yml": _dry_run(pipeline),
        f"{folder}/README.md": page(pipeline, language),
        f"{folder}/.gitignore": "__pycache__/\nmetastore_db/\nspark-warehouse/\n",
        f"resources/{pipeline.name}.pipeline.yml": _resource(pipeline),
        **{f"tests/{name}": text for name, text in _tests(pipeline, language)},
        **{f"{folder}/{name}": text for name, text in sample_files(pipeline)},
    }
    layers = python_datasets.layer_files if language == "python" else sql_datasets.layer_files
    made |= {f"{folder}/transformations/{name}": text for name, text in layers(pipeline)}
    if language == "python" and any(e.action != "quarantine" for table in pipeline.tables for e in table.expectations):
        made[f"{folder}/expectations.py"] = template("expectations.py")
    if not (root / ROOT).exists():
        catalog = pipeline.catalog or pipeline.word
        made[ROOT] = template("databricks.yml").replace("__NAME__", pipeline.name).replace("__CATALOG__", catalog)
    return tuple(NewFile(path=path, text=text) for path, text in sorted(made.items()))


def remarks(pipeline: Pipeline, root: Path) -> Iterator[str]:
    """What a reader should know of the files: what the bundle that is there lacks, and what a full refresh loses."""
    bundle = root / ROOT
    if bundle.is_file():
        text = bundle.read_text(encoding="utf-8", errors="replace")
        lacks = [word.rstrip(":/") for word in _NEEDED if word not in text]
        if lacks:
            yield f"{ROOT} is there and was left as it is; it lacks {', '.join(lacks)}, which the resource uses"
    elif not bundle.exists():
        yield f"{ROOT} is new: fill in hosts, service principals and groups"
    if any(source.path is not None for source in pipeline.sources):
        yield "a full refresh reads landed files again: rows whose files were removed would be gone"


def template(name: str) -> str:
    """A file of this folder's `files`."""
    return (_FILES / f"{name}.txt").read_text(encoding="utf-8")


def _resource(pipeline: Pipeline) -> str:
    days, rest = divmod(pipeline.every_hours, 24)
    interval, unit = (days, "DAYS") if rest == 0 else (pipeline.every_hours, "HOURS")
    text = template("pipeline.yml").replace("__CONFIGURATION__\n", _configuration(pipeline, "live", 8))
    comment = json.dumps(pipeline.comment or f"Tables of the pipeline {pipeline.name}. Written by it only.")
    words = (("INTERVAL", str(interval)), ("UNIT", unit), ("SCHEMA", pipeline.schema_name), ("COMMENT", comment))
    for word, meant in (*words, ("NAME", pipeline.name), ("WORD", pipeline.word)):
        text = text.replace(f"__{word}__", meant)
    return text


def _dry_run(pipeline: Pipeline) -> str:
    text = template("spark-pipeline.yml").replace("__CONFIGURATION__\n", _configuration(pipeline, "dry", 2))
    return text.replace("__NAME__", pipeline.name).replace("__WORD__", pipeline.word)


def _configuration(pipeline: Pipeline, where: Literal["live", "dry"], indent: int) -> str:
    """Where each source is, as keys of the configuration."""
    lines = []
    for source in pipeline.sources:
        key = f"{' ' * indent}{pipeline.word}.{source.name}"
        if where == "live" and source.table is not None:
            lines.append(f"{key}.table: {source.table}")
            continue
        live = where == "live"
        lines += [
            f"{key}.format: {'cloudFiles # Auto Loader' if live else 'json'}",
            f"{key}.batch_format: {source.format if live else 'json'}",
            f"{key}.path: {source.path if live else f'samples/{source.name}'}",
        ]
    return "\n".join(lines) + "\n"


def _tests(pipeline: Pipeline, language: Language) -> Iterator[tuple[str, str]]:
    data = cases(pipeline, language)
    yield f"{pipeline.word}_cases.json", json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    parts = ["test_head.py"]
    if data["reads"]:
        parts += ["test_session.py", f"test_answer_{language}.py"]
    parts += ["test_rules.py"] if data["breaks"] else []
    parts += ["test_results.py"] if data["results"] else []
    text = "".join(template(part) for part in (*parts, "test_dry_run.py"))
    text = text.replace("__IMPORTS__", _imports(language, spark=bool(data["reads"])))
    yield f"test_{pipeline.word}.py", text.replace("__NAME__", pipeline.name).replace("__WORD__", pipeline.word)


def _imports(language: Language, *, spark: bool) -> str:
    python, sql = spark and language == "python", spark and language == "sql"
    lines = [
        "import json",
        "import os",
        *(["import re"] if sql else []),
        "import shutil",
        "import subprocess",
        "import sys",
        *(["from collections.abc import Iterator"] if spark else []),
        *(["from importlib import import_module"] if python else []),
        "from pathlib import Path",
    ]
    if spark:
        lines += ["", "import pytest", "from pyspark.sql import DataFrame, SparkSession"]
        lines += ["from pyspark.sql import functions as F"]
    return "\n".join(lines)
