"""The file of a change set: what would be changed, by which calls, on which conditions, and the way back of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import cast, get_type_hints

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from orchestrator.errors import UsageError
from orchestrator.workspace.changes import Change, ChangeSet, Setting, ShownChange, digest
from orchestrator.workspace.records import Record

FOLDER = ".orchestrate/changes"
FORMAT = "orchestrate-change-set/1"
SHORTEST_APPROVAL = 12
"""Characters of the hash that an approval gives at least."""
_SETTINGS = "orchestrator.workspace."
_CONNECTIONS = ("registry", "secret")
"""Fields of settings that are not kept: a connection, which whoever takes a set back gives again, and what no file may
hold, of which a setting has a default."""


class KeptChange(Record):
    """One change: it is made only while the setting reads `before`, and taken back by `inverse`."""

    subject: str
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    call: str
    inverse: str
    """the call that takes it back"""
    kind: str
    """the class of the setting"""
    setting: dict[str, JsonValue]


class KeptSet(Record):
    """A change set as it is kept on disk."""

    format: str
    command: str
    title: str
    workspace: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    changes: tuple[KeptChange, ...]
    notes: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether it is what its hash was made of."""
        shown = (
            ShownChange(subject=each.subject, before=each.before, after=each.after, call=each.call)
            for each in self.changes
        )
        return self.format == FORMAT and digest(self.title, self.workspace, shown) == self.sha256


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a change set and the journal of its applying are."""

    folder: Path
    sha256: str

    @property
    def file(self) -> Path:
        """The change set."""
        return self.folder / f"{self.sha256[:SHORTEST_APPROVAL]}.json"

    @property
    def journal(self) -> Path:
        """What became of it, a line a step."""
        return self.folder / f"{self.sha256[:SHORTEST_APPROVAL]}.journal.jsonl"


def place(root: Path, sha256: str) -> Place:
    """Where a set of that hash is kept below the folder in which the command was called."""
    return Place(folder=root / FOLDER, sha256=sha256)


def keep(root: Path, command: str, changes: ChangeSet) -> Place:
    """Write the set to its file.

    Raises:
        UsageError: the file cannot be written.
    """
    kept = KeptSet(
        format=FORMAT,
        command=command,
        title=changes.title,
        workspace=changes.workspace,
        sha256=changes.sha256,
        changes=tuple(map(_kept, changes.changes)),
        notes=changes.notes,
    )
    found = place(root, changes.sha256)
    try:
        found.folder.mkdir(parents=True, exist_ok=True)
        _write_whole(found.file, json.dumps(kept.model_dump(mode="json"), indent=2) + "\n")
    except OSError as error:
        raise UsageError(f"the change set {str(found.file)!r} cannot be written ({error.strerror})") from error
    return found


def _write_whole(file: Path, text: str) -> None:
    """Write a file that is never seen half written."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def kept_set(root: Path, approval: str) -> KeptSet:
    """The set whose hash begins so.

    Raises:
        UsageError: there is none, or its file is damaged.
    """
    check_approval(approval)
    file = place(root, approval).file
    shown = f"{FOLDER}/{file.name}"
    try:
        found = KeptSet.model_validate_json(file.read_bytes())
    except OSError:
        raise UsageError(f"no change set {approval[:64]!r} is kept in {FOLDER}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"the change set {shown} is damaged ({where}: {first['msg'][:200]})") from None
    if not found.sha256.startswith(approval):
        raise UsageError(f"no change set {approval[:64]!r} is kept in {FOLDER}; {file.name} is another one")
    if not found.whole:
        raise UsageError(f"the change set {shown} is damaged (it is not what its hash was made of)")
    return found


def check_approval(given: str) -> None:
    """Nothing, where this can be the beginning of a hash.

    Raises:
        UsageError: it is too short or no hexadecimal number.
    """
    if len(given) < SHORTEST_APPROVAL or set(given) - set("0123456789abcdef"):
        raise UsageError(
            f"{given[:80]!r} names no change set; give the first {SHORTEST_APPROVAL} or more characters of its hash"
        )


def restored(kept: KeptChange, connections: Mapping[str, object]) -> Setting:
    """The setting of a kept change.

    Raises:
        UsageError: it cannot be made again; the sentence names the call that takes it back by hand.
    """
    module, _, name = kept.kind.rpartition(":")
    found = getattr(import_module(module), name, None) if module.startswith(_SETTINGS) else None
    if not isinstance(found, type) or not is_dataclass(found):
        raise UsageError(f"the kept change of {kept.subject!r} is of no known kind; by hand: {kept.inverse}")
    given = {each.name: connections[each.name] for each in fields(found) if each.name in connections}
    adapters = _adapters(found)
    try:
        parts = {name: adapters[name].validate_python(value) for name, value in kept.setting.items()}
        setting = cast("Setting", found(**parts, **given))
        same = setting.subject == kept.subject and setting.call(kept.before, kept.after) == kept.call
    except (KeyError, TypeError, ValueError, IndexError):
        same = False
    if not same:
        raise UsageError(f"the kept change of {kept.subject!r} is damaged; by hand: {kept.inverse}")
    return setting


def _kept(change: Change) -> KeptChange:
    kind = type(change.setting)
    return KeptChange(
        subject=change.setting.subject,
        before=change.before,
        after=change.after,
        call=change.setting.call(change.before, change.after),
        inverse=change.setting.call(change.after, change.before),
        kind=f"{kind.__module__}:{kind.__qualname__}",
        setting=_parts(change.setting),
    )


def _parts(setting: Setting) -> dict[str, JsonValue]:
    """The fields of a setting as plain values, connections left out."""
    if not is_dataclass(setting):
        return {}
    adapters = _adapters(type(setting))
    return {name: adapter.dump_python(getattr(setting, name), mode="json") for name, adapter in adapters.items()}


def _adapters(kind: type) -> dict[str, TypeAdapter[object]]:
    """How each field of a setting is written and read, connections left out."""
    hints = get_type_hints(kind)
    return {name: TypeAdapter(hint) for name, hint in hints.items() if name not in _CONNECTIONS}
