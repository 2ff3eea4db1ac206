"""The pages of the commands: their examples, run as a reader would run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "commands"
REAL = "<!-- real -->"
_BLOCK = re.compile(r"^(?P<mark><!-- real -->\n)?```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING = (
    (re.compile(r"\b\d+\.\d\d s\b"), "0.00 s"),
    (re.compile(r"\b\d+ min \d+ s\b"), "0.00 s"),
    (re.compile(r"\bin \d+\.\d+s\b"), "in 0.00s"),
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One fenced block: commands behind `$ `, each followed by what it prints."""

    page: Path
    number: int
    body: str
    real: bool

    @property
    def name(self) -> str:
        """How a test calls it."""
        return f"{self.page.stem}-{self.number}"

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands, without their prompt; a line that ends with a backslash goes on in the next."""
        joined = self.body.replace("\\\n", "\\\x00")
        return tuple(
            line.removeprefix("$ ").replace("\x00", "\n") for line in joined.splitlines() if line.startswith("$ ")
        )


def examples() -> tuple[Example, ...]:
    """Every example of every page, in the order of the pages."""
    return tuple(
        Example(page=page, number=number, body=match["body"], real=match["mark"] is not None)
        for page in sorted(PAGES.glob("*.md"))
        for number, match in enumerate(_BLOCK.finditer(page.read_text(encoding="utf-8")), start=1)
    )


def shown(example: Example, folder: Path) -> str:
    """The block as it comes out here, commands and output; a code other than 0 is told behind the output."""
    for name in ("customer-360", "commands"):
        shutil.copytree(ROOT / "examples" / name, folder / "examples" / name)
    return "".join(f"$ {command}\n{_output(command, folder)}" for command in example.commands)


def without_varying(text: str) -> str:
    """The text with the durations in it made equal."""
    for pattern, same in _VARYING:
        text = pattern.sub(same, text)
    return text


def rewrite(example: Example, body: str) -> None:
    """Put the block into the page."""
    text = example.page.read_text(encoding="utf-8")
    example.page.write_text(text.replace(example.body, body, 1), encoding="utf-8")


def _output(command: str, folder: Path) -> str:
    dropped = ("DATABRICKS", "MLFLOW", "ANTHROPIC", "ORCHESTRATE", "GITHUB")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    places = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ORCHESTRATE_STATE_DIR": str(folder / ".state"),
        "ORCHESTRATE_CACHE_DIR": str(folder / ".cache"),
        "COLUMNS": "160",
        "REAL_PYTHON": str(ROOT / ".venv-real" / "bin" / "python"),
    }
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**kept, **places},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    said = ended.stdout if ended.stdout.endswith("\n") or not ended.stdout else f"{ended.stdout}\n"
    if ended.returncode == 2:
        said += ended.stderr
    # Where the examples are run is nobody's business.
    said = said.replace(f"{folder}/", "").replace(str(folder), ".")
    return said + (f"(exit code {ended.returncode})\n" if ended.returncode else "")
