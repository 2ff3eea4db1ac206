"""Every route, asked through the unmodified SDK: nothing of an answer is lost, and the SDK asks there."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Protocol, cast, runtime_checkable

import pytest
from databricks.sdk import WorkspaceClient

from orchestrator.workspace.sandbox.family import RAW, Route
from orchestrator.workspace.sandbox.routes import families
from tests.workspace.sandbox.calls import READS, WRITES

pytestmark = pytest.mark.enable_socket
ROUTES = {route.sdk: route for family in families() for route in family.routes if route.sdk != RAW}
ASKS = READS | WRITES
STREAMED = frozenset({"serving_endpoints.export_metrics"})
"""Calls whose answer is no JSON."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z")


@runtime_checkable
class Wired(Protocol):
    """A dataclass of the SDK."""

    def as_dict(self) -> dict[str, object]: ...


def recorded(client: WorkspaceClient, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, list[object]]:
    """What the SDK returned, and the JSON of every call of the route that it made."""
    answers: list[object] = []
    do = cast("Callable[..., object]", client.api_client.do)
    route = ROUTES[name]
    wanted = re.compile(re.sub(r"\\\{[^}]*\}", "[^/]+", re.escape(route.path)))

    def keep(verb: str, path: str, **named: object) -> object:
        answer = do(verb, path, **named)
        if verb == route.method and wanted.fullmatch(path):
            answers.append(answer)
        return answer

    monkeypatch.setattr(client.api_client, "do", keep)
    found = ASKS[name](client)
    return (list(found) if isinstance(found, Iterable) else found), answers


def plain(value: object) -> object:
    """JSON without what the dataclasses leave out: empty lists and objects, and fractions of seconds."""
    if isinstance(value, dict):
        kept = {key: plain(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in ({}, [])}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and (found := _MOMENT.fullmatch(value)):
        return found[1]
    return value


def items(answer: object) -> Iterator[object]:
    """The entries of a page: of its one list of objects."""
    assert isinstance(answer, dict)
    for value in answer.values():
        if isinstance(value, list) and all(isinstance(inner, dict) for inner in value):
            yield from value


def assert_nothing_is_lost(found: object, answers: list[object]) -> None:
    if found is None:
        return
    if isinstance(found, list):
        assert found, "the company has something for every listing"
        seen = [entry.as_dict() for entry in found if isinstance(entry, Wired)]
        assert plain(seen) == plain([entry for answer in answers for entry in items(answer)])
        return
    assert isinstance(found, Wired)
    assert plain(found.as_dict()) == plain(answers[-1])


@pytest.mark.parametrize("name", sorted(set(READS) - STREAMED))
def test_reading_loses_nothing(name: str, client: WorkspaceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_nothing_is_lost(*recorded(client, name, monkeypatch))


@pytest.mark.parametrize("name", sorted(WRITES))
def test_writing_loses_nothing(name: str, admin: WorkspaceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_nothing_is_lost(*recorded(admin, name, monkeypatch))


def test_metrics_of_an_endpoint_are_a_stream(client: WorkspaceClient) -> None:
    contents = client.serving_endpoints.export_metrics("churn-api").contents
    assert contents is not None
    assert b"endpoint_ready" in contents.read()


def test_every_route_is_asked() -> None:
    assert set(READS) | set(WRITES) == set(ROUTES)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_sdk_asks_with_this_verb_at_this_path(name: str, client: WorkspaceClient) -> None:
    assert (ROUTES[name].method, shape(ROUTES[name].path)) in set(requests_of(client, name))


def requests_of(client: WorkspaceClient, name: str) -> Iterator[tuple[str, str]]:
    """Verb and path of every request in the source of a method of the SDK, of the class that has the request."""
    service, _, method = name.partition(".")
    for kind in type(attrgetter(service)(client)).__mro__:
        if method in vars(kind):
            yield from requests_in(textwrap.dedent(inspect.getsource(vars(kind)[method])))


def requests_in(source: str) -> Iterator[tuple[str, str]]:
    """Verb and path of every `do(...)` in a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "do":
            verb, path = node.args[:2]
            assert isinstance(verb, ast.Constant)
            yield str(verb.value), shape(written(path))


def written(path: ast.expr) -> str:
    """A path as it is written, with `{}` for what is filled in."""
    if isinstance(path, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in path.values]
        return "".join(parts)
    assert isinstance(path, ast.Constant)
    return str(path.value)


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_route_of_another_verb_would_be_seen(client: WorkspaceClient) -> None:
    wrong = Route(method="POST", path="/api/2.1/unity-catalog/catalogs/{name}", sdk="catalogs.get", handle=lambda _: {})
    assert (wrong.method, shape(wrong.path)) not in set(requests_of(client, "catalogs.get"))
