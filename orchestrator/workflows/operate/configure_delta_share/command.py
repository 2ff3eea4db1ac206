"""`configure-delta-share SHARE`: objects and recipients of a share brought to what its file says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.configure_delta_share import preflight as judged
from orchestrator.workflows.operate.configure_delta_share.preflight import Preflight, contracts_below
from orchestrator.workflows.operate.configure_delta_share.share_file import (
    Login,
    Name,
    Recipient,
    SharedObject,
    ShareFile,
    read_share_file,
)
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.catalog.share_settings import (
    ReaderSetting,
    RecipientSetting,
    SharedSetting,
    ShareSetting,
    find_recipient,
    find_share,
    object_state,
)
from orchestrator.workspace.catalog.sharing import Share, readers
from orchestrator.workspace.catalog.sharing import share as shown_share
from orchestrator.workspace.changes import Goal, State

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_EPILOG = """examples:
  orchestrate configure-delta-share broker_figures --file shares/broker_figures.yml --workspace sandbox
  orchestrate configure-delta-share orders --table main.out.orders_v1 --recipient acme --workspace prod
  orchestrate configure-delta-share orders --allow-removals --workspace prod --apply --approve 3f9a0c1d2e4b
"""
_TYPES = {"VIEW": "VIEW", "MATERIALIZED_VIEW": "MATERIALIZED_VIEW", "STREAMING_TABLE": "STREAMING_TABLE"}
_DATA = frozenset({None, "TABLE", "VIEW", "MATERIALIZED_VIEW", "STREAMING_TABLE", "FOREIGN_TABLE"})


class ConfigureDeltaShare(Parameters):
    """What is asked for."""

    share: Name
    file: Path | None = None
    table: tuple[Name, ...] = Field(default=(), max_length=200)
    recipient: tuple[Name, ...] = Field(default=(), max_length=100)
    login: Annotated[Login | None, Field()] = None
    allow_removals: bool = False


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What is wanted, what is live, and what was found about it."""

    site: Site
    file: ShareFile
    live: Share | None
    everyone: tuple[Recipient, ...]
    found: Preflight
    removals: bool


def _desired(asked: ConfigureDeltaShare, site: Site) -> Desired:
    live = site.workspace.ask(f"read the share {asked.share}", partial(_live, asked.share), privilege="USE SHARE")
    file = _with(_file(asked, site, live), asked)
    wanted = _Wanted(
        site=site,
        file=file,
        live=live,
        everyone=file.everyone(asked.login),
        found=Preflight(site=site, contracts=contracts_below(site)),
        removals=asked.allow_removals,
    )
    if not file.objects and not file.recipients:
        raise UsageError(f"the share {asked.share!r} would be empty: give --file, or --table and --recipient")
    goals = tuple(_goals(wanted))
    site.progress("looking at the recipients")
    wanted.found.recipients(each.name for each in wanted.everyone)
    if live is not None and "@" in (live.owner or ""):
        wanted.found.see(judged.OWNED, asked.share, f"share {asked.share} belongs to {live.owner}")
    result = Result(
        facts=wanted.found.noted.facts(),
        observations=tuple(wanted.found.noted.observations),
        tables=(_leaves(wanted),),
        gaps=tuple(wanted.found.gaps),
        notes=(*_stays(wanted), "what was read, or handed out as a URL, stays outside whatever is taken back here"),
    )
    return Desired(title=f"share {asked.share}", goals=goals, result=result)


def _live(name: str, client: WorkspaceClient) -> Share | None:
    found = find_share(client, name)
    if found is None:
        return None
    granted, more = readers(client, name)
    return shown_share(found, granted, "there are more readers than the first page tells" if more else None)


def _file(asked: ConfigureDeltaShare, site: Site, live: Share | None) -> ShareFile:
    """The file, or what is live where none is there."""
    path = site.path(asked.file or Path("shares") / f"{asked.share}.yml")
    if asked.file is not None or path.is_file():
        return read_share_file(path, asked.share)
    if not asked.table and not asked.recipient:
        raise UsageError(
            f"there is no share file {str(path)!r}: give --file, or what to add with --table or --recipient"
        )
    if live is None:
        return ShareFile(share=asked.share)
    objects = tuple(
        SharedObject.model_validate(
            {"name": each.name, "type": each.kind, "shared_as": each.shared_as, "history": each.history == "ENABLED"}
        )
        for each in live.objects
    )
    return ShareFile(
        share=asked.share,
        comment=live.comment or "",
        objects=objects,
        recipients=tuple(each.recipient for each in live.readers),
    )


def _with(file: ShareFile, asked: ConfigureDeltaShare) -> ShareFile:
    """The file with what was named beside it."""
    names = {each.name for each in file.objects}
    known = {each.name for each in file.everyone(None)}
    objects = (*file.objects, *(SharedObject(name=name) for name in asked.table if name not in names))
    recipients = (*file.recipients, *(name for name in asked.recipient if name not in known))
    return file.model_copy(update={"objects": objects, "recipients": recipients})


