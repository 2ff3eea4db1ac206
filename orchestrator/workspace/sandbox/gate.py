"""Who may come in, and what happens to their calls."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.faults import Fault, Faults, Trouble
from orchestrator.workspace.sandbox.problem import CallRefusedError

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.state import State
    from orchestrator.workspace.sandbox.warehouse.statements import Statements

MAX_CALLS = 10_000


@dataclass(kw_only=True)
class Gate:
    """Tokens by principal, the faults that are set, and the event that ends the server."""

    tokens: dict[str, str]
    faults: Faults = field(default_factory=Faults)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[str] = field(default_factory=list)

    def principal(self, authorization: str) -> str:
        """The principal of a bearer token.

        Raises:
            CallRefusedError: there is no such token (401).
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            for known, principal in self.tokens.items():
                if secrets.compare_digest(known.encode(), token.strip().encode()):
                    return principal
        raise CallRefusedError(401, "UNAUTHENTICATED", "Invalid access token.")

    def note(self, call: str) -> None:
        """Remember a call; the oldest are forgotten."""
        if len(self.calls) >= MAX_CALLS:
            del self.calls[: MAX_CALLS // 2]
        self.calls.append(call)

    async def suffer(self, fault: Fault | None) -> None:
        """Refuse, wait or hang as the fault says.

        Raises:
            CallRefusedError: the fault is a refusal.
        """
        if fault is None:
            return
        problem = fault.problem()
        if problem is not None:
            raise problem
        if fault.kind is Trouble.HANG:
            await self.closing.wait()
        if fault.kind is Trouble.SLOW:
            await self._wait(fault.seconds)

    async def _wait(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(self.closing.wait())
        await asyncio.wait([waiting], timeout=seconds)
        waiting.cancel()


@dataclass(frozen=True, kw_only=True)
class House:
    """What every route may use: the state, the statements, the gate, and the MLflow server where there is one."""

    state: State
    statements: Statements
    gate: Gate
    mlflow_url: str | None = None
