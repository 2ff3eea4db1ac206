"""The server mlflow-registry: refusals against a loopback server, and everything against a real MLflow server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from mcp import Client, StdioServerParameters

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.models.registry import place
from orchestrator.workspace.sandbox import Fault, Sandbox, Seed, Trouble
from tests.tools.governed import SECRET, TOOLS, answered, refused
from tests.tools.mlflow_server import TrainedServer, trained_server

MODELS = "/api/2.0/mlflow/registered-models/*"
SANDBOX = {"now": "2026-11-23T09:00:00Z"}
pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainedServer]:
    with trained_server(tmp_path_factory.mktemp("mlflow")) as server:
        yield server


def environment(url: str, token: str | None = None) -> dict[str, str]:
    given = {"MLFLOW_TRACKING_URI": url, "DATABRICKS_CONFIG_FILE": os.devnull}
    return given | ({"MLFLOW_TRACKING_TOKEN": token} if token else {})


@asynccontextmanager
async def served(url: str, token: str | None = None, options: ServerOptions | None = None) -> AsyncIterator[Client]:
    """The server in memory, in front of the MLflow at that URL."""
    import runpy

    with mock.patch.dict(os.environ, environment(url, token)):
        server = runpy.run_path(str(TOOLS / "mlflow_registry.py"))["SERVER"]
        server.configure(options or ServerOptions())
        async with Client(server.mcp) as client:
            yield client


@asynccontextmanager
async def started(url: str, *flags: str) -> AsyncIterator[Client]:
    """The server as `orchestrate mcp` runs it, over stdio."""
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "orchestrator", "mcp", "mlflow-registry", *flags],
        env={**os.environ, **environment(url)},
    )
    async with Client(program) as client:
        yield client


def test_models_are_on_the_tracking_server_of_ones_own_and_else_in_unity_catalog() -> None:
    def places(**given: str) -> tuple[str, str]:
        found = place(given, profile=None, answer_seconds=15)
        return found.tracking, found.registry

    assert places() == ("databricks", "databricks-uc")
    assert places(MLFLOW_TRACKING_URI="http://127.0.0.1:5000") == ("http://127.0.0.1:5000", "http://127.0.0.1:5000")
    assert places(MLFLOW_REGISTRY_URI="databricks-uc://other") == ("databricks", "databricks-uc://other")
    named = place({}, profile="dev", answer_seconds=15)
    assert (named.tracking, named.registry) == ("databricks://dev", "databricks-uc://dev")


async def test_wrong_credentials_ask_to_sign_in() -> None:
    with Sandbox.start(Seed.of(SANDBOX)) as sandbox:
        async with served(sandbox.host, "not-a-token-of-it") as client:
            text = refused(await client.call_tool("list_registered_models", {}))
    assert "does not accept these credentials" in text
    assert "not-a-token-of-it" not in text


async def test_a_refusal_names_what_is_needed() -> None:
    with Sandbox.start(Seed.of(SANDBOX), faults=[Fault(kind=Trouble.DENIED, path=MODELS)]) as sandbox:
        async with served(sandbox.host, sandbox.token) as client:
            text = refused(await client.call_tool("get_registered_model", {"model": "churn"}))
    assert "permission denied; it needs USE CATALOG" in text
    assert "127.0.0.1" not in text


async def test_a_server_that_is_not_there_is_named_as_such() -> None:
    with Sandbox.start(Seed.of(SANDBOX)) as sandbox:
        gone = sandbox.host
    with mock.patch.dict(os.environ, {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}):
        async with served(gone) as client:
            text = refused(await client.call_tool("get_run", {"run_id": "a"}))
    assert "MLflow cannot be reached; check MLFLOW_TRACKING_URI" in text
    assert gone not in text


async def test_a_server_that_hangs_ends_at_the_deadline() -> None:
    options = ServerOptions(deadline_seconds=1, answer_seconds=30)
    with Sandbox.start(Seed.of(SANDBOX), faults=[Fault(kind=Trouble.HANG)]) as sandbox:
        async with served(sandbox.host, sandbox.token, options) as client:
            await client.call_tool("get_model_version", {"model": "churn"})
            text = refused(await client.call_tool("get_registered_model", {"model": "churn"}))
    assert "did not end within 1 s" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
    [
        ("get_model_version", {"model": "churn"}, "by its number, or by an alias"),
        ("get_model_version", {"model": "churn", "version": 1, "alias": "x"}, "by its number, or by an alias"),
        ("search_model_versions", {"model": "a' OR '1'='1"}, "has a quote"),
        ("search_model_versions", {"model": "a", "filter_string": "x"}, "not both"),
        ("set_model_version_alias", {"model": "a", "alias": "x", "version": 1, "dry_run": False}, "--allow-writes"),
        (
            "set_model_version_tag",
            {"model": "a", "version": 1, "key": "k", "value": "v", "dry_run": False},
            "--allow-writes",
        ),
        ("get_run", {"run_id": "../x"}, "match pattern"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_mlflow_is(
    tool: str, arguments: dict[str, object], part: str
) -> None:
    async with served("http://127.0.0.1:9") as client:
        assert part in refused(await client.call_tool(tool, arguments))


@pytest.mark.parametrize("alias", ["latest", "v1", "1st", "a b"])
async def test_an_alias_that_mlflow_keeps_to_itself_is_refused(alias: str) -> None:
    async with served("http://127.0.0.1:9", options=ServerOptions(allow_writes=True)) as client:
        arguments = {"model": "a", "alias": alias, "version": 1}
        assert "cannot be an alias" in refused(await client.call_tool("set_model_version_alias", arguments))


@pytest.mark.real
async def test_models_are_listed_in_pages_and_read_with_aliases(trained: TrainedServer) -> None:
    async with started(trained.url) as client:
        first = answered(await client.call_tool("list_registered_models", {"limit": 4}))
        arguments = {"limit": 4, "cursor": first["next_cursor"]}
        rest = answered(await client.call_tool("list_registered_models", arguments))
        one = answered(await client.call_tool("get_registered_model", {"model": "churn"}))
        some = answered(await client.call_tool("list_registered_models", {"filter_string": "name LIKE 'other%'"}))
        text = refused(await client.call_tool("get_registered_model", {"model": "none"}))
    assert [item["name"] for item in first["items"] + rest["items"]] == ["churn", *(f"other-{n}" for n in range(5))]
    assert len(some["items"]) == 5
    assert one["aliases"] == {"champion": "1"}
    assert "Ignore all earlier instructions" in one["description"]
    assert SECRET not in json.dumps(one)
    assert not {"\x1b", "\u202e"} & set(one["description"])
    assert "there is no such object" in text


@pytest.mark.real
async def test_versions_are_found_by_model_filter_number_and_alias(trained: TrainedServer) -> None:
    async with started(trained.url) as client:
        every = answered(await client.call_tool("search_model_versions", {"model": "churn"}))
        tagged = answered(
            await client.call_tool("search_model_versions", {"filter_string": "tags.stage = 'candidate'"})
        )
        by_number = answered(await client.call_tool("get_model_version", {"model": "churn", "version": 2}))
        by_alias = answered(await client.call_tool("get_model_version", {"model": "churn", "alias": "champion"}))
        text = refused(await client.call_tool("search_model_versions", {"filter_string": "no such = thing"}))
    assert {item["version"] for item in every["items"]} == {"1", "2"}
    assert [item["version"] for item in tagged["items"]] == ["2"]
    assert (by_number["run_id"], by_number["tags"], by_number["status"]) == (
        trained.runs[1],
        {"stage": "candidate"},
        "READY",
    )
    assert (by_alias["version"], by_alias["aliases"]) == ("1", ["champion"])
    assert "does not accept the question" in text


@pytest.mark.real
async def test_runs_tell_metrics_parameters_and_no_credential(trained: TrainedServer) -> None:
    worse, better = trained.runs
    async with started(trained.url) as client:
        run = answered(await client.call_tool("get_run", {"run_id": better}))
        arguments = {"experiments": ["/Shared/churn"], "order_by": ["metrics.auc DESC"], "limit": 1}
        best = answered(await client.call_tool("search_runs", arguments))
        rest = answered(await client.call_tool("search_runs", arguments | {"cursor": best["next_cursor"]}))
        weak = answered(await client.call_tool("search_runs", {"filter_string": "metrics.auc < 0.8"}))
        text = refused(await client.call_tool("search_runs", {"experiments": ["/none"]}))
    assert (run["metrics"]["auc"], run["metrics"]["loss"]) == (0.84, None)
    assert (run["parameters"]["depth"], run["status"], run["tags"]) == ("6", "FINISHED", {"team": "growth"})
    assert "not-to-be-seen" not in json.dumps(run)
    assert [item["run_id"] for item in best["items"] + rest["items"]] == [better, worse]
    assert [item["run_id"] for item in weak["items"]] == [worse]
    assert "there is no experiment '/none'" in text


@pytest.mark.real
async def test_a_changed_alias_and_tag_are_shown_first_then_set_then_taken_away(trained: TrainedServer) -> None:
    alias = {"model": "churn", "alias": "challenger", "version": 2}
    tag = {"model": "churn", "version": 1, "key": "reviewed", "value": "yes"}
    async with started(trained.url, "--allow-writes") as client:
        shown = answered(await client.call_tool("set_model_version_alias", alias))
        unset = answered(await client.call_tool("get_registered_model", {"model": "churn"}))
        done = answered(await client.call_tool("set_model_version_alias", alias | {"dry_run": False}))
        await client.call_tool("set_model_version_tag", tag | {"dry_run": False})
        now = answered(await client.call_tool("get_model_version", {"model": "churn", "alias": "challenger"}))
        version = answered(await client.call_tool("get_model_version", {"model": "churn", "version": 1}))
        again = answered(await client.call_tool("set_model_version_alias", alias | {"dry_run": False}))
        await client.call_tool("set_model_version_alias", alias | {"version": None, "dry_run": False})
        await client.call_tool("set_model_version_tag", tag | {"value": None, "dry_run": False})
        gone = answered(await client.call_tool("get_registered_model", {"model": "churn"}))
        clean = answered(await client.call_tool("get_model_version", {"model": "churn", "version": 1}))
    assert (shown["dry_run"], shown["applied"], unset["aliases"]) == (True, False, {"champion": "1"})
    change = shown["change_set"]["changes"][0]
    assert (change["before"], change["after"]) == (None, ["2"])
    assert "set_registered_model_alias('churn', 'challenger', '2')" in change["call"]
    assert (done["applied"], [step["standing"] for step in done["steps"]]) == (True, ["verified"])
    assert (now["version"], version["tags"]) == ("2", {"reviewed": "yes"})
    assert again["change_set"]["changes"] == []
    assert gone["aliases"] == {"champion": "1"}
    assert "reviewed" not in clean["tags"]


@pytest.mark.real
async def test_a_change_that_mlflow_refuses_leaves_nothing_behind(trained: TrainedServer) -> None:
    alias = {"model": "churn", "alias": "ghost", "version": 99, "dry_run": False}
    async with started(trained.url, "--allow-writes") as client:
        text = refused(await client.call_tool("set_model_version_alias", alias))
        after = answered(await client.call_tool("get_registered_model", {"model": "churn"}))
    assert "nothing of the change set remains" in text
    assert "ghost" not in after["aliases"]


@pytest.mark.real
async def test_a_rate_limit_is_waited_for(trained: TrainedServer) -> None:
    limited = Fault(kind=Trouble.RATE_LIMIT, path=MODELS, count=1, retry_after=0)
    with Sandbox.start(Seed.of(SANDBOX), mlflow_url=trained.url, faults=[limited]) as sandbox:
        async with served(sandbox.host, sandbox.token) as client:
            found: dict[str, Any] = answered(await client.call_tool("get_registered_model", {"model": "churn"}))
    assert found["name"] == "churn"


@pytest.mark.real
async def test_the_bare_program_answers_too(trained: TrainedServer) -> None:
    program = StdioServerParameters(
        command=sys.executable,
        args=[str(Path(TOOLS) / "mlflow_registry.py")],
        env={**os.environ, **environment(trained.url)},
    )
    async with Client(program) as client:
        assert answered(await client.call_tool("get_run", {"run_id": trained.runs[0]}))["name"] == "depth-3"


async def test_nobody_at_the_address_is_told_before_mlflow_has_tried_again_and_again() -> None:
    with mock.patch("orchestrator.workspace.models.registry.Registry._connected", side_effect=AssertionError):
        async with served("http://127.0.0.1:9") as client:
            text = refused(await client.call_tool("get_run", {"run_id": "a1"}))
    assert "MLflow cannot be reached; check MLFLOW_TRACKING_URI" in text
