"""What a command imports before it does anything: the heavy libraries only where they are needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEVER_IN_A_REVIEW = frozenset(
    {"langgraph", "anthropic", "mcp", "databricks", "libcst", "duckdb", "mlflow", "starlette"}
)
NEVER_AT_THE_START = NEVER_IN_A_REVIEW | {"sqlglot", "pydantic", "rich", "structlog", "yaml"}

PROGRAM = """
import sys
from orchestrator.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as stop:
    code = stop.code
sys.stderr.write("\\nimported " + " ".join(sorted({name.split(".")[0] for name in sys.modules})) + "\\n")
sys.exit(code)
"""


def run(*arguments: str, cache: Path) -> tuple[int, frozenset[str]]:
    """The exit code of the command line, and the top-level modules it had imported when it ended."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=ROOT,
        env={**kept, "ORCHESTRATE_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    last = ended.stderr.rstrip().rpartition("\n")[2]
    assert last.startswith("imported "), ended.stderr
    return ended.returncode, frozenset(last.split()[1:])


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_asking_for_help_or_version_imports_nothing_heavy(option: str, tmp_path: Path) -> None:
    code, imported = run(option, cache=tmp_path)
    assert code == 0
    assert imported & NEVER_AT_THE_START == frozenset(), "import it inside the function that needs it"


def test_review_imports_no_model_workspace_or_rewriting_library(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "load.py").write_text('rows = spark.table("main.sales.orders").collect()\n', encoding="utf-8")
    code, imported = run("review-pipeline", str(project), cache=tmp_path / "cache")
    assert code in {0, 1}
    assert imported & NEVER_IN_A_REVIEW == frozenset(), "import it inside the function that needs it"
    assert "orchestrator" in imported
