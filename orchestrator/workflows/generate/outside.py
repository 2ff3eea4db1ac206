"""Runs a program over generated files, bounded in time, with no credential in its environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SECRET = ("TOKEN", "SECRET", "PASSWORD", "API_KEY", "ACCESS_KEY", "CREDENTIAL")
_MOST_SAID = 4_000


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a program ended; `code` is None where it could not be started or was ended for taking too long."""

    code: int | None
    said: str


def run(words: Sequence[str], folder: Path, *, seconds: float, more: Mapping[str, str] | None = None) -> Ended:
    """The program's end, and the last lines that it said."""
    kept = {name: value for name, value in os.environ.items() if not any(word in name.upper() for word in _SECRET)}
    try:
        ended = subprocess.run(
            words,
            cwd=folder,
            env={**kept, **(more or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Ended(code=None, said=f"ended after {seconds:.0f} s without an answer")
    except OSError as error:
        return Ended(code=None, said=f"{words[0]} cannot be started ({error.strerror})")
    return Ended(code=ended.returncode, said=(ended.stdout + ended.stderr).strip()[-_MOST_SAID:])
