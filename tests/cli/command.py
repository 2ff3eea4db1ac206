"""The command as a user runs it: in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.models.messages_api import Served

ROOT = Path(__file__).parent.parent.parent
IMPORTED = "imported "
PROGRAM = f"""
import sys
from orchestrator.cli import main
code = main(sys.argv[1:])
sys.stderr.write("\\n{IMPORTED}" + " ".join(sorted({{name.split(".")[0] for name in sys.modules}})) + "\\n")
sys.exit(code)
"""


def orchestrate(
    folder: Path, *words: str, api: Served | None = None, at: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command with its runs and its cache in a folder, run there or at another place.

    With an API it has a credential. The last line of stderr names the top-level modules that were imported.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC", "ORCHESTRATE"))}
    places = {"ORCHESTRATE_STATE_DIR": str(folder / "state"), "ORCHESTRATE_CACHE_DIR": str(folder / "cache")}
    model = {} if api is None else {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": api.address}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=at or folder,
        env={**kept, **places, **model, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def told(ended: subprocess.CompletedProcess[str]) -> str:
    """What the command itself said on stderr."""
    return ended.stderr.rpartition(f"\n{IMPORTED}")[0]


def imported(ended: subprocess.CompletedProcess[str]) -> frozenset[str]:
    """The modules that the command had imported when it ended."""
    return frozenset(ended.stderr.rpartition(f"\n{IMPORTED}")[2].split())
