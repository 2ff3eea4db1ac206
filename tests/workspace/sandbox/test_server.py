"""The running server: who is let in, what is refused, pages, and its end."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, PermissionDenied, Unauthenticated
from databricks.sdk.errors.base import DatabricksError

from orchestrator.errors import UsageError
from orchestrator.workspace.sandbox import Fault, Sandbox, Seed, Trouble
from tests.workspace.sandbox.conftest import connected

pytestmark = pytest.mark.enable_socket
SECONDS = 10
MANY = 10_000


def asked(
    sandbox: Sandbox, path: str, *, token: str | None = None, verb: str = "GET", data: str = ""
) -> requests.Response:
    """The plain answer of a call."""
    headers = {"Authorization": f"Bearer {sandbox.token if token is None else token}"}
    return requests.request(verb, sandbox.host + path, headers=headers, timeout=SECONDS, data=data.encode())


@pytest.mark.parametrize("token", ["", "wrong", "ünïcode"])
def test_any_other_token_answers_401_with_an_error_body(shared: Sandbox, token: str) -> None:
    answer = requests.get(
        f"{shared.host}/api/2.1/unity-catalog/catalogs",
        headers={"Authorization": f"Bearer {token}".encode()},
        timeout=SECONDS,
    )
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"


def test_sdk_calls_a_wrong_token_unauthenticated(shared: Sandbox) -> None:
    with pytest.raises(Unauthenticated, match="Invalid access token"):
        connected(shared, "wrong").current_user.me()


def test_host_metadata_answers_404_without_a_token(shared: Sandbox) -> None:
    found = requests.get(f"{shared.host}/.well-known/databricks-config", timeout=SECONDS)
    assert found.json() == {"oidc_endpoint": f"{shared.host}/oidc"}


def test_unknown_path_names_verb_and_path(shared: Sandbox) -> None:
    answer = asked(shared, "/api/2.0/nothing")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
    assert "GET /api/2.0/nothing" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "said"), [("{", "no JSON"), ("[1]", "an object"), ('{"changes": 1}', "changes"), ("[" * 90_000, "no JSON")]
)
def test_body_that_does_not_fit_is_400_and_says_where(shared: Sandbox, body: str, said: str) -> None:
    answer = asked(shared, "/api/2.1/unity-catalog/permissions/schema/retail_prod.gold", verb="PATCH", data=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "MALFORMED_REQUEST")
    assert said in answer.json()["message"]


def test_page_token_of_another_listing_is_refused(shared: Sandbox) -> None:
    path = "/api/2.1/unity-catalog/tables?catalog_name=retail_prod&schema_name=bronze&max_results=3"
    token = asked(shared, path).json()["next_page_token"]
    assert asked(shared, f"{path}&page_token={token}").status_code == 200
    other = asked(shared, f"{path.replace('bronze', 'silver')}&page_token={token}")
    assert (other.status_code, other.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert asked(shared, f"{path}&page_token=nonsense").status_code == 400


def test_pages_together_are_the_whole_listing(client: WorkspaceClient) -> None:
    whole = [table.name for table in client.tables.list("retail_prod", "bronze")]
    paged = [table.name for table in client.tables.list("retail_prod", "bronze", max_results=3)]
    assert paged == whole
    assert len(whole) == 10
    runs = list(client.jobs.list_runs(limit=25))
    assert len({run.run_id for run in runs}) == len(runs) == 323


def test_ten_thousand_tables_are_paged() -> None:
    tables = {f"t{number:05d}": {"columns": {"id": "bigint"}, "rows": 0} for number in range(MANY)}
    content = {"now": "2026-11-23T09:00:00Z", "catalogs": {"big": {"schemas": {"wide": {"tables": tables}}}}}
    with Sandbox.start(Seed.of(content)) as sandbox:
        client = connected(sandbox)
        found = list(client.tables.list("big", "wide", omit_columns=True))
        assert len(found) == MANY
        assert sum(call.endswith("/tables") for call in sandbox.calls) == MANY / 50


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda w: w.catalogs.get("nothing"), "CATALOG_DOES_NOT_EXIST"),
        (lambda w: w.schemas.get("retail_prod.nothing"), "SCHEMA_DOES_NOT_EXIST"),
        (lambda w: w.tables.get("retail_prod.gold.nothing"), "TABLE_DOES_NOT_EXIST"),
        (lambda w: w.tables.get("retail_prod.nothing.at_all"), "SCHEMA_DOES_NOT_EXIST"),
        (lambda w: w.jobs.get(4), "INVALID_PARAMETER_VALUE"),
        (lambda w: w.jobs.get_run(4), "INVALID_PARAMETER_VALUE"),
        (lambda w: w.clusters.get("nothing"), "INVALID_PARAMETER_VALUE"),
        (lambda w: w.warehouses.get("nothing"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda w: w.serving_endpoints.get("nothing"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda w: w.workspace.get_status("/nothing"), "RESOURCE_DOES_NOT_EXIST"),
    ],
)
def test_what_does_not_exist_is_not_found_for_the_sdk(client: WorkspaceClient, ask: object, code: str) -> None:
    assert callable(ask)
    with pytest.raises(NotFound) as refusal:
        ask(client)
    assert refusal.value.error_code == code


def test_server_starts_within_a_second() -> None:
    began = time.perf_counter()
    with Sandbox.start() as sandbox:
        assert time.perf_counter() - began < 1
        assert sandbox.host.startswith("http://127.0.0.1:")


def test_server_listens_on_loopback_alone(shared: Sandbox) -> None:
    with socket.socket() as probe:
        probe.settimeout(1)
        with pytest.raises(OSError, match=r"."):
            probe.connect(("127.0.0.2", shared.port))


def test_closing_lets_a_hanging_call_go(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.HANG, path="/api/*"))
    begun = threading.Event()
    ended = threading.Event()

    def hang() -> None:
        begun.set()
        with pytest.raises((requests.RequestException, AssertionError)):
            assert not asked(fresh, "/api/2.1/unity-catalog/catalogs").ok
        ended.set()

    threading.Thread(target=hang, daemon=True).start()
    assert begun.wait(SECONDS)
    while not any("catalogs" in call for call in fresh.calls):
        threading.Event().wait(0.01)
    fresh.close()
    assert ended.wait(SECONDS)


def test_port_that_is_taken_is_one_sentence(shared: Sandbox) -> None:
    with pytest.raises(UsageError, match=rf"port {shared.port} cannot be used"):
        Sandbox.start(port=shared.port)


def test_token_of_someone_unknown_is_refused(shared: Sandbox) -> None:
    with pytest.raises(UsageError, match=r"nobody@example\.com"):
        shared.token_for("nobody@example.com")


def test_less_privileged_principal_sees_less(client: WorkspaceClient, shared: Sandbox) -> None:
    analyst = connected(shared, shared.token_for("marketing-analyst-1@example.com"))
    assert {catalog.name for catalog in analyst.catalogs.list()} == {"retail_prod", "ml_platform"}
    assert {catalog.name for catalog in client.catalogs.list()} == {
        "insurance_prod",
        "ml_platform",
        "retail_prod",
        "system",
    }
    with pytest.raises(PermissionDenied, match="does not have USE CATALOG on Catalog 'insurance_prod'"):
        analyst.tables.get("insurance_prod.curated.claims")
    with pytest.raises(PermissionDenied, match="USE SHARE"):
        list(analyst.shares.list_shares())


@pytest.mark.parametrize("trouble", list(Trouble))
def test_fault_strikes_so_often_as_asked(fresh: Sandbox, trouble: Trouble) -> None:
    fresh.fault(Fault(kind=trouble, path="/api/2.1/unity-catalog/*", count=1, after=1, seconds=0.05, retry_after=7))
    path = "/api/2.1/unity-catalog/catalogs"
    assert asked(fresh, path).ok
    if trouble is Trouble.HANG:
        with pytest.raises(requests.Timeout):
            requests.get(fresh.host + path, headers={"Authorization": f"Bearer {fresh.token}"}, timeout=0.3)
    elif trouble is Trouble.TRUNCATED:
        with pytest.raises(requests.RequestException):
            asked(fresh, path)
    else:
        struck = asked(fresh, path)
        expected = {Trouble.RATE_LIMIT: 429, Trouble.DENIED: 403, Trouble.UNAVAILABLE: 503, Trouble.SLOW: 200}
        assert struck.status_code == expected[trouble]
        assert struck.headers.get("Retry-After") == ("7" if struck.status_code in {429, 503} else None)
    assert asked(fresh, path).ok


def test_sdk_waits_out_a_rate_limit(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.RATE_LIMIT, path="*/catalogs", count=2, retry_after=0))
    assert len(list(connected(fresh).catalogs.list())) == 4
    assert sum(call.endswith("/catalogs") for call in fresh.calls) == 3


def test_faults_are_set_listed_and_cleared_over_http(fresh: Sandbox) -> None:
    fault = {"kind": "denied", "path": "/api/2.0/*", "count": 0}
    answer = requests.post(
        f"{fresh.host}/_sandbox/faults",
        json={"faults": [fault]},
        headers={"Authorization": f"Bearer {fresh.token}"},
        timeout=SECONDS,
    )
    assert answer.json()["faults"][0]["kind"] == "denied"
    with pytest.raises(PermissionDenied):
        connected(fresh).warehouses.get("x")
    asked(fresh, "/_sandbox/faults", verb="DELETE")
    assert asked(fresh, "/_sandbox/faults").json() == {"faults": []}
    other = asked(fresh, "/_sandbox/faults", verb="DELETE", token=fresh.token_for("contractor-1@example.com"))
    assert other.status_code == 403


def test_mlflow_without_a_server_is_501_and_says_how(client: WorkspaceClient) -> None:
    with pytest.raises(DatabricksError, match="--mlflow auto") as refusal:
        list(client.experiments.search_experiments(max_results=10))
    assert refusal.value.error_code == "NOT_IMPLEMENTED"
