"""One connection to MLflow: bounded in time, refused in plain sentences, on a server of one's own or on Databricks."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.plain import whole_words

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.store.entities.paged_list import PagedList

T = TypeVar("T")
PAGE = 100
RETRIES = 2
RETRY_SECONDS = 20
KNOCK_SECONDS = 3.0
KNOCK_EVERY = 30.0
_PORTS = {"http": 80, "https": 443}
_UNREACHED = "MLflow cannot be reached; check MLFLOW_TRACKING_URI (or DATABRICKS_HOST) and the network"
_USER = re.compile(r"://[^/@]*@")
_URL = re.compile(r"https?://[^\s'\",)]+")
_SPACE = re.compile(r"\s+")
_MAX = 300
MISSING = frozenset({"RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "ENDPOINT_NOT_FOUND"})
_SAID = {
    "PERMISSION_DENIED": "permission denied; it needs {privilege}",
    "UNAUTHENTICATED": "MLflow does not accept these credentials (expired or wrong); sign in again",
    "CUSTOMER_UNAUTHORIZED": "MLflow does not accept these credentials (expired or wrong); sign in again",
    "REQUEST_LIMIT_EXCEEDED": "MLflow limits the rate of requests; wait a minute and ask for less at once",
    "RESOURCE_EXHAUSTED": "MLflow limits the rate of requests; wait a minute and ask for less at once",
    "TEMPORARILY_UNAVAILABLE": "MLflow is not available at the moment; try again later",
    "INVALID_PARAMETER_VALUE": "MLflow does not accept the question",
    "BAD_REQUEST": "MLflow does not accept the question",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where runs and models are, as MLflow URIs; seconds bound one answer."""

    tracking: str
    registry: str
    answer_seconds: int
    host: str = ""
    """The workspace of `databricks` where the environment names it."""

    @property
    def shown(self) -> str:
        """Where models are, without credentials of the address."""
        where = _USER.sub("://", self.registry)
        return f"{where} {self.host}".strip() if self.on_databricks else where

    @property
    def addresses(self) -> tuple[str, ...]:
        """The servers that are asked, as far as they are known."""
        named = (self.host if each.startswith("databricks") else each for each in (self.tracking, self.registry))
        return tuple(dict.fromkeys(each for each in named if each.startswith(("http://", "https://"))))

    @property
    def on_databricks(self) -> bool:
        """Whether models are in Databricks."""
        return self.registry.startswith("databricks")


def place(environment: Mapping[str, str], *, profile: str | None, answer_seconds: float) -> Place:
    """MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI where they are set, else Databricks with the profile.

    With a tracking server of one's own and no registry named, models are on that server.
    """
    named = f"://{profile}" if profile else ""
    tracking = environment.get("MLFLOW_TRACKING_URI") or f"databricks{named}"
    own = not tracking.startswith("databricks")
    registry = environment.get("MLFLOW_REGISTRY_URI") or (tracking if own else f"databricks-uc{named}")
    host = environment.get("DATABRICKS_HOST", "") if profile is None else ""
    return Place(tracking=tracking, registry=registry, answer_seconds=max(1, round(answer_seconds)), host=host)


@cache
def registry(found: Place) -> Registry:
    """The connection of this process to that place."""
    return Registry(found)


class Registry:
    """MLflow as its caller may see it; no request is sent before the first question."""

    def __init__(self, found: Place) -> None:
        self.place = found
        self._client: MlflowClient | None = None
        self._reached_at: float | None = None
        self._lock = threading.Lock()

    def ask(self, what: str, question: Callable[[MlflowClient], T], *, privilege: str = "more than you have") -> T:
        """The answer to one question; `what` completes "cannot ...", `privilege` names what the caller needs.

        Raises:
            WorkspaceError: MLflow refused, did not answer in time, or does not have it.
        """
        from mlflow.exceptions import MlflowException

        self._reach(what)
        client = self._connected()
        try:
            return question(client)
        except (MlflowException, OSError, ValueError) as error:
            # The SDK of Databricks under the client raises OSError and ValueError of its own.
            raise _refusal(error, what, privilege) from error

    def _reach(self, what: str) -> None:
        """Knock before MLflow's client does: it would try again for a minute before it said that nobody is there."""
        now = time.monotonic()
        if self._reached_at is not None and now - self._reached_at < KNOCK_EVERY:
            return
        for address in self.place.addresses:
            if not is_reached(address):
                raise WorkspaceError(f"cannot {what}: {_UNREACHED}")
        self._reached_at = now

    def _connected(self) -> MlflowClient:
        _bound(self.place)
        with self._lock:
            if self._client is None:
                self._client = _client(self.place)
            return self._client


