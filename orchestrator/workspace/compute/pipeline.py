"""A declarative pipeline: its settings, its newest updates and what its log says of trouble."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, safe_settings, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.pipelines import GetPipelineResponse, PipelineEvent, PipelineLibrary, PipelineStateInfo

MAX_SOURCES = 100


class PipelineSummary(Record):
    """A pipeline in a listing."""

    pipeline_id: str
    name: str
    state: str | None
    health: str | None
    creator: str | None
    run_as: str | None
    last_update: str | None
    """the state of the newest update and its start, as `FAILED 2026-11-01T05:00:00.000Z`"""


class PipelineNotice(Record):
    """An entry of a pipeline's log that tells of a warning or an error."""

    at: str | None
    level: str | None
    kind: str | None
    message: str | None


class Pipeline(PipelineSummary):
    """A pipeline with its settings."""

    catalog: str | None
    schema_name: str | None
    channel: str | None
    edition: str | None
    continuous: bool
    development: bool
    serverless: bool
    photon: bool
    sources: tuple[str, ...]
    """notebooks, files and folders"""
    configuration: dict[str, str]
    updates: tuple[str, ...]
    """the newest ones, as `COMPLETED 2026-11-01T05:00:00.000Z update-id`"""
    notices: tuple[PipelineNotice, ...]
    notices_unread: str | None
    """why the log could not be read"""


def pipeline_summary(found: PipelineStateInfo | GetPipelineResponse) -> PipelineSummary:
    """The pipeline as a listing shows it."""
    updates = _updates(found)
    return PipelineSummary(
        pipeline_id=found.pipeline_id or "",
        name=brief(found.name, 300) or "",
        state=word(found.state),
        health=word(found.health),
        creator=found.creator_user_name,
        run_as=found.run_as_user_name,
        last_update=updates[0].rpartition(" ")[0] if updates else None,
    )


def pipeline(found: GetPipelineResponse, events: Iterable[PipelineEvent], unread: str | None) -> Pipeline:
    """The pipeline with its settings and the warnings and errors of its log."""
    from databricks.sdk.service.pipelines import PipelineSpec

    spec = found.spec or PipelineSpec()
    return Pipeline(
        **dict(pipeline_summary(found)),
        catalog=spec.catalog,
        schema_name=spec.schema or spec.target,
        channel=spec.channel,
        edition=spec.edition,
        continuous=bool(spec.continuous),
        development=bool(spec.development),
        serverless=bool(spec.serverless),
        photon=bool(spec.photon),
        sources=tuple(text for item in (spec.libraries or ())[:MAX_SOURCES] if (text := _path(item))),
        configuration=safe_settings(spec.configuration),
        updates=_updates(found),
        notices=tuple(_notice(event) for event in events),
        notices_unread=unread,
    )


def _updates(found: PipelineStateInfo | GetPipelineResponse) -> tuple[str, ...]:
    return tuple(
        f"{word(item.state)} {item.creation_time} {item.update_id}" for item in (found.latest_updates or ())[:10]
    )


def _path(library: PipelineLibrary) -> str | None:
    if library.notebook is not None:
        return library.notebook.path
    if library.file is not None:
        return library.file.path
    return library.glob.include if library.glob is not None else None


def _notice(event: PipelineEvent) -> PipelineNotice:
    return PipelineNotice(
        at=event.timestamp, level=word(event.level), kind=event.event_type, message=brief(event.message, 1_000)
    )
