"""`create-feature-table`: a time series feature table, its computation, its lookups, tests and job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.create_feature_table.shape import Features, statement
from orchestrator.workflows.generate.learning.columns import Known, known, needs, needs_moment
from orchestrator.workflows.generate.learning.names import FullName, column, columns, full_name, package
from orchestrator.workflows.generate.learning.part import SPARK, Part, folder
from orchestrator.workflows.generate.learning.templates import Words, rendered
from orchestrator.workflows.generate.shape import Generate, Generated

_ONLINE = "| `src/template_part/publish.py` | the copy in the online store; it runs on Databricks only |\n"
_MOST_BYTES = 63
_EPILOG = """examples:
  orchestrate create-feature-table ml.features.customer_activity --source sales.silver.orders --entity customer_id \\
      --event-time ordered_at --values amount
  orchestrate create-feature-table ml.features.customer_activity --source retail_prod.silver.orders \\
      --entity customer_id --event-time order_ts --online --workspace sandbox
"""


class CreateFeatureTable(Parameters):
    """What is asked for."""

    table: str
    entity: tuple[str, ...] = ()
    time_column: str = "available_at"
    source: tuple[str, ...] = ()
    event_time: str | None = None
    values: tuple[str, ...] = Field(default=(), max_length=50)
    windows: tuple[Annotated[int, Field(ge=1, le=1100)], ...] = Field(default=(7, 30, 90), min_length=1, max_length=12)
    delay_hours: int = Field(default=24, ge=0, le=24 * 60)
    online: bool = False
    path: Path = Path()
    into: Path | None = None


def _generated(asked: CreateFeatureTable, site: Site) -> Generated:
    table = full_name("the table", asked.table, "ml.features.customer_activity")
    source = _source(asked, table)
    found = known(source, site, site.path(asked.path))
    wanted = _features(asked, source, found)
    if asked.online and len(f"{table.name}_online".encode()) > _MOST_BYTES:
        raise UsageError(
            f"{table.name}_online is longer than the {_MOST_BYTES} bytes that an online table's name may have"
        )
    part = Part(
        package=package("the table", f"{table.name}_features"),
        description=f"Computes {table.name} from {source.name}.",
        writes=table,
        reads=source,
        requires=("databricks-sdk>=0.60,<1",) if asked.online else (),
        develops=("pandas>=2.2,<3", SPARK),
        scripts={"compute": "features:main", **({"publish": "publish:main"} if asked.online else {})},
    )
    words = {
        "template_online_file\n": _ONLINE if asked.online else "",
        "template_result": str(table),
        "template_moment": asked.time_column,
        **part.words(),
    }
    into = folder(asked.into and site.path(asked.into), site.path(asked.path), part.name)
    where = "features_online" if asked.online else "features_offline"
    files = rendered(("part", "features", where), Words(words=words, values=wanted.values))
    return Generated(
        into=into,
        files=(*files, NewFile(path=f"sql/{table.name}.sql", text=statement(wanted, table, source, found))),
        tables=(_decisions(wanted),),
        gaps=(found.gap,) if found.gap else (),
        questions=_questions(wanted, part, found),
        following="labels joined by lookups.py in a table of their own, then train-model --table on it",
        run_in=".",
    )


def _source(asked: CreateFeatureTable, table: FullName) -> FullName:
    if len(asked.source) > 1:
        raise UsageError(
            f"--source names {len(asked.source)} tables: write one feature table for each, and look both up"
        )
    source = full_name("--source", next(iter(asked.source), None), "sales.silver.orders")
    if source == table:
        raise UsageError(f"--source {source} is the feature table itself; name the table of the events")
    return source


def _features(asked: CreateFeatureTable, source: FullName, found: Known) -> Features:
    entity = columns("--entity", asked.entity)
    if not entity:
        raise UsageError("--entity is missing; name the columns of the key, such as --entity customer_id")
    event_time = column("--event-time", asked.event_time, "ordered_at")
    needs_moment(found, source, event_time, option="--event-time")
    values = columns("--values", asked.values)
    for option, names in (("--entity", entity), ("--values", values)):
        for name in names:
            needs(found, source, option, name, ())
    numbers = found.numbers(but=(*entity, event_time))
    text = next((name for name in values if found.columns and name not in numbers), None)
    if text is not None or {*values} & {*entity, event_time}:
        raise UsageError(f"--values {text or values[0]!r} is no number to be summed; leave it out")
    return Features(
        entity=entity,
        event_time=event_time,
        values_of=values,
        windows=tuple(sorted(set(asked.windows))),
        available_at=column("--time-column", asked.time_column, "available_at"),
        delay_hours=asked.delay_hours,
    )


def _questions(wanted: Features, part: Part, found: Known) -> tuple[str, ...]:
    asked = [f"has the job of midnight written within {wanted.delay_hours} hours? Else a training set knows too much"]
    if not wanted.values_of:
        others = ", ".join(found.measures(but=(*wanted.entity, wanted.event_time))[:8])
        asked.append(
            f"which numbers are summed? Only events are counted; --values names them{others and f': {others}'}"
        )
    if not found.columns:
        asked.append(f"which types have {', '.join(wanted.entity)}? The statement of the table says STRING")
    return (*asked, part.to_fill_in)


def _decisions(wanted: Features) -> Table:
    rows = tuple((name, said, empty, source) for name, _, said, empty, source in wanted.described())
    note = f"true at midnight UTC, readable {wanted.delay_hours} h later ({wanted.available_at})"
    return Table(title="Features", columns=("feature", "what", "without events", "from"), rows=rows, note=note)


COMMAND = Generate(parameters=CreateFeatureTable, generate=_generated, epilog=_EPILOG)
