"""The documents: what they tell a reader to type works, and what they link to is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.loading.command import CommandSpec
from orchestrator.loading.plugin import load_plugins
from orchestrator.rules.catalog import pages

ROOT = Path(__file__).parent.parent
# Clean, or findings at the gate: the example has some on purpose.
ALLOWED_CODES = frozenset({0, 1})
FENCE = re.compile(r"^```(?:console|sh)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")


def commands(text: str) -> list[str]:
    """Every `$ orchestrate ...` of the fenced blocks, in order, with continued lines joined."""
    lines = "\n".join(FENCE.findall(text)).replace("\\\n", " ").splitlines()
    return [line.strip()[2:] for line in lines if line.strip().startswith("$ orchestrate")]


def documents() -> list[Path]:
    """README, CONTRIBUTING, CHANGELOG, the docs and every folder's recipe."""
    return [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("*/README.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead to no file; what stands in code is no link."""
    text = re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S))
    local = [target.partition("#")[0] for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]
    return [target for target in local if target and not (document.parent / target).exists()]


@pytest.mark.parametrize("command", commands((ROOT / "README.md").read_text(encoding="utf-8")))
def test_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    # A copy, so that a command which writes a file leaves the tree as it is.
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    arguments = shlex.split(command, comments=True)[1:]
    ended = subprocess.run(
        [sys.executable, "-c", "import sys; from orchestrator.cli import main; sys.exit(main())", *arguments],
        cwd=tmp_path,
        env={**os.environ, "ORCHESTRATE_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode in ALLOWED_CODES, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_commands_are_found_in_console_blocks_alone() -> None:
    console = "```console\n$ orchestrate rules \\\n    --json\nPYS001\n```\n"
    text = console + "\n```python\n$ orchestrate no\n```\n$ orchestrate no\n"
    assert [shlex.split(command) for command in commands(text)] == [["orchestrate", "rules", "--json"]]


def test_link_to_a_missing_file_is_seen(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("[a](page.md#top) [b](gone.md) `[c](code.md)` [d](https://example.com)\n", encoding="utf-8")
    assert broken_links(document) == ["gone.md"]


def test_readme_lists_every_rule_under_its_specialist_and_state() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    by_specialist: dict[str, tuple[list[str], list[str]]] = {}
    for page in pages():
        on, opt_in = by_specialist.setdefault(page.specialist, ([], []))
        (on if page.default else opt_in).append(page.id)
    for specialist, (on, opt_in) in by_specialist.items():
        assert f"| {specialist} | {', '.join(on)} | {', '.join(opt_in)} |" in text


def test_the_table_of_commands_leads_to_the_page_of_each() -> None:
    wanted = [
        f"| [`{command.name}`](docs/commands/{command.name}.md) | {command.route.workflow} | {_leaves(command)} |"
        for plugin in load_plugins()
        for command in plugin.commands
    ]
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "](docs/commands/" in line and line.startswith("| ")] == wanted


def _leaves(command: CommandSpec) -> str:
    return command.description.rstrip(".")
