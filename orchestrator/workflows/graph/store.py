"""Where checkpoints are kept: a SQLite file in the run's folder, or the Postgres database that a team shares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import anyio

from orchestrator.code.secrets import MASK, masked
from orchestrator.errors import RunError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from orchestrator.workflows.runs.folder import Run

_CONNECT_SECONDS = 10
_SCHEMES = ("postgres", "postgresql")


@asynccontextmanager
async def opened_store(run: Run, address: str | None) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """The store of a run's checkpoints, for the time of the run.

    Raises:
        RunError: the address is none of Postgres, its library is missing, or the server does not answer.
    """
    stack = AsyncExitStack()
    try:
        yield await (_postgres(stack, address) if address is not None else _sqlite(stack, run))
    finally:
        # A run that is stopped closes its store too: an open one would keep a thread or a connection.
        with anyio.CancelScope(shield=True):
            await stack.aclose()


async def _sqlite(stack: AsyncExitStack, run: Run) -> BaseCheckpointSaver[str]:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    run.checkpoints.touch(mode=0o600)
    return await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(str(run.checkpoints)))


async def _postgres(stack: AsyncExitStack, address: str) -> BaseCheckpointSaver[str]:
    if _parts(address).scheme not in _SCHEMES:
        raise RunError("the store of checkpoints is no address of Postgres; give one like postgresql://host/database")
    try:
        import psycopg
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    except ImportError as error:
        missing = f"a store in Postgres needs the library {error.name!r}"
        raise RunError(f"{missing}: install the package with its extra 'postgres'") from error
    timed = f"{address}{'&' if _parts(address).query else '?'}connect_timeout={_CONNECT_SECONDS}"
    try:
        saver = await stack.enter_async_context(AsyncPostgresSaver.from_conn_string(timed))
        await saver.setup()
    except psycopg.Error as error:
        raise RunError(
            f"the store of checkpoints at {_shown(address)} cannot be used: {_why(error, address)}"
        ) from error
    return saver


def _parts(address: str) -> SplitResult:
    """The parts of an address; empty ones where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _shown(address: str) -> str:
    """The address without its user and password."""
    parts = _parts(address)
    if _is_unclear(address):
        return "the given address"
    return f"{parts.hostname or 'the local socket'}{parts.path}"


def _is_unclear(address: str) -> bool:
    """Whether a part of the password may stand where none belongs, because a `/`, `?` or `#` in it was not spelled."""
    parts = _parts(address)
    return "@" in f"{parts.path}{parts.query}{parts.fragment}"


def _why(error: Exception, address: str) -> str:
    """The first line of what the library says, without what may be a password: it quotes what it cannot read."""
    if _is_unclear(address):
        return "write a '/', '?', '#' or '@' in its password as %2F, %3F, %23 or %40"
    lines = str(error).strip().splitlines()
    said = lines[0] if lines else type(error).__name__
    parts = _parts(address)
    login, _, _ = parts.netloc.rpartition("@")
    password = login.partition(":")[2]
    given = [value for name, value in parse_qsl(parts.query) if name in {"password", "sslpassword"}]
    for part in (login, password, unquote(password), *given):
        said = said.replace(part, MASK) if part else said
    return masked(said)[:200]
