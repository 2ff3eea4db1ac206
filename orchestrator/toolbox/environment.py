"""What of the environment a server is given: what it needs to run and, with a workspace, to reach that; no more.

A server reads what others wrote (comments of tables, notebooks, logs), so it holds no credential that it has no use
for: no key of a model, no token of GitHub, and without a workspace nothing of Databricks.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.workspace.connection import Access

_ALWAYS = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP"})
_NETWORK = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    | {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
)
_TOOLS_OF_CLOUDS = frozenset({"AZURE_CONFIG_DIR", "CLOUDSDK_CONFIG"})
_WITH_A_PROFILE = frozenset({"DATABRICKS_CONFIG_FILE", "DATABRICKS_CLI_PATH", "DATABRICKS_WAREHOUSE_ID"})
"""Not the host and the token of the environment: the SDK would take them before those of the profile."""
_CHAIN = ("DATABRICKS_", "ARM_", "MLFLOW_")
_GOOGLE = frozenset({"GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"})
_NAMES_ANOTHER = "DATABRICKS_OIDC_TOKEN_ENV"
"""Holds the name of the variable that holds the token."""
_NEVER = frozenset({"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"})
_BY_AUTHENTICATION = {
    "github-oidc": frozenset({"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"}),
    "github-oidc-azure": frozenset({"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"}),
    "azure-devops-oidc": frozenset(
        {"SYSTEM_ACCESSTOKEN", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "SYSTEM_TEAMPROJECTID", "SYSTEM_PLANID"}
        | {"SYSTEM_JOBID", "SYSTEM_HOSTTYPE"}
    ),
}
"""What the SDK needs for ways of logging in that have to be asked for by DATABRICKS_AUTH_TYPE."""


def environment_of(access: Access | None, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server, taken from a given one; `access` is the workspace, None where there is none."""
    if access is None:
        return _taken(given, _ALWAYS)
    if access.host is not None:
        # What is named whole needs nothing of ours; a proxy would be asked for a host that is this machine.
        return _taken(given, _ALWAYS) | _named(access)
    if access.profile is not None:
        return _taken(given, _ALWAYS | _NETWORK | _TOOLS_OF_CLOUDS | _WITH_A_PROFILE)
    chain = {name for name in given if name.upper().startswith(_CHAIN)} | _GOOGLE | {given.get(_NAMES_ANOTHER, "")}
    asked = _BY_AUTHENTICATION.get(given.get("DATABRICKS_AUTH_TYPE", ""), frozenset())
    return _taken(given, (_ALWAYS | _NETWORK | _TOOLS_OF_CLOUDS | chain | asked) - _NEVER)


def _taken(given: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in names or name.upper() in names & _NETWORK}


def _named(access: Access) -> dict[str, str]:
    values = {
        "DATABRICKS_HOST": access.host,
        "DATABRICKS_TOKEN": access.token,
        "DATABRICKS_WAREHOUSE_ID": access.warehouse,
        "DATABRICKS_AUTH_TYPE": "pat" if access.token else None,
    }
    return {name: value for name, value in values.items() if value}
