"""Which model a name means and who serves it: the API itself, or one of the platforms that offer Claude.

    claude-opus-5-5                  the Anthropic API, or what ANTHROPIC_BASE_URL names
    bedrock/anthropic.claude-...     Amazon Bedrock
    vertex/claude-...                Vertex AI on Google Cloud
    foundry/claude-...               Microsoft Foundry
    databricks/databricks-claude-... Databricks Model Serving
    scripted:FILE                    a script, for trying without a network

Importing this imports no SDK, and neither does opening a model: its client is made when it is first asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import ModelSetupError
from orchestrator.models.conversation import OpenedModel
from orchestrator.models.platforms import DIRECT, PLATFORMS, Platform, problem, setting

if TYPE_CHECKING:
    from orchestrator.models.anthropic_model import Limits
    from orchestrator.models.retries import Patience

SCRIPTED = "scripted:"
CONCURRENCY = 16


def has_credential(environment: Mapping[str, str]) -> bool:
    """Whether a model could be asked as things are, at whichever provider."""
    return any(problem(platform, environment) is None for platform in (DIRECT, *PLATFORMS))


def model_name(name: str) -> str:
    """The name as the provider knows it."""
    return name.removeprefix(_platform(name).prefix)


def open_model(
    name: str,
    environment: Mapping[str, str],
    *,
    concurrency: int = CONCURRENCY,
    patience: Patience | None = None,
    limits: Limits | None = None,
) -> OpenedModel:
    """The model of that name, with the credential that stands in the environment; nothing is sent yet.

    At most `concurrency` requests are under way at once; one that waits for its next attempt is not under way.

    Raises:
        ModelSetupError: a credential, a setting or a library is missing, or the provider is unknown.
    """
    if name.startswith(SCRIPTED):
        return _scripted(Path(name.removeprefix(SCRIPTED)))
    platform = _platform(name)
    if not name.removeprefix(platform.prefix).strip():
        raise ModelSetupError(f"--model {name!r} names no model; add one, such as {platform.prefix}{platform.example}")
    missing = problem(platform, environment)
    if missing is not None:
        raise ModelSetupError(f"--model {name} needs {missing}")
    _need_library("anthropic", "model", name)
    if platform.library:
        _need_library(platform.library, platform.extra, name)
    from orchestrator.models.unopened import UnopenedModel

    return UnopenedModel(lambda: _opened(platform, environment, concurrency, patience, limits), provider=platform.name)


def _scripted(path: Path) -> OpenedModel:
    from orchestrator.models.scripted import ScriptedModel, read_script

    return ScriptedModel(read_script(path))


def _opened(
    platform: Platform,
    environment: Mapping[str, str],
    concurrency: int,
    patience: Patience | None,
    limits: Limits | None,
) -> OpenedModel:
    import anyio

    from orchestrator.models.anthropic_model import AnthropicModel, Limits
    from orchestrator.models.clients import client
    from orchestrator.models.mishaps import Endpoint
    from orchestrator.models.retries import Patience, Retries

    limits = limits or Limits()
    secrets = tuple(value for name in platform.secrets if (value := setting(environment, name)))
    used = next((name for name in platform.secrets if setting(environment, name)), platform.credential)
    return AnthropicModel(
        client(platform.key, environment, connect=limits.connect, idle=limits.idle),
        endpoint=Endpoint(
            provider=platform.name,
            credential=used,
            address=platform.address,
            secrets=secrets,
            prefix=platform.prefix,
            moves_breakpoint=platform.moves_breakpoint,
        ),
        retries=Retries(slots=anyio.Semaphore(concurrency), patience=patience or Patience()),
        limits=limits,
    )


def _platform(name: str) -> Platform:
    found = next((platform for platform in PLATFORMS if name.startswith(platform.prefix)), None)
    if found is None and "/" in name:
        known = ", ".join(platform.prefix for platform in PLATFORMS)
        raise ModelSetupError(f"--model {name!r} begins with no known provider; use one of {known} or a plain name")
    return found or DIRECT


def _need_library(module: str, extra: str, name: str) -> None:
    if _is_missing(module):
        raise ModelSetupError(f"--model {name} needs the library {module!r}: pip install '{_PACKAGES[extra]}'")


_PACKAGES = {
    "model": "databricks-platform-marketplace[model]",
    "bedrock": "anthropic[bedrock]",
    "vertex": "anthropic[vertex]",
}


def _is_missing(module: str) -> bool:
    try:
        return find_spec(module) is None
    except ModuleNotFoundError:
        return True