def _goals(wanted: _Wanted) -> Iterator[Goal]:
    """The share, its objects, its recipients; what is taken away comes first, what is given last."""
    comment: State = (wanted.file.comment,)
    yield Goal(setting=ShareSetting(name=wanted.file.share), wanted=lambda _now: comment)
    if wanted.removals:
        yield from _removals(wanted)
    for each in wanted.file.objects:
        wanted.site.progress(f"looking at {each.name}")
        yield _object(wanted, each)
    for recipient in wanted.everyone:
        yield from _recipient(wanted, recipient)


def _object(wanted: _Wanted, each: SharedObject) -> Goal:
    kind = each.type
    if kind in _DATA:
        live = next(
            (shared for shared in (wanted.live.objects if wanted.live else ()) if shared.name == each.name), None
        )
        table = wanted.found.table(each.name, already=live is not None)
        kind = kind or SharedObject.model_validate({"name": each.name, "type": _TYPES.get(table.kind, "TABLE")}).type
    elif kind == "SCHEMA":
        wanted.found.see(judged.WHOLE_SCHEMA, each.name, f"the whole schema {each.name} would be shared")
    alias = each.shared_as or ".".join(each.name.split(".")[-2:])
    state = object_state(str(kind), alias, history=each.history)
    setting = SharedSetting(share=wanted.file.share, name=each.name, type=str(kind))
    return Goal(setting=setting, wanted=lambda _now: state)


def _recipient(wanted: _Wanted, each: Recipient) -> Iterator[Goal]:
    found = wanted.site.workspace.ask(
        f"read the recipient {each.name}", lambda client: find_recipient(client, each.name)
    )
    setting = _new(each) if found is None else None
    if found is None and setting is None:
        said = "by token" if each.login == "token" else "in a way that its entry does not say in full"
        wanted.found.see(judged.TOKEN, each.name, f"the new recipient {each.name} would log in {said}")
        return
    if setting is not None:
        state = setting.wanted()
        yield Goal(setting=setting, wanted=lambda _now: state)
    reads = ReaderSetting(share=wanted.file.share, recipient=each.name)
    yield Goal(setting=reads, wanted=lambda now: tuple(sorted({*(now or ()), "SELECT"})))


def _new(each: Recipient) -> RecipientSetting | None:
    """The recipient to make; None where what is known is not enough, or it would have a token."""
    if each.login == "databricks" and each.metastore:
        return RecipientSetting(name=each.name, login="DATABRICKS", comment=each.comment, metastore=each.metastore)
    if each.login == "oidc" and each.oidc is not None:
        return RecipientSetting(
            name=each.name,
            login="OIDC_FEDERATION",
            comment=each.comment,
            issuer=each.oidc.issuer,
            claim=each.oidc.subject_claim,
            subject_value=each.oidc.subject,
            audiences=each.oidc.audiences,
        )
    return None


def _removals(wanted: _Wanted) -> Iterator[Goal]:
    if wanted.live is None:
        return
    for reader in _gone_readers(wanted):
        setting = ReaderSetting(share=wanted.file.share, recipient=reader)
        yield Goal(setting=setting, wanted=lambda _now: ())
    kinds = {each.name: each.kind or "TABLE" for each in wanted.live.objects}
    for name in _gone_objects(wanted):
        yield Goal(
            setting=SharedSetting(share=wanted.file.share, name=name, type=kinds[name]), wanted=lambda _now: None
        )


def _gone_readers(wanted: _Wanted) -> list[str]:
    kept = {each.name for each in wanted.everyone}
    return [each.recipient for each in (wanted.live.readers if wanted.live else ()) if each.recipient not in kept]


def _gone_objects(wanted: _Wanted) -> list[str]:
    kept = {each.name for each in wanted.file.objects}
    return [each.name for each in (wanted.live.objects if wanted.live else ()) if each.name not in kept]


def _stays(wanted: _Wanted) -> tuple[str, ...]:
    gone = [*_gone_objects(wanted), *(f"recipient {name}" for name in _gone_readers(wanted))]
    if not gone or wanted.removals:
        return ()
    return (f"stays although the file does not name it: {', '.join(gone)}; --allow-removals takes it away",)


def _leaves(wanted: _Wanted) -> Table:
    whom = ", ".join(each.name for each in wanted.everyone) or "nobody"
    rows = tuple((each.name, each.shared_as or "", each.history, whom) for each in wanted.file.objects)
    return Table(title="What leaves, and to whom", columns=("object", "shared as", "history", "recipients"), rows=rows)


COMMAND = Operate(parameters=ConfigureDeltaShare, desired=_desired, epilog=_EPILOG)
