"""Each mistake in the content of the marketplace is named with its file, its line and what would mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import ContentError
from orchestrator.workflows.lint import checks, lint
from orchestrator.workflows.lint.content import load_content
from tests.workflows.lint.marketplace import AGENT, COMMAND, FOLDER, MARKET, PROGRAM, SERVERS, SKILL, marketplace

BREAKS = {
    "a string without quotes": (AGENT, 'model: "inherit"', "model: inherit", 5, "double quotes"),
    "an agent that writes": (AGENT, '"Read, ', '"Write, ', 1, "agents read and change nothing"),
    "an agent with a tool that no server has": (AGENT, "get_run", "get_walk", 1, "no tool of this plugin"),
    "an agent that names a tool it lacks": (
        AGENT, "Tables.\n", "mcp__plugin_databricks-mlops_mlflow-registry__search_runs\n", 9, "add it to `tools`",
    ),
    "a missing section": (AGENT, "## Evidence", "## Proof", 9, "its sections must be"),
    "a foreign rule": (AGENT, "None yet.", "PYS003.", 9, "names as its own rules PYS003"),
    "an example that is no finding": (AGENT, '"fix": null', '"fixes": null', 28, "its example is no finding"),
    "an unknown agent": (COMMAND, "mlops:table-reader,", "mlops:table-writer,", 11, "there is no agent"),
    "an unknown command": (COMMAND, "databricks-mlops:table-reader,", "/databricks-mlops:go,", 11, "no command"),
    "an unknown rule": (COMMAND, "Read `", "See PYS999. Read `", 11, "there is no rule PYS999"),
    "a route to nowhere": (COMMAND, 'skills: ["tables"]', 'skills: ["chairs"]', 1, "the skill 'chairs'"),
    "no arguments": (COMMAND, "`$ARGUMENTS`", "it", 11, "does not use its arguments"),
    "a digit after a dollar": (COMMAND, "Read `", "It costs $0.40. Read `", 11, "replaces $ and a digit"),
    "a program before the model": (COMMAND, "Read `", "!`orchestrate rules` Read `", 11, "before the model"),
    "a program that is not granted": (COMMAND, "orchestrate rules\n", "git push\n", 13, "does not cover"),
    "an agent that may not be started": (COMMAND, "Read, Agent,", "Read,", 1, "add Agent"),
    "a tool that is granted and not used": (
        COMMAND, "Agent, ", "Agent, mcp__plugin_databricks-mlops_mlflow-registry__search_runs, ", 1, "take it out",
    ),
    "a tool that is named and not granted": (
        COMMAND, "Agent, mcp__plugin_databricks-mlops_mlflow-registry__get_run", "Agent", 11, "to `allowed-tools`",
    ),
    "an argument that the tool does not have": (
        AGENT, "Tables.\n", 'See `get_run(run="a")`.\n', 12, "get_run has no argument 'run'",
    ),
    "an argument in a sentence that the tool does not have": (
        COMMAND, "Read `", "First `get_run` with `run: RUN`. Read `", 11, "'run'; it takes run_id",
    ),
    "a missing file": (SKILL, "references/detail.md", "references/more.md", 5, "there is no file references/more.md"),
    "a file outside the plugin": (
        SKILL, "references/detail.md", "../../../../.claude-plugin/marketplace.json", 5, "is outside the plugin",
    ),
    "a template that is not there": (SKILL, "templates/job.py", "templates/jobs.py", 5, "no file templates/jobs.py"),
    "a short skill": (SKILL, "A line.\n", "", 1, "write 60 to 150"),
    "a wide line": (SKILL, "Read [", "word " * 40 + "Read [", 5, "break the line"),
    "a block that does not parse": (SKILL, 'df = spark.table("', 'df = = spark.table("', 7, "does not parse"),
    "a block that our rules refuse": (
        SKILL, 'df = spark.table("main.sales.orders")', 'df = spark.read.parquet("/mnt/orders")', 7, "UC002",
    ),
    "an obsolete interface": (
        SKILL, 'df = spark.table("main.sales.orders")', 'spark.sql("OPTIMIZE t ZORDER BY (a)")', 7, "CLUSTER BY AUTO",
    ),
    "an unknown server": (SERVERS, '"mlflow-registry": {', '"mlflow": {', 1, "there is no server 'mlflow'"),
    "a server started otherwise": (SERVERS, '"mcp"', '"serve"', 1, "must be started with"),
    "a variable that nobody sets": (SERVERS, '"mcp"', '"${HOST}"', 1, "without a default"),
    "a plugin of another name": (MARKET, '"name": "databricks-mlops"', '"name": "mlops"', 1, "'mlops', its"),
    "another version": (MARKET, '"version": "', '"version": "9', 1, "versions differ"),
    "a key that the client does not know": (MARKET, '"category"', '"kind"', 1, "plugins.0"),
    "a source that is not there": (MARKET, "./plugins/databricks-mlops", "./plugins/gone", 1, "lists plugins/gone"),
    "a broken manifest": (f"{FOLDER}/.claude-plugin/plugin.json", '"license"', '"licence"', 1, "license"),
}  # fmt: skip


def test_a_right_marketplace_has_no_problem(tmp_path: Path) -> None:
    assert lint(load_content(marketplace(tmp_path))) == ()


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_is_named_with_its_place(name: str, tmp_path: Path) -> None:
    file, before, after, line, said = BREAKS[name]
    path = marketplace(tmp_path) / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    found = [str(problem) for problem in lint(load_content(tmp_path))]
    assert any(problem.startswith(f"{file}:{line}: ") and said in problem for problem in found), found


def test_a_program_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    (marketplace(tmp_path) / PROGRAM).chmod(0o644)
    (problem,) = lint(load_content(tmp_path))
    assert "chmod +x" in problem.message


def test_one_broken_file_hides_no_other_problem(tmp_path: Path) -> None:
    root = marketplace(tmp_path)
    (root / AGENT).write_text("no frontmatter\n", encoding="utf-8")
    (root / COMMAND).write_text("---\ndescription: [\n---\n", encoding="utf-8")
    paths = {problem.path for problem in lint(load_content(root))}
    assert {AGENT, COMMAND} <= paths


def test_a_folder_without_plugins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="holds no plugins"):
        load_content(tmp_path)


def test_every_check_is_found_by_its_place() -> None:
    folder = Path(__file__).parent.parent.parent.parent / "orchestrator" / "workflows" / "lint"
    with_problems = {path.stem for path in folder.glob("*.py") if "\ndef problems(" in path.read_text(encoding="utf-8")}
    assert set(checks()) == with_problems
