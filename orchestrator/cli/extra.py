"""The extras: what a part needs beside the libraries of a review by rules."""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = {
    "workspace": ("databricks", "duckdb", "mcp", "starlette", "uvicorn"),
    "model": ("anthropic", "aiosqlite", "langgraph", "mcp", "tenacity"),
    "cassettes": ("vcr",),
    "evals": ("numpy", "scipy"),
    "github": ("github",),
}
"""The libraries by which an extra is known to be installed."""
CODECS = ("lz4", "zstandard")


def require_extra(extra: str, what: str) -> None:
    """Nothing, where the libraries of the extra can be found; none is imported. `what` begins the sentence.

    Raises:
        UsageError: one of them is not installed.
    """
    missing = next((name for name in LIBRARIES[extra] if find_spec(name) is None), None)
    if missing is not None:
        from orchestrator.errors import UsageError

        raise UsageError(needs(what, missing, extra))


def needs(what: str, library: str, extra: str) -> str:
    """The sentence for somebody who lacks a library of the extra."""
    return f"{what} needs the library {library!r}: {install(extra)}"


def install(extra: str) -> str:
    """How to get the extra."""
    return f"install the package with its extra {extra!r}, in a clone with: uv tool install '.[{extra}]'"
