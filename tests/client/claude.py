"""The real Claude Code client, offline: its own home, and a model that is a loopback server of ours."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
VERSIONS = ("2.1.330", "2.1.197")
PLUGINS = ("databricks-engineering", "databricks-mlops", "databricks-governance")
SECONDS = 120


def client(version: str) -> Path:
    """The program of that version."""
    program = ROOT / ".clients" / version / "node_modules" / ".bin" / "claude"
    if not program.exists():
        raise FileNotFoundError(f"the client {version} is not installed: run `make env-real`")
    return program


@dataclass(frozen=True, kw_only=True)
class Claude:
    """One client with a home of its own."""

    version: str
    home: Path
    address: str = "http://127.0.0.1:9"
    more: Mapping[str, str] = field(default_factory=dict)
    """Variables besides."""

    def run(self, *arguments: str, given: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """The ended program."""
        return subprocess.run(
            [str(client(self.version)), *arguments],
            input=given,
            cwd=cwd or self.home,
            env=self.environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's but the PATH; no traffic but to the loopback model."""
        return {
            "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "ANTHROPIC_API_KEY": "sk-ant-loopback",
            "ANTHROPIC_BASE_URL": self.address,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
            "CLAUDE_CODE_MAX_RETRIES": "0",
            # Wait five seconds for servers instead of two: CI machines are busy.
            "MCP_CONNECTION_NONBLOCKING": "0",
            "ORCHESTRATE_CACHE_DIR": str(self.home / "cache"),
            **self.more,
        }

    def events(self, *arguments: str, given: str = "", cwd: Path | None = None) -> list[dict[str, Any]]:
        """What a headless session with the three plugins tells, event by event."""
        folders = [part for name in PLUGINS for part in ("--plugin-dir", str(ROOT / "plugins" / name))]
        ended = self.run(
            "-p", *arguments, *folders, "--output-format", "stream-json", "--verbose", given=given, cwd=cwd
        )
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
