"""The pinned packages of the corpus: what `corpus.toml` says, checked and typed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS_FILE = HERE / "corpus.toml"
DEFAULT_DESTINATION = HERE.parent.parent / ".corpus"

_FIELDS = frozenset({"name", "version", "kind", "file", "sha256", "licence", "holds"})
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CorpusError(Exception):
    """Ends a script through a pin, a download or an archive that cannot be used."""


class Kind(StrEnum):
    """The two forms in which the package index serves a release."""

    SDIST = "sdist"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One pinned release: the file with this SHA-256 and no other."""

    name: str
    version: str
    kind: Kind
    file: str
    sha256: str
    licence: str
    holds: str

    @property
    def folder(self) -> str:
        """The directory below the corpus that the release is unpacked into."""
        return f"{self.name}-{self.version}"


def read_packages(path: Path = CORPUS_FILE) -> tuple[Package, ...]:
    """Every pinned package, in the order of the file.

    Raises:
        CorpusError: the file is not TOML, or a pin lacks a field, has an unknown one or an unsafe value.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("package", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}") from error
    packages = tuple(_package(entry) for entry in entries)
    folders = [package.folder for package in packages]
    twice = sorted({folder for folder in folders if folders.count(folder) > 1})
    if twice:
        raise CorpusError(f"pinned more than once: {', '.join(twice)}")
    return packages


def chosen(packages: tuple[Package, ...], names: str | None) -> tuple[Package, ...]:
    """The packages of a comma-separated list of names; all of them when there is no list.

    Raises:
        CorpusError: a name is not pinned.
    """
    if names is None:
        return packages
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    unknown = sorted(wanted - {package.name for package in packages})
    if unknown:
        raise CorpusError(f"not pinned in corpus.toml: {', '.join(unknown)}")
    return tuple(package for package in packages if package.name in wanted)


def _package(entry: dict[str, str]) -> Package:
    if set(entry) != _FIELDS or not all(isinstance(value, str) for value in entry.values()):
        raise CorpusError(f"a pin has the text fields {', '.join(sorted(_FIELDS))}; found {entry!r}")
    if not all(_SAFE_NAME.fullmatch(entry[field]) for field in ("name", "version", "file")):
        raise CorpusError(f"unsafe name, version or file in {entry!r}")
    if not _SHA256.fullmatch(entry["sha256"]):
        raise CorpusError(f"{entry['name']!r} needs a SHA-256 of 64 lower-case hexadecimal digits")
    if entry["kind"] not in {kind.value for kind in Kind}:
        raise CorpusError(f"{entry['name']!r} has kind {entry['kind']!r}; it is either sdist or wheel")
    return Package(
        name=entry["name"],
        version=entry["version"],
        kind=Kind(entry["kind"]),
        file=entry["file"],
        sha256=entry["sha256"],
        licence=entry["licence"],
        holds=entry["holds"],
    )