class AbsentRegistry(Registry):
    """In place of MLflow where there is none: every question is refused."""

    def __init__(self) -> None:
        super().__init__(Place(tracking="", registry="", answer_seconds=1))

    def ask(self, what: str, question: Callable[[MlflowClient], T], *, privilege: str = "") -> T:
        """No answer.

        Raises:
            WorkspaceError: always.
        """
        del question, privilege
        raise WorkspaceError(
            f"cannot {what}: the sandbox has no MLflow of its own; set MLFLOW_TRACKING_URI to the address of a server"
        )


def is_reached(address: str) -> bool:
    """Whether anybody listens at the address; one behind a proxy is taken to be there."""
    parts = urlsplit(address)
    scheme, host = parts.scheme, parts.hostname or ""
    if scheme in getproxies() and not proxy_bypass(host):
        return True
    try:
        with socket.create_connection((host, parts.port or _PORTS[scheme]), timeout=KNOCK_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def paged(page: Callable[[str | None], PagedList[T]]) -> Iterator[T]:
    """The items of a listing of MLflow, page by page; `page` is given the token of the page."""
    token: str | None = None
    while True:
        found = page(token)
        yield from found
        token = found.token or None
        if token is None:
            return


def _client(found: Place) -> MlflowClient:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        return MlflowClient(tracking_uri=found.tracking, registry_uri=found.registry)
    except (MlflowException, OSError, ValueError) as error:
        raise WorkspaceError(
            "no MLflow can be reached: set MLFLOW_TRACKING_URI to a server, or DATABRICKS_HOST and DATABRICKS_TOKEN"
            f"{_said(error)}"
        ) from error


def _bound(found: Place) -> None:
    """MLflow takes its time limits from the environment alone; by default it waits 120 s and tries eight times."""
    for name, value in (
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", str(found.answer_seconds)),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", str(RETRIES)),
        ("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1"),
        ("MLFLOW_DATABRICKS_ENDPOINT_HTTP_RETRY_TIMEOUT", str(RETRY_SECONDS)),
        ("MLFLOW_DISABLE_TELEMETRY", "true"),
        ("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false"),
    ):
        os.environ.setdefault(name, value)


def _refusal(error: Exception, what: str, privilege: str) -> WorkspaceError:
    code = str(getattr(error, "error_code", "") or "")
    text = str(error)
    if "timeout exception" in text or "timed out" in text or isinstance(error, TimeoutError):
        return WorkspaceError(f"cannot {what}: MLflow did not answer in time; try again, or ask for less")
    if "Max retries exceeded" in text or "failed with exception" in text or "Connection" in type(error).__name__:
        return WorkspaceError(f"cannot {what}: {_unreached(text)}")
    if code in MISSING:
        return WorkspaceError(f"cannot {what}: there is no such object, or you may not see it{_said(error)}")
    if code in _SAID:
        return WorkspaceError(f"cannot {what}: {_SAID[code].format(privilege=privilege)}{_said(error)}")
    return WorkspaceError(f"cannot {what}: MLflow answered with {code or type(error).__name__}{_said(error)}")


def _unreached(text: str) -> str:
    if "429" in text:
        return _SAID["REQUEST_LIMIT_EXCEEDED"]
    if "too many 5" in text:
        return "MLflow answers with errors of the server; try again later"
    return _UNREACHED


def _said(error: Exception) -> str:
    text = _SPACE.sub(" ", _URL.sub("MLflow", str(error))).strip()
    return f" (it says: {whole_words(text, _MAX)})" if text else ""
