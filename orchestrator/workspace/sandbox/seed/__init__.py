"""The seed of a sandbox workspace: what is in it at the start, read from YAML and checked whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, field_validator

from orchestrator.errors import UsageError
from orchestrator.workspace.sandbox.seed.activity import ActivitySeed, BillingSeed, QuerySeed
from orchestrator.workspace.sandbox.seed.compute import ComputeSeed
from orchestrator.workspace.sandbox.seed.files import FilesSeed
from orchestrator.workspace.sandbox.seed.governance import GovernanceSeed, PlantedSeed
from orchestrator.workspace.sandbox.seed.jobs import JobSeed, RunSeed
from orchestrator.workspace.sandbox.seed.learning import LearningSeed
from orchestrator.workspace.sandbox.seed.part import Grants, Name, Part
from orchestrator.workspace.sandbox.seed.people import PeopleSeed, PlaceSeed
from orchestrator.workspace.sandbox.seed.pipelines import PipelineSeed
from orchestrator.workspace.sandbox.seed.secrets import SecretScopeSeed
from orchestrator.workspace.sandbox.seed.sharing import RecipientSeed, ShareSeed
from orchestrator.workspace.sandbox.seed.unity import CatalogSeed, LineageSeed

COMPANY = Path(__file__).parent.parent / "company.yaml"
MAX_BYTES = 8_000_000


class Seed(Part):
    """Everything that a sandbox workspace holds at its start."""

    company: str = "a company"
    now: dt.datetime
    place: PlaceSeed = Field(default_factory=PlaceSeed)
    people: PeopleSeed = Field(default_factory=PeopleSeed)
    metastore_grants: Grants = Field(default_factory=dict)
    system_grants: Grants = Field(default_factory=dict, description="grants on the catalog `system`")
    catalogs: dict[Name, CatalogSeed] = Field(default_factory=dict)
    lineage: list[LineageSeed] = Field(default_factory=list)
    governance: GovernanceSeed = Field(default_factory=GovernanceSeed)
    shares: dict[Name, ShareSeed] = Field(default_factory=dict)
    recipients: dict[Name, RecipientSeed] = Field(default_factory=dict)
    secrets: dict[str, SecretScopeSeed] = Field(default_factory=dict, description="secret scopes by name")
    compute: ComputeSeed = Field(default_factory=ComputeSeed)
    jobs: list[JobSeed] = Field(default_factory=list)
    runs: list[RunSeed] = Field(default_factory=list)
    pipelines: list[PipelineSeed] = Field(default_factory=list)
    files: FilesSeed = Field(default_factory=FilesSeed)
    learning: LearningSeed = Field(default_factory=LearningSeed)
    activity: ActivitySeed = Field(default_factory=ActivitySeed)
    billing: BillingSeed = Field(default_factory=BillingSeed)
    queries: list[QuerySeed] = Field(default_factory=list)
    planted: list[PlantedSeed] = Field(default_factory=list)

    @field_validator("now")
    @classmethod
    def _in_utc(cls, value: dt.datetime) -> dt.datetime:
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)

    @classmethod
    def of(cls, content: Mapping[str, object], *, now: dt.datetime | None = None, source: str = "the seed") -> Seed:
        """The seed that a mapping describes; `now` takes the place of the one it names, and all its times follow.

        Raises:
            UsageError: a key is unknown, or a value does not fit; the sentence names the place.
        """
        given = now or _now(content.get("now"), source)
        try:
            return cls.model_validate({**content, "now": given}, context={"now": given.astimezone(dt.UTC)})
        except ValidationError as error:
            raise UsageError(_sentence(error, source)) from None

    @classmethod
    def read(cls, path: Path = COMPANY, *, now: dt.datetime | None = None) -> Seed:
        """The seed in a YAML file; without a path the company that is shipped.

        Raises:
            UsageError: the file cannot be read, is no YAML mapping, or describes no valid seed.
        """
        return cls.of(_mapping(path), now=now, source=str(path))


def _mapping(path: Path) -> Mapping[str, object]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the seed {str(path)!r} cannot be read ({error.strerror}); name a YAML file") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"the seed {str(path)!r} has {len(data):,} bytes, at most {MAX_BYTES:,} are read")
    try:
        content = loader(data).get_single_data()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError(f"the seed {str(path)!r} is no YAML ({_first_line(error)})") from None
    if not isinstance(content, dict):
        raise UsageError(f"the seed {str(path)!r} holds no mapping; begin with `now:` and `catalogs:`")
    return content


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _now(value: object, source: str) -> dt.datetime:
    if isinstance(value, str):
        return _time(value, source)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if not isinstance(value, dt.datetime):
        raise UsageError(f"{source} has no `now`; write a time such as `now: 2026-11-23T09:00:00Z`")
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value


def _time(text: str, source: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`now` of {source} is {text[:40]!r}; write a time such as 2026-11-23T09:00:00Z") from None
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found


def _sentence(error: ValidationError, source: str) -> str:
    problems = error.errors(include_url=False)
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"] if part not in {"[key]"}) or "its top level"
    if first["type"] == "extra_forbidden":
        said = "is no key of a seed there; remove or rename it"
    else:
        said = f"does not fit: {first['msg'][:200]}"
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{source}: {place} {said}{more}"
