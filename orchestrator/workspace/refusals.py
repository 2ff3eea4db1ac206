"""What a workspace refused, as one sentence that says what would work; never with a host, a token or a trace."""

from __future__ import annotations

import re

from orchestrator.errors import WorkspaceError

_MAX = 300
_HOST = re.compile(r"https?://[^\s'\",)]+")
_CONFIG = re.compile(r"\s*Config: .*", re.DOTALL)
_SPACE = re.compile(r"\s+")
_BY_STATUS = {
    "Unauthenticated": "the workspace does not accept these credentials (expired or wrong); sign in again",
    "TooManyRequests": "the workspace limits the rate of requests; wait a minute and ask for less at once",
    "TemporarilyUnavailable": "the workspace is not available at the moment; try again later",
    "DeadlineExceeded": "the workspace did not finish in time; ask for less at once",
    "NotImplemented": "this workspace does not offer this interface",
}  # fmt: skip


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
    text = _SPACE.sub(" ", _HOST.sub("the workspace", _CONFIG.sub("", str(error)))).strip()
    return f" (it says: {text[:_MAX]})" if text else ""
