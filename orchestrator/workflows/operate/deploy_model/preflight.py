"""What forbids to serve a version, or should be known before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.reading import read_project
from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.serving.endpoint import Endpoint

EXPERT, GUARDIAN = "model-serving-specialist", "ml-security-guardian"
VERSION, ENDPOINT, CODE = "version", "endpoint", "code"
_SERVING = "https://docs.databricks.com/aws/en/machine-learning/model-serving/serve-multiple-models-to-serving-endpoint"
_OWNING = re.compile(r"model_serving_endpoints\s*:|\bupdate_config(_and_wait)?\s*\(|\bserving_endpoints\.create")
_WHOLE = 100


def _check(name: str, severity: Severity, title: str, why: str, specialist: str = EXPERT) -> Check:
    return Check(id=name, specialist=specialist, severity=severity, title=title, why=why, references=(_SERVING,))


STATUS = _check(
    "version-not-ready", Severity.HIGH, "the version cannot be loaded",
    "The endpoint would fail to load it. Register the model again.",
)  # fmt: skip
UNNAMED = _check(
    "version-without-alias", Severity.MEDIUM, "the version is neither champion nor challenger",
    "Nobody has chosen it. Validate and promote it first, or say which alias it should have.",
)  # fmt: skip
BUSY = _check(
    "update-in-progress", Severity.HIGH, "an update of the endpoint is running",
    "Two updates at once are refused, and the second would judge a state that goes away. Wait for its end.",
)  # fmt: skip
UNLOGGED = _check(
    "canary-without-request-log", Severity.HIGH, "nobody can judge a canary on an endpoint without a request log",
    "Its answers are compared by what is logged. Turn on the inference table of the AI gateway first.",
)  # fmt: skip
SECRET = _check(
    "secret-as-text", Severity.MEDIUM, "a served version has a credential as text in its environment",
    "Whoever may read the endpoint reads it. Put it into a secret scope as {{secrets/SCOPE/KEY}}, and change it.",
    GUARDIAN,
)  # fmt: skip
PERSON = _check(
    "endpoint-of-person", Severity.MEDIUM, "a person made the endpoint, and it acts with that person's rights",
    "It stops to answer when the account is closed. Make it by a service principal.", GUARDIAN,
)  # fmt: skip
OWNED = _check(
    "endpoint-has-other-owner", Severity.HIGH, "code of the project owns the endpoint",
    "Its next deployment would undo this one. Change the version there, and deploy the bundle or run the job.",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is to be served where, as far as it was read."""

    entity: str
    version: str
    status: str
    aliases: tuple[str, ...]
    share: int
    endpoint: Endpoint | None
    owners: tuple[str, ...]
    target: str


def observed(now: Standing) -> Iterator[Observation]:
    """What forbids it, or should be known."""
    name = f"version {now.version} of {now.entity}"
    if now.status != "READY":
        yield _of(STATUS, VERSION, 1, name, f"{name} is {now.status}")
    if not {"champion", "challenger"} & set(now.aliases):
        yield _of(UNNAMED, VERSION, 1, name, f"{name} has {_listed(now.aliases)}")
    for number, place in enumerate(now.owners, start=1):
        yield _of(
            OWNED,
            CODE,
            number,
            place,
            f"{place} owns the endpoint; change the version there (a bundle: databricks bundle deploy -t {now.target})",
        )
    if now.endpoint is not None:
        yield from _of_endpoint(now, now.endpoint)


def _of_endpoint(now: Standing, found: Endpoint) -> Iterator[Observation]:
    name = found.name
    if found.update == "IN_PROGRESS":
        yield _of(BUSY, ENDPOINT, 1, name, f"an update of {name} is in progress")
    if 0 < now.share < _WHOLE and not found.logs_requests:
        yield _of(UNLOGGED, ENDPOINT, 1, name, f"{name} logs no requests, and {now.share} % is a canary")
    if "@" in found.creator:
        yield _of(PERSON, ENDPOINT, 1, name, f"{found.creator} made {name}")
    for number, each in enumerate(found.served, start=1):
        for key in each.plain_secrets:
            message = f"{each.name} of {name} has {key} as text"
            yield _of(SECRET, ENDPOINT, number, f"{name} {each.name} {key}", message)


def owners(path: Path, endpoint: str) -> tuple[str, ...]:
    """The places of a project that make or update the endpoint: a file names it and holds such a line.

    Raises:
        UsageError: there is no such path.
    """
    word = re.compile(rf"(?<![\w-]){re.escape(endpoint)}(?![\w-])")
    found = []
    for source in read_project(path).sources:
        line = next((number for number, text in enumerate(source.lines, start=1) if word.search(text)), None)
        if line is not None and _OWNING.search(source.text):
            found.append(f"{source.path}:{line}")
    return tuple(found[:20])


def _listed(aliases: tuple[str, ...]) -> str:
    return f"the aliases {', '.join(aliases)}" if aliases else "no alias"


def _of(check: Check, facts: str, row: int, about: str, message: str) -> Observation:
    return Observation(check=check, facts=facts, row=row, about=about, message=message)
