"""The extra `workspace`: what the MCP servers, the sandbox and `--workspace` need beside the rules."""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = ("databricks", "duckdb", "mcp", "starlette", "uvicorn")
CODECS = ("lz4", "zstandard")
INSTALL = "install the package with its extra 'workspace', in a clone with: uv tool install '.[workspace]'"


def require_workspace_extra(what: str) -> None:
    """Nothing, where the libraries of the extra can be found; none is imported. `what` begins the sentence.

    Raises:
        UsageError: one of them is not installed.
    """
    missing = next((name for name in LIBRARIES if find_spec(name) is None), None)
    if missing is not None:
        from orchestrator.errors import UsageError

        raise UsageError(needs(what, missing))


def needs(what: str, library: str) -> str:
    """The sentence for somebody who lacks a library of the extra."""
    return f"{what} needs the library {library!r}: {INSTALL}"
