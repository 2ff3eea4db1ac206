"""`read_skill` as a model calls it: the guidance of its plugin and of the runtime, and nothing beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.loading.plugin import load_plugins
from orchestrator.toolbox.offered import MAX_ANSWER, ToolAnswer
from orchestrator.toolbox.read_skill import Skill, read_skill
from orchestrator.toolbox.toolbox import Toolbox
from tests.toolbox.boxes import Somebody, project

pytestmark = pytest.mark.anyio
READER = Somebody(tools=("Read",))


@dataclass(frozen=True)
class Written:
    """A skill by its folder."""

    folder: Path
    plugin: str | None = "test"
    description: str = "When something is to be done."

    @property
    def name(self) -> str:
        return self.folder.name


@pytest.fixture
def skill(tmp_path: Path) -> Written:
    folder = tmp_path / "skills" / "layout"
    (folder / "references").mkdir(parents=True)
    (folder / "SKILL.md").write_text("# Layout\nSee references/limits.md.\n", encoding="utf-8")
    (folder / "references" / "limits.md").write_text("At most four keys.\n", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\x00\xff")
    (folder / "large.md").write_text("x" * 300_000, encoding="utf-8")
    (folder / "long.md").write_text("line\n" * 20_000, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("the secret", encoding="utf-8")
    (tmp_path / "skills" / "other.md").write_text("the secret", encoding="utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.md")
    return Written(folder)


async def asked(skill: Skill, name: str, file: str | None = None) -> ToolAnswer:
    return await read_skill([skill]).call({"name": name, "file": file})


@pytest.mark.parametrize("name", ["layout", "test:layout"])
async def test_a_skill_is_read_with_the_names_of_its_other_files(name: str, skill: Written) -> None:
    answer = await asked(skill, name)
    assert answer.text.startswith("# Layout\nSee references/limits.md.\n")
    assert "files of this skill besides:" in answer.text
    assert "references/limits.md" in answer.text
    assert "link" not in answer.text
    assert answer.read == ()


@pytest.mark.parametrize("file", ["references/limits.md", "./references/limits.md"])
async def test_a_file_that_the_skill_refers_to_is_read(file: str, skill: Written) -> None:
    assert (await asked(skill, "layout", file)).text == "At most four keys.\n"


@pytest.mark.parametrize(
    "file",
    [
        "../other.md",
        "references/../../other.md",
        "/etc/passwd",
        "/proc/self/environ",
        "link.md",
        "linked/secret.txt",
        "linked",
        "references",
        ".",
        "",
        "pipe.md",
        "picture.png",
        "large.md",
        "~/.databrickscfg",
        "SKILL.md\x00",
        "..\\other.md",
    ],
)
async def test_no_file_leads_out_of_the_folder_of_the_skill(file: str, skill: Written) -> None:
    answer = await asked(skill, "layout", file or "./")
    assert answer.is_error
    assert "the secret" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("name", ["../skills/layout", "layout/references", "/", "..", "none", "other:layout"])
async def test_a_name_that_is_no_skill_of_the_agent_is_told_with_those_that_are(name: str, skill: Written) -> None:
    answer = await asked(skill, name)
    assert answer.is_error
    assert "you have layout" in answer.text


async def test_a_long_file_is_cut_and_says_so(skill: Written) -> None:
    answer = await asked(skill, "layout", "long.md")
    assert len(answer.text) <= MAX_ANSWER
    assert "(cut: " in answer.text


async def test_an_agent_gets_the_skills_of_its_plugin_and_of_the_runtime_and_of_no_other(
    skill: Written, tmp_path: Path
) -> None:
    def written(name: str, plugin: str | None) -> Written:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "SKILL.md").write_text(f"of {plugin}", encoding="utf-8")
        return Written(folder, plugin)

    skills = [skill, written("severity", None), written("masks", "governance")]
    toolbox = Toolbox(project(), skills=skills, servers=())
    call = toolbox.offered_to(READER)["read_skill"].call
    assert (await call({"name": "severity", "file": None})).text == "of None"
    assert "you have layout, severity" in (await call({"name": "masks", "file": None})).text
    card = toolbox.cards([READER, Somebody(tools=("Read",), plugin="governance")])[-1]
    assert [name in card.description for name in ("layout", "severity", "masks")] == [True, True, True]


async def test_every_skill_that_ships_can_be_read_with_every_file_that_it_names() -> None:
    for plugin in load_plugins():
        tool = read_skill(plugin.skills)
        for found in plugin.skills:
            answer = await tool.call({"name": found.name, "file": None})
            assert not answer.is_error
            named = answer.text.rpartition("besides: ")[2].rstrip(")").split(", ") if "besides: " in answer.text else []
            for file in named:
                assert not (await tool.call({"name": found.name, "file": file})).is_error, f"{found.name}: {file}"


@pytest.mark.parametrize("file", ["SKILL.md", "references/limits.md", "references/new.md"])
def test_an_edit_of_what_a_skill_says_is_seen_by_those_who_may_read_it(file: str, skill: Written) -> None:
    def guidance(agent: Somebody) -> tuple[str, ...]:
        return Toolbox(project(), skills=[skill], servers=()).guidance(agent)

    reader, other = Somebody(tools=("Read",), plugin="test"), Somebody(tools=("Read",), plugin="another")
    before = guidance(reader)
    assert before == guidance(reader)
    (skill.folder / file).write_text("At most five keys.\n", encoding="utf-8")
    assert guidance(reader) != before
    assert guidance(other) == ()
