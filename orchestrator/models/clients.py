"""The SDK's client of each platform, made from the environment: it never retries, and waits no longer than told."""

from __future__ import annotations

from typing import assert_never

import anthropic
import httpx2

from orchestrator.models.anthropic_model import Client
from orchestrator.models.platforms import Environment, Key, setting

API = "https://api.anthropic.com"


def client(key: Key, environment: Environment, *, connect: float, idle: float) -> Client:
    """The client of a platform whose settings are all there."""
    # A request waits for a slot before it is sent, so that it never waits for a connection of the pool.
    timeout = httpx2.Timeout(idle, connect=connect, pool=None)
    match key:
        case "direct":
            return _direct(environment, timeout)
        case "bedrock":
            return _bedrock(environment, timeout)
        case "vertex":
            return _vertex(environment, timeout)
        case "foundry":
            return _foundry(environment, timeout)
        case "databricks":
            return _databricks(environment, timeout)
    assert_never(key)


def _direct(environment: Environment, timeout: httpx2.Timeout) -> Client:
    key = setting(environment, "ANTHROPIC_API_KEY")
    return anthropic.AsyncAnthropic(
        api_key=key,
        auth_token=None if key else setting(environment, "ANTHROPIC_AUTH_TOKEN"),
        base_url=setting(environment, "ANTHROPIC_BASE_URL") or API,
        timeout=timeout,
        max_retries=0,
    )


def _bedrock(environment: Environment, timeout: httpx2.Timeout) -> Client:
    """The client of Bedrock: a bearer token goes before a pair of keys, and that before a profile."""
    token = setting(environment, "AWS_BEARER_TOKEN_BEDROCK")
    key = None if token else setting(environment, "AWS_ACCESS_KEY_ID")
    return anthropic.AsyncAnthropicBedrock(
        api_key=token,
        aws_access_key=key,
        aws_secret_key=setting(environment, "AWS_SECRET_ACCESS_KEY") if key else None,
        aws_session_token=setting(environment, "AWS_SESSION_TOKEN") if key else None,
        aws_profile=None if token or key else setting(environment, "AWS_PROFILE"),
        aws_region=setting(environment, "AWS_REGION", "AWS_DEFAULT_REGION"),
        base_url=setting(environment, "ANTHROPIC_BEDROCK_BASE_URL"),
        timeout=timeout,
        max_retries=0,
    )


def _vertex(environment: Environment, timeout: httpx2.Timeout) -> Client:
    return anthropic.AsyncAnthropicVertex(
        region=setting(environment, "CLOUD_ML_REGION") or "",
        project_id=setting(environment, "ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT") or "",
        access_token=setting(environment, "CLOUDSDK_AUTH_ACCESS_TOKEN"),
        base_url=setting(environment, "ANTHROPIC_VERTEX_BASE_URL"),
        timeout=timeout,
        max_retries=0,
    )


def _foundry(environment: Environment, timeout: httpx2.Timeout) -> Client:
    key = setting(environment, "ANTHROPIC_FOUNDRY_API_KEY")
    address = setting(environment, "ANTHROPIC_FOUNDRY_BASE_URL")
    if address is not None:
        return anthropic.AsyncAnthropicFoundry(api_key=key, base_url=address, timeout=timeout, max_retries=0)
    resource = setting(environment, "ANTHROPIC_FOUNDRY_RESOURCE")
    return anthropic.AsyncAnthropicFoundry(api_key=key, resource=resource, timeout=timeout, max_retries=0)


def _databricks(environment: Environment, timeout: httpx2.Timeout) -> Client:
    """The client of a workspace's serving endpoints.

    The path and the bearer token are those of Databricks' page on the Anthropic Messages API, which was read and not
    tried. That the endpoint takes structured output and cache breakpoints as the API does is an assumption.
    """
    host = (setting(environment, "DATABRICKS_HOST") or "").rstrip("/")
    return anthropic.AsyncAnthropic(
        auth_token=setting(environment, "DATABRICKS_TOKEN"),
        base_url=f"{host if '://' in host else f'https://{host}'}/serving-endpoints/anthropic",
        timeout=timeout,
        max_retries=0,
    )
