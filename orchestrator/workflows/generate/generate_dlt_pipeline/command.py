"""`generate-dlt-pipeline NAME|SPEC`: a declarative pipeline with expectations, AUTO CDC and tests."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, ValidationError

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.building import made
from orchestrator.workflows.generate.pipelines.draft import Cdc, Mode, Wishes, drafted, unlisted
from orchestrator.workflows.generate.pipelines.graph import faults
from orchestrator.workflows.generate.pipelines.model import Language, Pipeline, Source, Spec
from orchestrator.workflows.generate.pipelines.reading import Document
from orchestrator.workflows.generate.pipelines.sources import (
    completed,
    file_source,
    is_table,
    live_table,
    table_source,
)
from orchestrator.workflows.generate.shape import Generate, Generated

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_EPILOG = """examples:
  orchestrate generate-dlt-pipeline pipelines.yaml --check full --python .venv/bin/python
  orchestrate generate-dlt-pipeline orders --source samples/orders.json --key order_id --dry-run
  orchestrate generate-dlt-pipeline customers --source retail_prod.bronze.crm_customers --workspace sandbox \\
    --cdc scd2 --key customer_id --sequence-by updated_at
"""


class GenerateDltPipeline(Parameters):
    """What is asked for."""

    name: str
    source: tuple[str, ...] = Field(default=(), max_length=30)
    language: Language = "python"
    mode: Mode | None = None
    cdc: Cdc = "none"
    key: tuple[str, ...] = ()
    sequence_by: tuple[str, ...] = ()
    deletes: str | None = None
    into: Path = Path()


def _generated(asked: GenerateDltPipeline, site: Site) -> Generated:
    into = site.path(asked.into)
    if asked.name.endswith((".yaml", ".yml")):
        pipeline, notes = _from_spec(asked, site)
    else:
        pipeline, notes = _from_sources(asked, site)
    return made(pipeline, asked.language, into, notes=notes)


def _from_spec(asked: GenerateDltPipeline, site: Site) -> tuple[Pipeline, tuple[str, ...]]:
    given = {"source": asked.source, "key": asked.key, "sequence-by": asked.sequence_by, "mode": asked.mode}
    extra = next((name for name, value in given.items() if value), None)
    if extra or asked.cdc != "none" or asked.deletes:
        raise UsageError(f"--{extra or 'cdc'} and a spec each say what is read; write it into {asked.name!r}")
    document = Document(site.path(Path(asked.name)), Path(asked.name))
    pipeline, notes = completed(document.read(Spec), site)
    document.refuse(faults(pipeline))
    return pipeline, notes


def _from_sources(asked: GenerateDltPipeline, site: Site) -> tuple[Pipeline, tuple[str, ...]]:
    _check(asked)
    sources: list[Source] = []
    keys: dict[str, tuple[str, ...]] = {}
    schema = asked.name.replace("-", "_")
    for text in asked.source:
        if not is_table(text):
            sources.append(file_source(text, site, schema))
            continue
        site.progress(f"reading the table {text}")
        found = live_table(site, text)
        sources.append(table_source(found, grows_only=asked.mode == "streaming" or asked.cdc != "none"))
        keys[sources[-1].name] = found.primary_key
    wishes = Wishes(
        mode=asked.mode, cdc=asked.cdc, key=asked.key, sequence_by=asked.sequence_by, deletes=asked.deletes
    )  # fmt: skip
    pipeline = _drafted(asked, tuple(sources), keys, wishes)
    found_faults = faults(pipeline)
    if found_faults:
        raise UsageError(f"the pipeline {asked.name!r} cannot be built: {found_faults[0].reason}")
    return pipeline, tuple(_notes(asked, tuple(sources), keys))


def _drafted(
    asked: GenerateDltPipeline, sources: tuple[Source, ...], keys: dict[str, tuple[str, ...]], wishes: Wishes
) -> Pipeline:
    try:
        return drafted(asked.name, sources, keys, wishes)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise UsageError(f"{place or asked.name}: {first['msg'].removeprefix('Value error, ')}") from None


def _check(asked: GenerateDltPipeline) -> None:
    """Nothing, unless the parameters do not go together.

    Raises:
        UsageError: what is missing, and what would work.
    """
    if not _NAME.fullmatch(asked.name):
        raise UsageError(
            f"{asked.name[:60]!r} is no name for a pipeline and no spec; write lower-case letters, digits and hyphens, "
            "at most 40, a letter first, or a file that ends in .yaml"
        )
    if not asked.source:
        raise UsageError(f"{asked.name!r} has no source; name tables or samples by --source, or give a spec (.yaml)")
    if asked.cdc != "none" and not (asked.key and asked.sequence_by):
        lacks = "--key" if not asked.key else "--sequence-by"
        raise UsageError(f"--cdc {asked.cdc} needs {lacks}: of two changes of a record one must be the newer")
    if asked.cdc != "none" and asked.mode == "batch":
        raise UsageError("--cdc reads changes as they come and --mode batch reads all rows each time; leave one out")


def _notes(asked: GenerateDltPipeline, sources: tuple[Source, ...], keys: dict[str, tuple[str, ...]]) -> list[str]:
    notes = []
    for source in sources:
        key = asked.key or keys.get(source.name, ())
        left = unlisted(source, key)
        if left:
            notes.append(f"{source.name}: ten expectations are made; {', '.join(left)} are left for you to choose")
        if source.table is not None and asked.cdc != "none":
            notes.append(f"{source.table} is read as a stream: it must hold one row a change, and only grow")
        if not key:
            notes.append(
                f"open question: which columns identify a row of {source.name}? Its table has no key until then"
            )
    return notes


COMMAND = Generate(parameters=GenerateDltPipeline, generate=_generated, epilog=_EPILOG)
