"""What a workspace refused, as one sentence that says what would work; never with a host, a token or a trace."""

from __future__ import annotations

import re

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.plain import whole_words

_MAX = 300
_HOST = re.compile(r"https?://[^\s'\",)]+")
_CREDENTIAL = re.compile(r"\b(Bearer|Basic)\s.*", re.DOTALL | re.IGNORECASE)
_CONFIG = re.compile(r"\s*Config: .*", re.DOTALL)
_SPACE = re.compile(r"\s+")
_BY_STATUS = {
    "Unauthenticated": "the workspace does not accept these credentials (expired or wrong); sign in again",
    "TooManyRequests": "the workspace limits the rate of requests; wait a minute and ask for less at once",
    "TemporarilyUnavailable": "the workspace is not available at the moment; try again later",
    "DeadlineExceeded": "the workspace did not finish in time; ask for less at once",
    "NotImplemented": "this workspace does not offer this interface",
}  # fmt: skip


_UNREADABLE = "the workspace answered with something that cannot be read; check DATABRICKS_HOST, or try again"
_ADDRESS = "DATABRICKS_HOST is no address of a workspace; write https://NAME"
_BY_KIND = {
    "TypeError": _UNREADABLE, "AttributeError": _UNREADABLE, "KeyError": _UNREADABLE, "JSONDecodeError": _UNREADABLE,
    "InvalidURL": _ADDRESS, "InvalidSchema": _ADDRESS, "MissingSchema": _ADDRESS,
    "SSLError": "the workspace's certificate cannot be verified, or it does not speak TLS; check DATABRICKS_HOST",
    "ProxyError": "the proxy does not let the request through; check HTTPS_PROXY",
    "InvalidHeader": "the token has a character that no header may have; set DATABRICKS_TOKEN again, without line ends",
}  # fmt: skip
"""What these errors say names the host or the token, or nothing that a reader can use."""


def refusal(error: Exception, what: str, privilege: str | None) -> WorkspaceError:
    """The sentence for an error of the SDK or of the network."""
    kind = type(error).__name__
    reached = _reached(error)
    if reached is not error:
        return refusal(reached, what, privilege)
    if kind == "PermissionDenied":
        needed = f" it needs {privilege}" if privilege else " ask the owner for the privilege"
        return WorkspaceError(f"cannot {what}: permission denied;{needed}{_said(error)}")
    if kind in {"NotFound", "ResourceDoesNotExist"}:
        return WorkspaceError(f"cannot {what}: there is no such object, or you may not see it{_said(error)}")
    if kind in _BY_STATUS:
        return WorkspaceError(f"cannot {what}: {_BY_STATUS[kind]}{_said(error)}")
    if kind in _BY_KIND or "header value" in str(error):
        return WorkspaceError(f"cannot {what}: {_BY_KIND.get(kind, _BY_KIND['InvalidHeader'])}")
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return WorkspaceError(f"cannot {what}: the workspace did not answer in time; try again, or ask for less")
    if "Connection" in kind:
        return WorkspaceError(f"cannot {what}: the workspace cannot be reached; check DATABRICKS_HOST and the network")
    return WorkspaceError(f"cannot {what}: the workspace answered with {kind}{_said(error)}")


def _reached(error: Exception) -> Exception:
    """The first error behind a retry that ran out of time: it says why."""
    cause = error.__cause__
    return cause if isinstance(error, TimeoutError) and isinstance(cause, Exception) else error


def _said(error: Exception) -> str:
    text = _SPACE.sub(" ", _HOST.sub("the workspace", _CREDENTIAL.sub(r"\1 …", _CONFIG.sub("", str(error))))).strip()
    return f" (it says: {whole_words(text, _MAX)})" if text else ""
