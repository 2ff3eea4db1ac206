"""Faults on demand: what goes wrong, on which paths, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import Field

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.part import Wire


class Trouble(StrEnum):
    """What can go wrong."""

    RATE_LIMIT = "rate_limit"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    SLOW = "slow"
    HANG = "hang"
    TRUNCATED = "truncated"


class Fault(Wire):
    """A fault: calls whose path matches get it, `count` times after the first `after`; 0 means always.

    `path` is a shell pattern such as `/api/2.1/unity-catalog/*`. `retry_after` is in seconds and goes with a rate limit
    or an unavailable service; `seconds` is how long a slow answer takes.
    """

    kind: Trouble
    path: str = "*"
    method: str = "*"
    count: int = Field(default=1, ge=0)
    after: int = Field(default=0, ge=0)
    retry_after: int | None = Field(default=1, ge=0)
    seconds: float = Field(default=1.0, ge=0, le=3_600)
    message: str | None = None

    def problem(self) -> CallRefusedError | None:
        """The refusal, for faults that are one."""
        match self.kind:
            case Trouble.RATE_LIMIT:
                said = self.message or "Current request has to be retried: the rate limit was exceeded."
                return CallRefusedError(429, "REQUEST_LIMIT_EXCEEDED", said, retry_after=self.retry_after)
            case Trouble.DENIED:
                return CallRefusedError(
                    403, "PERMISSION_DENIED", self.message or "User does not have permission for this call."
                )
            case Trouble.UNAVAILABLE:
                said = self.message or "The service at this path is taking too long to process your request."
                return CallRefusedError(503, "TEMPORARILY_UNAVAILABLE", said, retry_after=self.retry_after)
            case _:
                return None


@dataclass(kw_only=True)
class _Armed:
    fault: Fault
    seen: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Whether this call gets the fault; counts the call."""
        if self.fault.method not in {"*", method} or not fnmatchcase(path, self.fault.path):
            return False
        self.seen += 1
        struck = self.seen - self.fault.after
        return struck > 0 and (self.fault.count == 0 or struck <= self.fault.count)


@dataclass(kw_only=True)
class Faults:
    """The faults that are set."""

    _armed: list[_Armed] = field(default_factory=list)

    def set(self, *faults: Fault) -> None:
        """Add faults."""
        self._armed += [_Armed(fault=fault) for fault in faults]

    def clear(self) -> None:
        """Take all faults away."""
        self._armed.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The first fault that this call gets."""
        for armed in list(self._armed):
            if armed.strikes(method, path):
                return armed.fault
        return None

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that can still strike."""
        return tuple(
            armed.fault
            for armed in list(self._armed)
            if armed.fault.count == 0 or armed.seen < armed.fault.after + armed.fault.count
        )
