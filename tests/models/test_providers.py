"""Providers: what each needs before anything is sent, and what each sends to its address."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path

import anthropic
import httpx2
import pytest

from orchestrator.errors import ModelError, ModelSetupError
from orchestrator.models import providers
from orchestrator.models.clients import client
from orchestrator.models.conversation import UnansweredError, nobody
from orchestrator.models.mishaps import Endpoint, mishap
from orchestrator.models.platforms import PLATFORMS, Platform
from orchestrator.models.providers import has_credential, model_name, open_model
from tests.models.answers import failing, text
from tests.models.asking import ask
from tests.models.messages_api import serving

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]
SECRET = "s3cr3t-9f27ab41cd"
AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": SECRET}
GOOGLE = {"CLOUD_ML_REGION": "global", "ANTHROPIC_VERTEX_PROJECT_ID": "p", "CLOUDSDK_AUTH_ACCESS_TOKEN": SECRET}
FOUNDRY = {"ANTHROPIC_FOUNDRY_API_KEY": SECRET, "ANTHROPIC_FOUNDRY_RESOURCE": "r"}
DATABRICKS = {"DATABRICKS_HOST": "h.example", "DATABRICKS_TOKEN": SECRET}
MISSING: list[tuple[str, dict[str, str], str]] = [
    ("claude-opus-5-5", {}, "needs ANTHROPIC_API_KEY"),
    ("claude-opus-5-5", {"ANTHROPIC_API_KEY": " "}, "needs ANTHROPIC_API_KEY"),
    ("claude-opus-5-5", {"ANTHROPIC_BASE_URL": "http://x"}, "needs ANTHROPIC_API_KEY"),
    ("claude-opus-5-5", {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "x.example"}, "ANTHROPIC_BASE_URL to begin"),
    ("bedrock/claude", {**AWS, "AWS_REGION": ""}, "needs AWS_REGION"),
    ("bedrock/claude", {**AWS, "AWS_SECRET_ACCESS_KEY": ""}, "needs AWS_BEARER_TOKEN_BEDROCK"),
    ("vertex/claude", {**GOOGLE, "CLOUD_ML_REGION": ""}, "needs CLOUD_ML_REGION"),
    ("vertex/claude", {**GOOGLE, "ANTHROPIC_VERTEX_PROJECT_ID": ""}, "needs ANTHROPIC_VERTEX_PROJECT_ID"),
    ("vertex/claude", {**GOOGLE, "CLOUDSDK_AUTH_ACCESS_TOKEN": ""}, "needs a Google credential"),
    ("foundry/claude", {**FOUNDRY, "ANTHROPIC_FOUNDRY_API_KEY": ""}, "needs ANTHROPIC_FOUNDRY_API_KEY"),
    ("foundry/claude", {**FOUNDRY, "ANTHROPIC_FOUNDRY_RESOURCE": ""}, "needs ANTHROPIC_FOUNDRY_RESOURCE"),
    ("databricks/claude", {**DATABRICKS, "DATABRICKS_TOKEN": ""}, "needs DATABRICKS_TOKEN"),
    ("databricks/claude", {}, "needs DATABRICKS_HOST and DATABRICKS_TOKEN"),
    ("openai/gpt", {}, "begins with no known provider; use one of bedrock/, vertex/, foundry/, databricks/"),
    ("bedrock/", AWS, "names no model; add one, such as bedrock/anthropic.claude-opus-5-5"),
    ("", {}, "names no model"),
]


@pytest.mark.parametrize(("name", "environment", "sentence"), MISSING)
def test_what_is_missing_is_one_sentence_before_anything_is_sent(
    name: str, environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ModelSetupError, match=sentence) as caught:
        open_model(name, environment)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "environment", "library"),
    [
        ("claude-opus-5-5", {"ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ("bedrock/claude", AWS, "boto3"),
        ("vertex/claude", GOOGLE, "google.auth"),
    ],
)
def test_a_missing_library_is_named(
    name: str, environment: dict[str, str], library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "find_spec", lambda module: None if module == library else object())
    with pytest.raises(ModelSetupError, match=rf"needs the library '{library}': pip install '.*\[.*\]'"):
        open_model(name, environment)


@pytest.mark.parametrize(
    ("environment", "is_there"),
    [
        ({}, False),
        ({"HOME": "/nowhere"}, False),
        ({"ANTHROPIC_AUTH_TOKEN": "t"}, True),
        (AWS, True),
        (DATABRICKS, True),
    ],
)
def test_it_is_known_whether_a_model_could_be_asked(environment: dict[str, str], *, is_there: bool) -> None:
    assert has_credential(environment) is is_there


def test_a_login_of_gcloud_is_a_credential(tmp_path: Path) -> None:
    environment = {**GOOGLE, "CLOUDSDK_AUTH_ACCESS_TOKEN": "", "CLOUDSDK_CONFIG": str(tmp_path)}
    assert not has_credential(environment)
    (tmp_path / "application_default_credentials.json").write_text("{}", encoding="utf-8")
    assert has_credential(environment)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.key)
def test_the_provider_is_no_part_of_the_model_s_name(platform: Platform) -> None:
    assert model_name(f"{platform.prefix}claude-x") == "claude-x"


WIRES = [
    ("claude-opus-5-5", {"ANTHROPIC_API_KEY": SECRET}, "ANTHROPIC_BASE_URL", "/v1/messages", "authorization"),
    ("claude-opus-5-5", {"ANTHROPIC_AUTH_TOKEN": SECRET}, "ANTHROPIC_BASE_URL", "/v1/messages", "authorization"),
    (
        "foundry/claude-x",
        {**FOUNDRY, "ANTHROPIC_FOUNDRY_RESOURCE": ""},
        "ANTHROPIC_FOUNDRY_BASE_URL",
        "/v1/messages",
        "x-api-key",
    ),
    (
        "vertex/claude-x",
        GOOGLE,
        "ANTHROPIC_VERTEX_BASE_URL",
        "/projects/p/locations/global/publishers/anthropic/models/claude-x:streamRawPredict",
        "authorization",
    ),
    (
        "databricks/databricks-claude-x",
        DATABRICKS,
        "DATABRICKS_HOST",
        "/serving-endpoints/anthropic/v1/messages",
        "authorization",
    ),
]


@pytest.mark.parametrize(("name", "environment", "address", "path", "header"), WIRES)
async def test_each_provider_is_asked_at_its_path_with_its_credential(
    name: str, environment: dict[str, str], address: str, path: str, header: str
) -> None:
    with serving(lambda _: [text("done")], key=SECRET) as api:
        model = open_model(name, {**environment, address: api.address})
        assert (await model.reply(ask(model=name), nobody)).text == "done"
        await model.close()
    (asked,) = api.asked
    assert (asked.path, asked.body["model"]) == (path, model_name(name))
    assert asked.headers[header].endswith(SECRET)
    assert api.refused == []
    assert SECRET not in repr(model)
    last = asked.body["messages"][-1]["content"][-1]
    assert ("cache_control" in asked.body, "cache_control" in last) in {(True, False), (False, True)}


@pytest.mark.parametrize(("name", "environment", "address", "path", "header"), WIRES)
async def test_no_provider_shows_its_credential_in_an_error(
    name: str, environment: dict[str, str], address: str, path: str, header: str
) -> None:
    with serving(lambda _: failing(401, "authentication_error", f"bad token {SECRET} for {path} in {header}")) as api:
        model = open_model(name, {**environment, address: api.address})
        with pytest.raises(ModelError, match=r"did not accept .*\(401\)") as caught:
            await model.reply(ask(model=name), nobody)
        await model.close()
    assert SECRET not in str(caught.value)
    assert any(setting in str(caught.value) for setting, value in environment.items() if value == SECRET)


async def test_a_resource_of_foundry_and_a_region_of_vertex_are_addresses() -> None:
    foundry = client("foundry", FOUNDRY, connect=1, idle=1)
    vertex = client("vertex", {**GOOGLE, "CLOUD_ML_REGION": "europe-west1"}, connect=1, idle=1)
    assert str(foundry.base_url) == "https://r.services.ai.azure.com/anthropic/"
    assert str(vertex.base_url) == "https://europe-west1-aiplatform.googleapis.com/v1/"
    assert (foundry.max_retries, vertex.max_retries) == (0, 0)
    await foundry.close()
    await vertex.close()


@pytest.mark.parametrize(
    ("more", "used"),
    [
        ({"AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_PROFILE": "p"}, ("b", None, None, None)),
        ({"AWS_PROFILE": "p", "AWS_SESSION_TOKEN": "t"}, (None, "AKIA", "t", None)),
        ({"AWS_PROFILE": "p", "AWS_ACCESS_KEY_ID": ""}, (None, None, None, "p")),
    ],
)
async def test_bedrock_takes_one_credential(
    more: dict[str, str], used: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)
    bedrock = client("bedrock", {**AWS, **more}, connect=1, idle=1)
    assert isinstance(bedrock, anthropic.AsyncAnthropicBedrock)
    assert (bedrock.api_key, bedrock.aws_access_key, bedrock.aws_session_token, bedrock.aws_profile) == used
    assert (str(bedrock.base_url), bedrock.max_retries) == ("https://bedrock-runtime.us-east-1.amazonaws.com", 0)
    await bedrock.close()


def test_what_bedrock_says_inside_a_stream_is_passing_or_not() -> None:
    def said(kind: str) -> UnansweredError:
        response = httpx2.Response(200, request=httpx2.Request("POST", "https://b.example"))
        body = {"type": "error", "error": {"type": kind, "message": "slow down"}}
        return mishap(
            anthropic.APIStatusError("", response=response, body=body), "m", Endpoint(provider="B", credential="c")
        )

    assert said("throttlingException").transient
    assert not said("validationException").transient


def test_a_certificate_that_is_not_trusted_is_told_at_once() -> None:
    error = anthropic.APIConnectionError(request=httpx2.Request("POST", "https://b.example"))
    error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
    told = mishap(error, "m", Endpoint(provider="B", credential="c"))
    assert (told.transient, str(told)[:30]) == (False, "the certificate of B is not tr")


def test_knowing_whether_there_is_a_credential_imports_no_library_of_models() -> None:
    code = (
        "import sys; from orchestrator.models.providers import has_credential; has_credential({})\n"
        "heavy = {'anthropic', 'httpx2', 'anyio', 'tenacity', 'yaml', 'google.auth'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
