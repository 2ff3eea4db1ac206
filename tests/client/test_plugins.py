"""The plugins in the real client: they validate without a warning, install, load whole, and their commands expand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.client.claude import PLUGINS, ROOT, VERSIONS, Claude
from tests.client.messages import messages, text

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]
COMMANDS = sorted((ROOT / "plugins").glob("*/commands/*.md"))
TARGETS = (".", *(f"plugins/{name}" for name in PLUGINS))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("target", TARGETS)
def test_the_client_validates_without_error_or_warning(version: str, target: str, tmp_path: Path) -> None:
    ended = Claude(version=version, home=tmp_path).run("plugin", "validate", "--strict", str(ROOT / target))
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    assert "warning" not in said.lower(), said


@pytest.mark.parametrize("version", VERSIONS)
def test_every_part_is_loaded_and_every_server_is_connected_on_the_first_turn(version: str, tmp_path: Path) -> None:
    with messages(lambda _: [text("done")]) as model:
        events = Claude(version=version, home=tmp_path, address=model.address).events("hello")
    start = next(event for event in events if event.get("subtype") == "init")
    ours = tuple(f"{name}:" for name in PLUGINS)
    mine = [name for name in start["slash_commands"] if name.startswith(ours)]
    skills = {
        f"{path.parent.parent.parent.name}:{path.parent.name}"
        for path in (ROOT / "plugins").glob("*/skills/*/SKILL.md")
    }
    commands = {f"{path.parent.parent.name}:{path.stem}" for path in COMMANDS}
    servers = {server["name"]: server["status"] for server in start["mcp_servers"]}
    assert {plugin["name"] for plugin in start["plugins"]} >= set(PLUGINS)
    assert not start.get("plugin_errors")
    assert commands <= set(mine)
    assert len(commands) == 35
    assert len([name for name in start["agents"] if name.startswith(ours)]) == 34
    assert len(skills & set(start.get("skills", mine))) == 16
    assert len([status for name, status in servers.items() if name.startswith("plugin:databricks-")]) == 7
    assert set(servers.values()) == {"connected"}, servers


@pytest.mark.parametrize("version", VERSIONS)
def test_a_marketplace_copied_alone_installs(version: str, tmp_path: Path) -> None:
    market = tmp_path / "market"
    for name in (".claude-plugin", "plugins"):
        shutil.copytree(ROOT / name, market / name)
    claude = Claude(version=version, home=tmp_path / "home")
    claude.home.mkdir()
    added = claude.run("plugin", "marketplace", "add", str(market))
    assert added.returncode == 0, added.stderr
    for name in PLUGINS:
        installed = claude.run("plugin", "install", f"{name}@databricks-platform-marketplace")
        assert installed.returncode == 0, installed.stdout + installed.stderr
    listed = json.loads(claude.run("plugin", "list", "--json").stdout)
    assert {entry["id"].partition("@")[0] for entry in listed} == set(PLUGINS)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_command_expands_with_its_arguments(version: str, tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {
                "type": "user",
                "message": {"role": "user", "content": f"/{path.parent.parent.name}:{path.stem} word-{number}"},
            }
        )
        for number, path in enumerate(COMMANDS)
    ]
    with messages(lambda _: [text("done")]) as model:
        claude = Claude(version=version, home=tmp_path, address=model.address)
        claude.events("--input-format", "stream-json", given="\n".join(lines) + "\n")
        said = "\n".join(asked.said for asked in model.asked)
    assert len(COMMANDS) == 35
    for number, path in enumerate(COMMANDS):
        body = path.read_text(encoding="utf-8").split("---", 2)[2].strip()
        opening = body.splitlines()[0].replace("$ARGUMENTS", f"word-{number}")
        assert opening in said, f"{path.stem} did not expand"
    assert "$ARGUMENTS" not in said
