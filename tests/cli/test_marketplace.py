"""The commands of the plugins on the command line: listed, typed, and honest about what is not built."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.cli.front import commands
from orchestrator.cli.marketplace import is_built, listed_commands
from orchestrator.loading.plugin import load_plugins
from orchestrator.workflows.commands.found import COMMON, engine, shape_of

OWN = frozenset(command.name for command in commands())
NAMES = sorted(command.name for command in listed_commands())
BUILT = [name for name in NAMES if name in OWN or is_built(name)]
UNBUILT = [name for name in NAMES if name not in BUILT]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and everything that was printed."""
    try:
        code = main(list(arguments))
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 4
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_help_lists_every_command_under_its_plugin(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = answer(capsys, "--help")
    assert code == 0
    lines = shown.splitlines()
    for plugin in load_plugins():
        start = lines.index(f"{plugin.name}:")
        block = lines[start + 1 : start + 1 + len(plugin.commands)]
        assert [line.split()[0].rstrip("*") for line in block] == [command.name for command in plugin.commands]
        for line, command in zip(block, plugin.commands, strict=True):
            assert command.description in line
            assert (" * " in line) == (command.name not in BUILT)


def test_a_command_that_is_not_built_says_so_and_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    for name in UNBUILT:
        _ends_with_4(name, capsys)


def _ends_with_4(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec = next(command for plugin in load_plugins() for command in plugin.commands if command.name == name)
    given = [item.choices[0] if item.choices else "1" for item in spec.route.parameters if item.positional]
    for item in spec.route.parameters:
        if item.required and not item.positional:
            given += [f"--{item.name}", item.choices[0] if item.choices else "1"]
    code, shown = answer(capsys, name, *given)
    assert code == 4, shown
    assert "is not built yet" in shown
    assert f":{name}" in shown


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OWN])
def test_the_help_of_a_command_shows_its_typed_parameters(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec = next(command for plugin in load_plugins() for command in plugin.commands if command.name == name)
    code, shown = answer(capsys, name, "--help")
    assert code == 0
    for parameter in spec.route.parameters:
        assert parameter.name.upper() in shown if parameter.positional else f"--{parameter.name}" in shown


def test_a_wrong_option_of_a_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "scaffold-project", "shop", "--no-such-option")[0] == 2


@pytest.mark.parametrize("name", [name for name in BUILT if name not in OWN])
def test_an_engine_reads_what_the_file_of_its_command_declares(name: str) -> None:
    spec = next(command for plugin in load_plugins() for command in plugin.commands if command.name == name)
    declared = {item.name.replace("-", "_") for item in spec.route.parameters if item.name not in COMMON}
    fields = engine(name).COMMAND.parameters.model_fields
    assert {field.alias or each for each, field in fields.items()} == declared


@pytest.mark.parametrize("name", [name for name in BUILT if name not in OWN])
def test_an_engine_is_in_the_folder_of_its_shape(name: str) -> None:
    spec = next(command for plugin in load_plugins() for command in plugin.commands if command.name == name)
    assert shape_of(name) == {"review": "audit"}.get(spec.route.workflow, spec.route.workflow)


def test_the_built_commands_take_what_their_files_declare(capsys: pytest.CaptureFixture[str]) -> None:
    for plugin in load_plugins():
        for command in plugin.commands:
            if command.name in OWN:
                shown = answer(capsys, command.name, "--help")[1]
                missing = [
                    item.name
                    for item in command.route.parameters
                    if not item.positional and f"--{item.name}" not in shown
                ]
                assert missing == [], command.name


def test_mcp_lists_the_servers_and_refuses_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = answer(capsys, "mcp")
    assert code == 0
    assert shown.count(" tools)") == 7
    code, shown = answer(capsys, "mcp", "unity-catalogue")
    assert code == 2
    assert "did you mean 'unity-catalog'?" in shown


@pytest.mark.parametrize("address", ["x", "0", "70000", "127.0.0.1:", ":"])
def test_a_wrong_address_for_a_server_is_bad_input(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = answer(capsys, "mcp", "audit-logs", "--http", address)
    assert code == 2
    assert "is no address" in shown


def test_triage_names_who_is_asked_and_who_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stream.py").write_text('spark.readStream.table("a.b.c")\n', encoding="utf-8")
    code, shown = answer(capsys, "triage", str(tmp_path))
    assert code == 0
    assert "databricks-engineering:streaming-specialist  streaming  1 files" in shown
    assert "nothing of their subject is here:" in shown
    assert "bundle-validator" in shown.partition("nothing of their subject")[2]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--plugin", "databricks", "no plugin is called"), ("--agents", "stream-specialist", "did you mean 'streaming")],
)
def test_triage_refuses_what_is_not_there(
    option: str, value: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown = answer(capsys, "triage", str(tmp_path), option, value)
    assert code == 2
    assert said in shown


def test_plugins_lint_ends_with_1_at_a_problem_and_0_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.workflows.lint.marketplace import AGENT, marketplace

    root = marketplace(tmp_path)
    code, shown = answer(capsys, "plugins", "lint", "--root", str(root))
    assert code == 0
    assert shown.startswith("no problems in ")
    (root / AGENT).write_text("x", encoding="utf-8")
    code, shown = answer(capsys, "plugins", "lint", "--root", str(root))
    assert code == 1
    assert f"{AGENT}:1: has no frontmatter" in shown


@pytest.mark.parametrize("given", ["missing.json", "empty"])
def test_merge_refuses_claims_that_are_not_there(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    code, shown = answer(capsys, "merge", str(tmp_path), "--claims", str(tmp_path / given), "--quiet")
    assert code == 2
    assert "claims" in shown


def test_merge_refuses_claims_of_an_agent_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    claims = tmp_path / "answer.json"
    claims.write_text('{"findings": [], "not_reviewed": []}', encoding="utf-8")
    code, shown = answer(capsys, "merge", str(tmp_path), "--claims", f"cost-analyser={claims}", "--quiet")
    assert code == 2
    assert "no specialist is called 'cost-analyser' (did you mean 'cost-analyzer'?)" in shown


def test_merge_ends_with_3_when_an_agent_gave_no_usable_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    claims = tmp_path / "answer.json"
    claims.write_text("I could not", encoding="utf-8")
    code, shown = answer(capsys, "merge", str(tmp_path / "job.py"), "--claims", f"cost-analyzer={claims}", "--quiet")
    assert code == 3
    assert "not finished: cost-analyzer" in shown
