"""Who serves Claude, and what each needs in the environment; nothing here imports an SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Key = Literal["direct", "bedrock", "vertex", "foundry", "databricks"]
Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One provider: `secrets` are the settings that hold credentials, `needs` says what is missing, if anything.

    `moves_breakpoint` is whether it takes `cache_control` for a whole request. Bedrock and Vertex refuse it; Databricks
    serves Claude from such clouds and is taken to refuse it too.
    """

    key: Key
    prefix: str
    name: str
    example: str
    credential: str
    secrets: tuple[str, ...]
    needs: Callable[[Environment], str | None]
    address: str = ""
    library: str = ""
    extra: str = ""
    moves_breakpoint: bool = False


def problem(platform: Platform, environment: Environment) -> str | None:
    """What is missing in the environment, as the end of a sentence; None where nothing is."""
    found = platform.needs(environment)
    if found is None and platform.address:
        return _address_problem(platform.address, environment)
    return found


def setting(environment: Environment, *names: str) -> str | None:
    """The first of these settings that is set and not empty."""
    return next((value for name in names if (value := environment.get(name, "").strip())), None)


def _address_problem(name: str, environment: Environment) -> str | None:
    value = setting(environment, name)
    if value is None or value.startswith(("https://", "http://")) or name == "DATABRICKS_HOST":
        return None
    return f"{name} to begin with https://"


def _direct(environment: Environment) -> str | None:
    if setting(environment, "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        return None
    return (
        "ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) in the environment; for a gateway without keys, set it to any word"
    )


def _bedrock(environment: Environment) -> str | None:
    if not setting(environment, "AWS_REGION", "AWS_DEFAULT_REGION"):
        return "AWS_REGION in the environment"
    named = ("AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE", *_AWS_ROLES)
    pair = setting(environment, "AWS_ACCESS_KEY_ID") and setting(environment, "AWS_SECRET_ACCESS_KEY")
    if pair or setting(environment, *named):
        return None
    return (
        "AWS_BEARER_TOKEN_BEDROCK, AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY in the environment "
        "(AWS_PROFILE=default takes what the machine has)"
    )


_AWS_ROLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def _vertex(environment: Environment) -> str | None:
    if not setting(environment, "CLOUD_ML_REGION"):
        return "CLOUD_ML_REGION in the environment"
    if not setting(environment, "ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"):
        return "ANTHROPIC_VERTEX_PROJECT_ID in the environment"
    if setting(environment, *_GOOGLE) or _logged_in(environment):
        return None
    return "a Google credential: run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS"


_GOOGLE = ("CLOUDSDK_AUTH_ACCESS_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST", "K_SERVICE")


def _logged_in(environment: Environment) -> bool:
    home = setting(environment, "HOME", "USERPROFILE")
    folder = setting(environment, "CLOUDSDK_CONFIG") or (f"{home}/.config/gcloud" if home else None)
    return folder is not None and Path(folder, "application_default_credentials.json").is_file()


def _foundry(environment: Environment) -> str | None:
    if not setting(environment, "ANTHROPIC_FOUNDRY_API_KEY"):
        return "ANTHROPIC_FOUNDRY_API_KEY in the environment"
    if setting(environment, "ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL"):
        return None
    return "ANTHROPIC_FOUNDRY_RESOURCE (or ANTHROPIC_FOUNDRY_BASE_URL) in the environment"


def _databricks(environment: Environment) -> str | None:
    missing = [name for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN") if not setting(environment, name)]
    return f"{' and '.join(missing)} in the environment" if missing else None


DIRECT = Platform(
    key="direct",
    prefix="",
    name="the Anthropic API",
    example="claude-opus-5-5",
    credential="ANTHROPIC_API_KEY",
    secrets=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    needs=_direct,
    address="ANTHROPIC_BASE_URL",
    moves_breakpoint=True,
)
PLATFORMS = (
    Platform(
        key="bedrock",
        prefix="bedrock/",
        name="Amazon Bedrock",
        example="anthropic.claude-opus-5-5",
        credential="the AWS credential",
        secrets=("AWS_BEARER_TOKEN_BEDROCK", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"),
        needs=_bedrock,
        address="ANTHROPIC_BEDROCK_BASE_URL",
        library="boto3",
        extra="bedrock",
    ),
    Platform(
        key="vertex",
        prefix="vertex/",
        name="Vertex AI",
        example="claude-opus-5-5",
        credential="the Google credential",
        secrets=("CLOUDSDK_AUTH_ACCESS_TOKEN",),
        needs=_vertex,
        address="ANTHROPIC_VERTEX_BASE_URL",
        library="google.auth",
        extra="vertex",
    ),
    Platform(
        key="foundry",
        prefix="foundry/",
        name="Microsoft Foundry",
        example="claude-opus-5-5",
        credential="ANTHROPIC_FOUNDRY_API_KEY",
        secrets=("ANTHROPIC_FOUNDRY_API_KEY",),
        needs=_foundry,
        address="ANTHROPIC_FOUNDRY_BASE_URL",
        moves_breakpoint=True,
    ),
    Platform(
        key="databricks",
        prefix="databricks/",
        name="Databricks Model Serving",
        example="databricks-claude-sonnet-4-6",
        credential="DATABRICKS_TOKEN",
        secrets=("DATABRICKS_TOKEN",),
        needs=_databricks,
        address="DATABRICKS_HOST",
    ),
)
