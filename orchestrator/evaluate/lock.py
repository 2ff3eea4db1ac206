"""LOCK.json of a suite: the dataset's version and the sha256 of every case, so that scores say what they are of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import EvalError, UsageError
from orchestrator.evaluate.case import Case
from orchestrator.evaluate.suite import LEFTOVERS, Suite

FILE_NAME = "LOCK.json"
UNLOCKED = "unlocked"


class Lock(BaseModel):
    """What LOCK.json says; `cases` holds the digest of each case by its place below the suite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    sha256: str
    cases: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The suite as it stands: its version, `+changed` behind it where cases differ from the lock, and its digest."""

    version: str
    sha256: str
    cases: Mapping[str, str]


def case_digest(case: Case) -> str:
    """The sha256 of every file of the case, by its path and its bytes."""
    digest = sha256()
    for path in sorted(case.folder.rglob("*")):
        if path.is_file() and LEFTOVERS.isdisjoint(path.parts):
            content = sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(case.folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def dataset(suite: Suite) -> Dataset:
    """The dataset of a whole suite.

    Raises:
        EvalError: the lock cannot be read.
    """
    digests = {case.name: case_digest(case) for case in suite.cases}
    whole = _whole(digests)
    lock = read_lock(suite.folder)
    return Dataset(version=_version(lock, whole), sha256=whole, cases=digests)


def _version(lock: Lock | None, whole: str) -> str:
    if lock is None:
        return UNLOCKED
    return lock.version if lock.sha256 == whole else f"{lock.version}+changed"


def read_lock(folder: Path) -> Lock | None:
    """The lock of the suite; None where there is none yet.

    Raises:
        EvalError: it cannot be read, or its digest is not that of its cases.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    try:
        lock = Lock.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EvalError(f"{FILE_NAME}: cannot be used; write it anew with `orchestrate eval lock`") from error
    if lock.sha256 != _whole(lock.cases):
        raise EvalError(f"{FILE_NAME}: its sha256 is not that of its cases, so it was edited by hand; write it anew")
    return lock


def differences(lock: Lock, now: Dataset) -> tuple[str, ...]:
    """What differs between the lock and the cases, a sentence a case."""
    found = []
    for name in sorted({*lock.cases, *now.cases}):
        if name not in now.cases:
            found.append(f"{name}: is in the lock of version {lock.version} and no more in the suite")
        elif name not in lock.cases:
            found.append(f"{name}: is not in the lock of version {lock.version}")
        elif lock.cases[name] != now.cases[name]:
            found.append(f"{name}: was changed since version {lock.version} was locked")
    return tuple(found)


def write_lock(suite: Suite, version: str) -> Lock:
    """Lock the cases as they stand under a version.

    Raises:
        EvalError: cases differ from the lock and the version is not a newer one.
        UsageError: the version is none.
    """
    now = dataset(suite)
    known = read_lock(suite.folder)
    if known is not None:
        changed = differences(known, now)
        if changed and _parts(version) <= _parts(known.version):
            raise EvalError(f"{changed[0]}; {len(changed)} cases differ, so give a version above {known.version}")
    _parts(version)
    lock = Lock(version=version, sha256=now.sha256, cases=dict(sorted(now.cases.items())))
    text = json.dumps(lock.model_dump(), indent=2) + "\n"
    (suite.folder / FILE_NAME).write_text(text, encoding="utf-8")
    return lock


def _parts(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise UsageError(f"{version!r} is no dataset version; give three numbers, such as 0.2.0")
    return tuple(map(int, parts))


def _whole(digests: Mapping[str, str]) -> str:
    return _sha(f"{name}\0{digest}\n" for name, digest in sorted(digests.items()))


def _sha(lines: Iterable[str]) -> str:
    return sha256("".join(lines).encode()).hexdigest()
