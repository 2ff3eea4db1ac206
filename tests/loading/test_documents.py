"""What a wrong content file is told, and what a right one gives."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import ContentError
from orchestrator.loading.agent import load_agent
from orchestrator.loading.command import load_command
from orchestrator.loading.plugin import load_plugin
from orchestrator.loading.skill import load_skill

AGENT = """---
name: "delta-reader"
description: "Reads tables of a project. Use in tests."
tools: "Read, Grep"
model: "sonnet"
metadata:
  surface: ["delta"]
---
You read tables.
"""
COMMAND = """---
description: "Plan a pipeline for one feature"
argument-hint: "<feature>"
allowed-tools: "Read, Bash(orchestrate:*)"
metadata:
  workflow: "generate"
  parameters:
    - {name: "feature", positional: true, required: true, help: "what to plan"}
    - {name: "target", short: "t", type: "choice", choices: ["dev", "prod"], default: "dev", help: "the target"}
---
Plan `$ARGUMENTS`.
"""
SKILL = """---
name: "tables"
description: "Lay out tables. Use when a table is made."
---
Do this.
"""


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_agent_is_read_with_its_tools_surface_and_the_line_of_its_prompt(tmp_path: Path) -> None:
    agent = load_agent(written(tmp_path / "delta-reader.md", AGENT), "databricks-engineering")
    assert agent.tools == ("Read", "Grep")
    assert agent.metadata is not None
    assert agent.metadata.surface == ("delta",)
    assert (agent.prompt, agent.prompt_line) == ("You read tables.", 9)
    assert agent.qualified == "databricks-engineering:delta-reader"


def test_a_command_is_read_with_its_typed_parameters(tmp_path: Path) -> None:
    command = load_command(written(tmp_path / "plan.md", COMMAND), "p")
    feature, target = command.route.parameters
    assert (feature.positional, feature.required) == (True, True)
    assert (target.short, target.default, target.choices) == ("t", "dev", ("dev", "prod"))
    assert command.allowed_tools == ("Read", "Bash(orchestrate:*)")


def test_a_skill_is_read_from_its_folder(tmp_path: Path) -> None:
    skill = load_skill(written(tmp_path / "tables" / "SKILL.md", SKILL).parent, "p")
    assert (skill.qualified, skill.body) == ("p:tables", "Do this.")


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ('name: "delta-reader"', 'name: "Delta Reader"', 2, "pattern"),
        ('name: "delta-reader"', 'name: "other"', 2, "make them agree"),
        ('model: "sonnet"', 'model: "gpt"', 5, "'inherit', 'haiku', 'sonnet' or 'opus'"),
        ('model: "sonnet"', 'colour: "red"', 5, "Extra inputs"),
        ('surface: ["delta"]', 'surface: ["tables"]', 6, "Input should be"),
        ('surface: ["delta"]', "surface: []", 6, "at least 1"),
        ('tools: "Read, Grep"\n', "", 1, "Field required"),
        ('tools: "Read, Grep"', 'tools: "Read"\ntools: "Write"', 5, "there twice"),
        ('description: "Reads', "description: Reads: [", 3, "YAML is wrong"),
        ("---\nYou read tables.", "You read tables.", 1, "not closed"),
        ('---\nname: "delta-reader"', 'name: "delta-reader"', 1, "no frontmatter"),
        ("You read tables.", "", 1, "at least 1 character"),
    ],
)
def test_a_wrong_agent_is_one_sentence_with_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, said: str
) -> None:
    assert before in AGENT
    path = written(tmp_path / "delta-reader.md", AGENT.replace(before, after))
    with pytest.raises(ContentError) as caught:
        load_agent(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('type: "choice", ', "", "`choices` belong"),
        ('default: "dev"', 'default: "test"', "none of the choices"),
        ('required: true, help: "what', 'required: true, default: "x", help: "what', "has no default"),
        ('positional: true, required: true, help: "what', 'positional: true, short: "f", help: "what', "no short form"),
        ('name: "target"', 'name: "feature"', "two parameters have one name"),
        ('workflow: "generate"', 'workflow: "magic"', "'review', 'audit', 'generate' or 'operate'"),
    ],
)
def test_a_wrong_parameter_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in COMMAND
    with pytest.raises(ContentError, match=said):
        load_command(written(tmp_path / "plan.md", COMMAND.replace(before, after)), "p")


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"x" * 300_000])
def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "delta-reader.md"
    path.write_bytes(raw)
    with pytest.raises(ContentError, match=r"not UTF-8|larger than"):
        load_agent(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"SKILL\.md: cannot be read"):
        load_skill(tmp_path)


def _broken_json(folder: Path) -> None:
    written(folder / ".mcp.json", '{"mcpServers": {,}}')


def _unknown_key(folder: Path) -> None:
    written(folder / ".mcp.json", '{"mcp_servers": {}}')


@pytest.mark.parametrize(("breaks", "said"), [(_broken_json, r"\.mcp\.json:1: the JSON"), (_unknown_key, "mcpServers")])
def test_a_wrong_server_file_is_named(tmp_path: Path, breaks: Callable[[Path], None], said: str) -> None:
    manifest = (
        '{"name":"p","version":"1.0.0","description":"A plugin that tests use.","author":{"name":"a"},"license":"MIT"}'
    )
    written(tmp_path / ".claude-plugin" / "plugin.json", manifest)
    breaks(tmp_path)
    with pytest.raises(ContentError, match=said):
        load_plugin(tmp_path)


BOMB = "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (BOMB, "merge key"),
        ("a: " + "[" * 5_000, "nested too deeply"),
        ("a: " + "{a: " * 3_000 + "1" + "}" * 3_000, "nested too deeply"),
        ("a: 2026-13-45", "month must be in 1..12"),
        ("a: " + "1" * 5_000, "the YAML is wrong"),
        ("a: !!float abc", "the YAML is wrong"),
    ],
    ids=["merge keys", "deep list", "deep map", "no date", "long number", "no number"],
)
def test_hostile_yaml_is_refused_in_a_sentence(tmp_path: Path, head: str, told: str) -> None:
    file = tmp_path / "delta-reader.md"
    file.write_text(f"---\n{head}\n---\nbody\n", encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        load_agent(file)


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe{}\xff", b"[" * 100_000, b'{"name": ' + b"1" * 5_000 + b"}"], ids=["bytes", "deep", "number"]
)
def test_hostile_json_is_refused_in_a_sentence(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / ".claude-plugin").mkdir()
    (tmp_path / ".claude-plugin" / "plugin.json").write_bytes(raw)
    with pytest.raises(ContentError, match=r"plugin\.json: the JSON is wrong"):
        load_plugin(tmp_path)


def test_what_a_link_or_a_pipe_in_a_plugin_leads_to_is_not_read_without_an_end(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link.md", tmp_path / "pipe.md"
    link.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    for file in (link, pipe):
        with pytest.raises(ContentError, match="no regular file"):
            load_agent(file)


def test_a_file_of_many_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "huge.md"
    with file.open("wb") as stream:
        stream.truncate(64 * 1024**3)
    with pytest.raises(ContentError, match="larger than 256 KiB"):
        load_agent(file)
