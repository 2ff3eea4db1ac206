"""The names of tools: from an agent's file to the server, and to the model and back."""

from __future__ import annotations

import pytest

from orchestrator.toolbox.manifest import load_manifest
from orchestrator.toolbox.names import ServerTool, is_model_facing, project_tools, server_tool, server_tools
from orchestrator.toolbox.servers import server_programs


def test_the_name_of_every_tool_that_ships_is_taken_by_the_interface_and_leads_back() -> None:
    tools = [
        ServerTool(program.name, listed.name)
        for program in server_programs()
        for listed in load_manifest(program.manifest).listed()
    ]
    assert len(tools) == len({tool.shown for tool in tools}) > 80
    assert all(is_model_facing(tool.shown) and server_tool(tool.shown) == tool for tool in tools)


@pytest.mark.parametrize("name", ["read_file", "__x", "a__", "a_b__c", "", "a b"])
def test_a_name_of_another_form_is_no_tool_of_a_server(name: str) -> None:
    assert server_tool(name) is None


@pytest.mark.parametrize(("name", "taken"), [("a" * 64, True), ("a" * 65, False), ("a.b", False), ("", False)])
def test_names_that_the_interface_refuses_are_known(name: str, *, taken: bool) -> None:
    assert is_model_facing(name) is taken


def test_the_names_in_an_agents_file_become_tools_of_the_project_and_of_servers() -> None:
    named = ("Read", "Bash", "Write", "Agent", "Glob", "mcp__plugin_data-x_unity-catalog__get_table")
    assert project_tools(named) == {"read_file", "list_files"}
    assert server_tools(named) == {ServerTool("unity-catalog", "get_table")}


@pytest.mark.parametrize(
    "name",
    [
        "mcp__unity-catalog__get_table",
        "mcp__plugin_x_unity-catalog__",
        "mcp__plugin_x_unity-catalog__get table",
        "mcp__plugin_x_../x__get_table",
        "mcp__plugin_x_unity-catalog__get_table\n",
        "mcp__plugin_x_unity-catalog",
        "mcp__plugin_x_unity-catalog__*",
    ],
)
def test_a_name_that_is_written_in_another_way_is_none(name: str) -> None:
    assert server_tools([name]) == frozenset()
