"""Names that go into generated code: checked, so that what is written is code and SQL as it was meant."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from orchestrator.errors import UsageError

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_PACKAGE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EXPERIMENT = re.compile(r"/?[A-Za-z0-9_.@+-]+(?:/[A-Za-z0-9_.@+ -]+)*")
_DEV, _PROD = re.compile(r"(_|^)dev(_|$)"), re.compile(r"(_|^)prod(_|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    """A name in three parts, all of them plain words."""

    catalog: str
    schema: str
    name: str

    def __str__(self) -> str:
        """`catalog.schema.name`."""
        return f"{self.catalog}.{self.schema}.{self.name}"

    @property
    def of_dev(self) -> FullName:
        """The same in the catalog of development."""
        return FullName(catalog=catalog_of_dev(self.catalog), schema=self.schema, name=self.name)


def full_name(option: str, text: str | None, example: str) -> FullName:
    """The table or model that an option names.

    Raises:
        UsageError: it is not given, or not three plain words.
    """
    parts = (text or "").split(".")
    if len(parts) != 3 or not all(_WORD.fullmatch(part) for part in parts):
        given = f"{text[:80]!r} is no full name" if text else "is missing"
        raise UsageError(f"{option} {given}; write catalog.schema.name in letters, digits and _, such as {example}")
    return FullName(catalog=parts[0], schema=parts[1], name=parts[2])


def column(option: str, text: str | None, example: str) -> str:
    """The column that an option names.

    Raises:
        UsageError: it is not given or no plain word.
    """
    if text is None:
        raise UsageError(f"{option} is missing; name the column, such as {option} {example}")
    return columns(option, (text,))[0]


def columns(option: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that an option lists.

    Raises:
        UsageError: one is no plain word, or stands there twice.
    """
    for name in names:
        if not _WORD.fullmatch(name):
            raise UsageError(f"{option} {name[:80]!r} is no plain name of a column; write letters, digits and _")
    if len(set(names)) != len(names):
        raise UsageError(f"{option} names a column twice: {', '.join(names)[:200]}")
    return names


def package(option: str, text: str) -> str:
    """The Python package that is called by a text.

    Raises:
        UsageError: no package may be called so.
    """
    name = text.lower().replace("-", "_")
    if not _PACKAGE.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"{option} {text[:80]!r} is no name; write lower-case letters, digits and hyphens, at most 40")
    return name


def experiment(text: str | None, otherwise: str) -> str:
    """The workspace path of an experiment; a bare name stands under /Shared.

    Raises:
        UsageError: it is no path.
    """
    name = text or otherwise
    if len(name) > 200 or not _EXPERIMENT.fullmatch(name) or ".." in name:
        raise UsageError(f"--experiment-name {name[:80]!r} is no path of an experiment; write such as /Shared/churn")
    return name if name.startswith("/") else f"/Shared/{name}"


def catalog_of_dev(catalog: str) -> str:
    """The catalog of development beside one of production; one of development is its own."""
    if _DEV.search(catalog):
        return catalog
    renamed = _PROD.sub(r"\1dev\2", catalog)
    return renamed if renamed != catalog else f"{catalog}_dev"
