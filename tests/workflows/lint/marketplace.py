"""A marketplace of one plugin without a problem, which the tests of the lint break in one place each."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from orchestrator import __version__

ROOT = Path(__file__).parent.parent.parent.parent
PLUGIN = "databricks-mlops"
FOLDER = f"plugins/{PLUGIN}"
AGENT = f"{FOLDER}/agents/table-reader.md"
COMMAND = f"{FOLDER}/commands/read-tables.md"
SKILL = f"{FOLDER}/skills/tables/SKILL.md"
SERVERS = f"{FOLDER}/.mcp.json"
MARKET = ".claude-plugin/marketplace.json"
PROGRAM = f"{FOLDER}/bin/orchestrate"
AUTHOR = {"name": "Tests"}
AGENT_TEXT = """---
name: "table-reader"
description: "Reads the tables of a project. Use in tests."
tools: "Read, mcp__plugin_databricks-mlops_mlflow-registry__get_run"
model: "inherit"
metadata:
  surface: ["delta"]
---
You read tables.

## Surface
Tables.

## Rules that already run
None yet.

## Look for
1. Nothing.

## Never report
- Anything.

## Evidence
Lines.

## Worked examples
```json
{"path": "a.py", "start_line": 1, "end_line": 1, "quote": "x", "category": "a-b", "severity": "low", "confidence": 75,
 "message": "m", "why": "w", "fix": null}
```

## Output
Only JSON.
"""
COMMAND_TEXT = """---
description: "Read the tables of a project and say what they are"
argument-hint: "<path>"
allowed-tools: "Bash(orchestrate:*), Read, Agent, mcp__plugin_databricks-mlops_mlflow-registry__get_run"
metadata:
  workflow: "review"
  specialists: ["table-reader"]
  skills: ["tables"]
  servers: ["mlflow-registry"]
---
Read `$ARGUMENTS` with databricks-mlops:table-reader, and call mcp__plugin_databricks-mlops_mlflow-registry__get_run.
```sh
orchestrate rules
```
"""
SKILL_TEXT = """---
name: "tables"
description: "Lay out tables. Use when a table is made."
---
Read [the detail](references/detail.md) and `templates/job.py`.
```python
df = spark.table("main.sales.orders")
```
"""


def marketplace(root: Path) -> Path:
    """Write it under a folder."""
    manifest = {
        "name": PLUGIN,
        "version": __version__,
        "description": "A plugin that tests use.",
        "author": AUTHOR,
        "license": "MIT",
    }
    listed = {**manifest, "source": f"./{FOLDER}", "category": "data", "tags": ["x"]}
    market = {
        "$schema": "https://json.schemastore.org/claude-code-marketplace.json",
        "name": "test-market",
        "version": __version__,
        "description": "A marketplace that tests use.",
        "owner": AUTHOR,
        "plugins": [listed],
    }
    server = {"command": "${CLAUDE_PLUGIN_ROOT}/bin/orchestrate", "args": ["mcp", "mlflow-registry"]}
    files = {
        MARKET: json.dumps(market, indent=1),
        f"{FOLDER}/.claude-plugin/plugin.json": json.dumps(manifest, indent=1),
        SERVERS: json.dumps({"mcpServers": {"mlflow-registry": server}}, indent=1),
        f"{FOLDER}/README.md": "# Tests\n",
        AGENT: AGENT_TEXT,
        COMMAND: COMMAND_TEXT,
        SKILL: SKILL_TEXT + "A line.\n" * 60,
        f"{FOLDER}/skills/tables/references/detail.md": "Detail.\n",
        f"{FOLDER}/skills/tables/templates/job.py": 'rows = spark.table("main.sales.orders")\n',
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / PROGRAM).parent.mkdir()
    shutil.copy(ROOT / PROGRAM, root / PROGRAM)
    return root
