"""The dated facts about Databricks, read from `platform.json`: each says since when it is known and where from.

Nothing here asks for the time: whoever wants to know what has ended passes `today`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Support: TypeAlias = Literal["supported", "ending", "ended", "unknown"]
DAYS_OF_WARNING = 90
"""How many days before its end a runtime counts as ending."""
_DAYS_OF_SHORT_SUPPORT = 184


@dataclass(frozen=True, kw_only=True)
class RuntimeRelease:
    """One Databricks Runtime; `end_of_support` is None where no date is set yet, `mlflow` is that of its ML variant."""

    version: str
    lts: bool
    spark: str
    released: date
    end_of_support: date | None
    mlflow: str | None
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class DeprecatedField:
    """A field of a bundle that is on its way out.

    `resource` is a section under `resources`, or empty for a path from the bundle's root; `[]` in `path` means every
    element. With a `value` only that value is deprecated. A `safe_rename` keeps its meaning when only the key changes.
    """

    resource: str
    path: str
    value: str | None
    replacement: str | None
    safe_rename: bool
    note: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class RemovedApi:
    """A module, service or argument that is gone or going.

    `removed_in_runtime` is the first runtime without it, of its ML variant alone if `ml_only`.
    """

    name: str
    kind: str
    status: Literal["removed", "deprecated", "renamed", "legacy"]
    replacement: str | None
    removed_in_runtime: str | None
    ml_only: bool
    removed_on: date | None
    since_mlflow: str | None
    note: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Something that works only from a runtime on."""

    name: str
    since_runtime: str
    note: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A single number or text with its origin."""

    name: str
    value: int | str
    note: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class AuditServices:
    """Names that `service_name` takes in the audit log; unless `complete`, an absent name says nothing."""

    names: frozenset[str]
    complete: bool
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Platform:
    """All dated facts; `as_of` is the day on which the collection was last looked through."""

    as_of: date
    runtimes: Mapping[str, RuntimeRelease]
    deprecated_fields: tuple[DeprecatedField, ...]
    removed_apis: Mapping[str, RemovedApi]
    features: Mapping[str, Feature]
    facts: Mapping[str, Fact]
    audit_services: AuditServices

    @staticmethod
    def load() -> Platform:
        """The facts that ship with the product; read once a process."""
        return _load()

    def runtime(self, version: str) -> RuntimeRelease | None:
        """The release of that `major.minor`, None where it is not listed."""
        return self.runtimes.get(version)

    def end_of_support(self, version: str) -> date | None:
        """The day on which support of the release ends or ended, None where it is not known."""
        release = self.runtimes.get(version)
        return release.end_of_support if release else None

    def support(self, version: str, today: date) -> Support:
        """Where the release stands on that day.

        One that is not listed is not under long-term support, so it lasted six months: it has ended once a later
        release under long-term support is older than that.
        """
        release = self.runtimes.get(version)
        if release is None:
            return "ended" if self._is_past(version, today) else "unknown"
        end = release.end_of_support
        if end is None:
            return "supported"
        if today > end:
            return "ended"
        return "ending" if (end - today).days < DAYS_OF_WARNING else "supported"

    def removed_from(self, name: str, version: str, *, ml: bool) -> bool:
        """Whether the runtime of that version, or its ML variant, lacks the API."""
        api = self.removed_apis.get(name)
        if api is None or api.removed_in_runtime is None or (api.ml_only and not ml):
            return False
        return _order(version) >= _order(api.removed_in_runtime)

    def has_feature(self, name: str, version: str) -> bool:
        """Whether the runtime of that version has the feature; False for a name that is not listed."""
        feature = self.features.get(name)
        return feature is not None and _order(version) >= _order(feature.since_runtime)

    def _is_past(self, version: str, today: date) -> bool:
        return any(
            _order(release.version) > _order(version) and (today - release.released).days > _DAYS_OF_SHORT_SUPPORT
            for release in self.runtimes.values()
            if release.lts
        )


def _order(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major) if major.isdigit() else 0, int(minor) if minor.isdigit() else 0


@cache
def _load() -> Platform:
    raw = json.loads(files("orchestrator.code").joinpath("platform.json").read_text(encoding="utf-8"))
    services = raw["audit_services"]
    return Platform(
        as_of=date.fromisoformat(raw["as_of"]),
        runtimes={entry["version"]: RuntimeRelease(**_dated(entry)) for entry in raw["runtimes"]},
        deprecated_fields=tuple(DeprecatedField(**_dated(entry)) for entry in raw["deprecated_fields"]),
        removed_apis={entry["name"]: RemovedApi(**_dated(entry)) for entry in raw["removed_apis"]},
        features={entry["name"]: Feature(**_dated(entry)) for entry in raw["features"]},
        facts={entry["name"]: Fact(**_dated(entry)) for entry in raw["facts"]},
        audit_services=AuditServices(**{**_dated(services), "names": frozenset(services["names"])}),
    )


_DATES = frozenset({"as_of", "released", "end_of_support", "removed_on"})


def _dated(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: date.fromisoformat(value) if key in _DATES and value else value for key, value in entry.items()}
