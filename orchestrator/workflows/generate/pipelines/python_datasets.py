"""The transformations in Python: the sources, and a file of datasets for each layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from orchestrator.workflows.generate.pipelines.graph import BROKEN, ordered, source_of
from orchestrator.workflows.generate.pipelines.model import LAYERS, Action, Layer, Pipeline
from orchestrator.workflows.generate.pipelines.python_rows import rules_name
from orchestrator.workflows.generate.pipelines.shape import Built, built, source_views
from orchestrator.workflows.generate.pipelines.text import docstring, entry, literal, strings

_DECORATORS: tuple[tuple[Action, str], ...] = (
    ("warn", "expect_all"),
    ("drop", "expect_all_or_drop"),
    ("fail", "expect_all_or_fail"),
)
_ABOUT: dict[Layer, str] = {
    "bronze": "Bronze: what arrived, once. Nothing is dropped here.",
    "silver": "Silver: typed and checked rows, and what was refused and why.",
    "gold": "Gold: a table for each question, computed over all rows, so that late ones are counted.",
}
_READ = '''

def {name}(source: str) -> DataFrame:
    """{about} of a source: of its table, or of its files where the configuration names a folder.

    A dry run names folders of made-up rows.{option_said}
    """
    table = spark.conf.get(f"{word}.{{source}}.table", "")
    if table:
        return spark.{reader}.table(table).select(*SCHEMAS[source])
    schema = ", ".join(f"`{{column}}` {{kind}}" for column, kind in SCHEMAS[source].items())
    files = spark.{reader}.format(spark.conf.get(f"{word}.{{source}}.{key}")).schema(schema)
    path = spark.conf.get(f"{word}.{{source}}.path")
    return files{option}.load(path)'''


def sources_file(pipeline: Pipeline) -> str:
    """The one file that knows where the sources are: a temporary view for each."""
    views = source_views(pipeline)
    landed = any(source.path is not None for source in pipeline.sources)
    lines = [
        '"""The sources: the one file that reads what the pipeline does not write."""',
        "",
        *_imports([f"from {pipeline.word} import SCHEMAS"], expressed=landed),
        "",
        "spark = SparkSession.active()",
        *_readers(pipeline, views),
        *chain.from_iterable(_view(pipeline, name, streaming=streaming) for name, streaming in views),
        "",
    ]
    return "\n".join(lines)


def _imports(own: list[str], *, expressed: bool) -> list[str]:
    """The imports from modules, in the order of their names."""
    of_spark = ["from pyspark import pipelines as dp", "from pyspark.sql import DataFrame, SparkSession"]
    more = ["from pyspark.sql import functions as F"] if expressed else []
    return sorted([*own, *of_spark, *more], key=lambda line: line.split(" ")[1])


def _readers(pipeline: Pipeline, views: tuple[tuple[str, bool], ...]) -> Iterator[str]:
    formats = {source.name: source.format for source in pipeline.sources if source.path is not None}
    if formats:
        yield "FORMATS = {" + ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in formats.items()) + "}"
    known = 'FORMATS.get(source, "json")' if formats else '"json"'
    for streaming in (True, False):
        if any(view[1] == streaming for view in views):
            yield from _READ.format(
                name="stream" if streaming else "snapshot",
                about="New rows" if streaming else "All rows",
                reader="readStream" if streaming else "read",
                key="format" if streaming else "batch_format",
                word=pipeline.word,
                option=f'.option("cloudFiles.format", {known})' if streaming else "",
                option_said=" The option is Auto Loader's and means nothing to others." if streaming else "",
            ).split("\n")


def _view(pipeline: Pipeline, name: str, *, streaming: bool) -> Iterator[str]:
    source = source_of(pipeline, name)
    if source is None:
        return
    read = f"{'stream' if streaming else 'snapshot'}({literal(name)})"
    yield from ("", "", "@dp.temporary_view")
    yield f"def source_{name}{'' if streaming else '_rows'}() -> DataFrame:"
    yield from docstring(source.comment or f"Rows of {name.replace('_', ' ')} as they are delivered.")
    if source.path is None:
        yield f"    return {read}"
        return
    yield f"    return {read}.select("
    yield '        "*", F.col("_metadata.file_path").alias("source_file"), F.current_timestamp().alias("ingested_at")'
    yield "    )"


def layer_files(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """The name and text of the file of each layer that has tables."""
    for layer in LAYERS:
        tables = tuple(table for table in ordered(pipeline) if table.layer == layer)
        if tables:
            yield f"{layer}.py", _layer(pipeline, layer, built(pipeline, tables))


def _layer(pipeline: Pipeline, layer: Layer, tables: tuple[Built, ...]) -> str:
    body = list(chain.from_iterable(_datasets(table) for table in tables))
    used = sorted({name for table in tables for action, name in _DECORATORS if table.rules(action)})
    own = [f"from expectations import {', '.join(used)}"] if used else []
    text = "\n".join(body)
    lines = [
        f'"""{_ABOUT[layer]}"""',
        "",
        *([f"import {pipeline.word} as tables"] if "tables." in text else []),
        *_imports(own, expressed="F." in text),
        "",
        "spark = SparkSession.active()",
        *body,
        "",
    ]
    return "\n".join(lines)


def _datasets(table: Built) -> Iterator[str]:
    if table.is_judged:
        yield from _checked(table)
        yield from _quarantine(table)
    if table.table.changes is not None:
        yield from _valid(table)
        yield from _changed(table)
    else:
        yield from _dataset(table)


def _checked(table: Built) -> Iterator[str]:
    name = f"checked_{table.table.name}"
    yield from ("", "", "@dp.temporary_view", f"def {name}() -> DataFrame:")
    yield '    """Every row with the names of the rules that it breaks: judged once, so that no row is lost."""'
    yield from _shaped(table, f"tables.{name}", "    return ")


def _quarantine(table: Built) -> Iterator[str]:
    name = f"{table.table.name}_quarantine"
    about = f"Rows refused by {table.table.name}, with the names of the rules that they break."
    yield from _decorated(table, about, ())
    yield f"def {name}() -> DataFrame:"
    yield '    """The refused rows: kept for repair at the source, not for use."""'
    yield f'    return {_reader(table)}.table("checked_{table.table.name}").filter("size({BROKEN}) > 0")'


def _valid(table: Built) -> Iterator[str]:
    yield from ("", "", "@dp.temporary_view", *_expected(table))
    yield f"def valid_{table.table.name}() -> DataFrame:"
    yield f'    """The changes that may enter {table.table.name}."""'
    yield from _rows(table)


def _dataset(table: Built) -> Iterator[str]:
    yield from _decorated(table, table.table.comment, table.table.cluster_by)
    yield from _expected(table)
    yield f"def {table.table.name}() -> DataFrame:"
    yield from docstring(table.table.comment)
    yield from _rows(table)


def _rows(table: Built) -> Iterator[str]:
    """What a dataset returns: the valid rows of a judged table, else the shaped ones."""
    if not table.is_judged:
        yield from _shaped(table, f"tables.{table.table.name}", "    return ")
        return
    valid = f'{_reader(table)}.table("checked_{table.table.name}").filter("size({BROKEN}) = 0")'
    if table.table.changes is not None:
        yield f"    return {valid}"
        return
    yield f"    valid = {valid}"
    names = [literal(name) for name in table.columns]
    line = f"    return valid.select({', '.join(names)})"
    if len(line) <= 120:
        yield line
        return
    yield from ("    return valid.select(", *(f"        {name}," for name in names), "    )")


def _shaped(table: Built, function: str, before: str) -> Iterator[str]:
    reads = [f"{_reader(table)}.table({literal(table.reads)})"]
    reads += [f"spark.read.table({literal(table.dataset(join.table, streaming=False))})" for join in table.table.joins]
    if not table.is_shaped and not table.is_judged:
        yield f"{before}{reads[0]}"
        return
    line = f"{before}{function}({', '.join(reads)})"
    if len(line) <= 120:
        yield line
        return
    inner = f"        {', '.join(reads)}"
    yield f"{before}{function}("
    yield from ([inner] if len(inner) <= 120 else [f"        {each}," for each in reads])
    yield "    )"


def _decorated(table: Built, about: str, cluster_by: tuple[str, ...]) -> Iterator[str]:
    yield from ("", "")
    yield "@dp.table(" if table.streams else "@dp.materialized_view("
    yield from entry("comment=", about, 4)
    if cluster_by:
        yield f"    cluster_by={strings(cluster_by)},"
    if table.forgets and not about.startswith("Rows refused"):
        yield "    # A full refresh must not empty what the source no longer has."
        yield '    table_properties={"pipelines.reset.allowed": "false"},'
    yield ")"


def _expected(table: Built) -> Iterator[str]:
    for action, decorator in _DECORATORS:
        if table.rules(action):
            yield f"@{decorator}(tables.{rules_name(table, action)})"


def _changed(table: Built) -> Iterator[str]:
    """The table with changes: a streaming table that AUTO CDC fills."""
    wanted, changes = table.table, table.table.changes
    if changes is None:
        return
    yield from ("", "")
    yield "# Duplicates, repeated deliveries and late changes end in the same state: the newest change of a key wins."
    yield "dp.create_streaming_table("
    yield f"    {literal(wanted.name)},"
    yield from entry("comment=", wanted.comment, 4)
    if wanted.cluster_by:
        yield f"    cluster_by={strings(wanted.cluster_by)},"
    yield from (")", "dp.create_auto_cdc_flow(")
    yield f"    target={literal(wanted.name)},"
    yield f"    source={literal(f'valid_{wanted.name}')},"
    yield f"    keys={strings(wanted.key)},"
    sequence = [literal(name) for name in changes.sequence_by]
    yield f"    sequence_by={sequence[0] if len(sequence) == 1 else 'F.struct(' + ', '.join(sequence) + ')'},"
    if changes.deletes is not None:
        yield f"    apply_as_deletes=F.expr({literal(changes.deletes)}),"
    if table.left_out:
        yield f"    except_column_list={strings(table.left_out)},"
    yield f"    stored_as_scd_type={changes.scd},"
    yield ")"


def _reader(table: Built) -> str:
    return "spark.readStream" if table.streams else "spark.read"
