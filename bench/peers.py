"""The tools that we are measured against, pinned and in an environment of their own."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from measure import Command
from orchestrator.evaluate.peers.environment import pinned
from semgrep_rules import write_rules

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".bench" / "peers"
PINNED = pinned("pylint", "databricks-labs-pylint", "semgrep")
PYLINT_CHECKS = (
    "dbutils-fs-cp", "dbutils-fs-head", "dbutils-fs-ls", "dbutils-fs-mount", "dbutils-credentials",
    "dbutils-notebook-run", "pat-token-leaked", "notebooks-percent-run", "notebooks-too-many-cells",
    "spark-outside-function", "unsupported-runtime", "incompatible-with-uc", "no-spark-argument-in-function",
)  # fmt: skip
# pylint adds 1 to its exit code for what it could not do and 32 for a usage it refused: then it measured nothing.
PYLINT_BROKEN = 1 | 32


def install_peers() -> None:
    """Make the peers' environment unless the one that is there holds these very versions."""
    stamp = PEERS / "pinned.txt"
    wanted = "\n".join(PINNED)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(PEERS, ignore_errors=True)
    print(f"installing {', '.join(PINNED)} into .bench/peers", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    python = str(PEERS / "bin" / "python")
    if shutil.which("uv"):
        tool = ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    else:
        tool = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*tool, *PINNED], check=True)
    stamp.write_text(wanted, encoding="utf-8")


def default_rules() -> int:
    """How many rules are on by default, counted from their files so that nothing of the engine is needed."""
    folder = ROOT / "orchestrator" / "rules"
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(folder.glob("*/[a-z]*.py"))]
    rules = [getattr(importlib.import_module(name), "RULE", None) for name in names]
    return sum(rule is not None and rule.default for rule in rules)


def pylint(corpus: Path, output: Path, *, every_check: bool) -> Command:
    """pylint with the Databricks plugin over the corpus on all cores: the plugin's checks alone, or every check."""
    chosen = [] if every_check else ["--disable=all", "--enable=" + ",".join(PYLINT_CHECKS)]
    plugin = "--load-plugins=databricks.labs.pylint.all"
    options = ["-j", "0", "--recursive=y", "--output-format=json", "--rcfile=", plugin, *chosen]
    return Command(
        arguments=[PEERS / "bin" / "pylint", *options, "."],
        folder=corpus,
        output=output,
        environment={"PYLINTHOME": str(PEERS / "pylint-home")},
        is_success=lambda code: not code & PYLINT_BROKEN,
    )


def semgrep(corpus: Path, output: Path, *, rules: int) -> Command:
    """semgrep over the whole corpus on all cores, with that many local rules and no network."""
    config = PEERS / "rules.yml"
    write_rules(config, rules)
    # Without a file of its own semgrep leaves out tests/, which we review.
    (corpus / ".semgrepignore").write_text("", encoding="utf-8")
    offline = ["--metrics=off", "--disable-version-check", "--quiet", "--json", "-j", str(os.cpu_count() or 1)]
    return Command(
        arguments=[PEERS / "bin" / "semgrep", "scan", *offline, "--config", config, "."],
        folder=corpus,
        output=output,
        environment={
            "PATH": os.pathsep.join([str(PEERS / "bin"), os.environ.get("PATH", "")]),
            "SEMGREP_SEND_METRICS": "off",
            "SEMGREP_SETTINGS_FILE": str(PEERS / "semgrep-settings.yml"),
            "SEMGREP_LOG_FILE": str(PEERS / "semgrep.log"),
        },
    )
