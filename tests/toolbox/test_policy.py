"""What the specialists that ship may call, by what the user of a run named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from orchestrator.loading.agent import AgentSpec
from orchestrator.loading.plugin import load_plugins
from orchestrator.toolbox.launch import launches
from orchestrator.toolbox.manifest import ListedTool, load_manifest
from orchestrator.toolbox.names import ServerTool, server_tools
from orchestrator.toolbox.policy import HANDLE, LOCAL_PATHS, NotAllowedError, Policy
from orchestrator.toolbox.servers import server_programs
from orchestrator.toolbox.settings import ToolSettings
from orchestrator.toolbox.toolbox import Toolbox
from orchestrator.workspace.connection import Access
from tests.toolbox.boxes import Somebody, project, source

AGENTS = {agent.name: agent for plugin in load_plugins() for agent in plugin.agents}
EVERYTHING = ToolSettings(access=Access(), event_log=Path("/logs/application_1"))
OWN = ["read_file", "search_code", "list_files"]


def listed(server: str) -> dict[str, ListedTool]:
    program = next(program for program in server_programs() if program.name == server)
    return {tool.name: tool for tool in load_manifest(program.manifest).listed()}


def names(agent: AgentSpec | Somebody, settings: ToolSettings | None = None, text: str = "") -> list[str]:
    return list(Toolbox(project(source("a.py", text)), settings=settings).offered_to(agent))


def test_without_a_workspace_and_a_log_there_are_the_tools_of_the_project_alone() -> None:
    assert {tuple(names(agent)) for agent in AGENTS.values()} == {tuple(OWN)}


def test_with_a_workspace_an_agent_gets_what_its_file_names() -> None:
    expert = AGENTS["unity-catalog-expert"]
    found = names(expert, ToolSettings(access=Access()))
    assert found == [*OWN, "unity-catalog__get_effective_permissions", "unity-catalog__get_table"]


def test_with_everything_every_tool_that_a_specialist_names_exists_and_is_offered() -> None:
    for agent in AGENTS.values():
        toolbox = Toolbox(project(source("a.py", "== Physical Plan ==")), settings=EVERYTHING)
        assert toolbox.withheld(agent) == {}, agent.name
        assert {tool.shown for tool in server_tools(agent.tools)} <= set(toolbox.offered_to(agent))


@pytest.mark.parametrize(
    ("settings", "text", "found"),
    [
        (ToolSettings(), "", []),
        (ToolSettings(access=Access()), "", []),
        (ToolSettings(), "# == Physical Plan ==", ["analyze_plan"]),
        (ToolSettings(event_log=Path("log")), "", ["analyze_metrics"]),
        (EVERYTHING, "== Physical Plan ==", ["analyze_metrics", "analyze_plan"]),
    ],
)
def test_the_profiler_is_offered_with_what_it_can_look_at(settings: ToolSettings, text: str, found: list[str]) -> None:
    assert names(AGENTS["pyspark-optimizer"], settings, text) == [
        *OWN, *(f"spark-profiler__{name}" for name in found)
    ]  # fmt: skip


def test_a_tool_that_is_withheld_says_why() -> None:
    toolbox = Toolbox(project())
    reasons = toolbox.withheld(AGENTS["unity-catalog-expert"])
    assert reasons["unity-catalog__get_table"] == "no workspace was named; --workspace names one"


def test_without_the_library_that_asks_servers_no_tool_of_one_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.toolbox.toolbox.find_spec", lambda _: None)
    toolbox = Toolbox(project(), settings=EVERYTHING)
    assert list(toolbox.offered_to(AGENTS["unity-catalog-expert"])) == OWN
    assert "extra 'workspace'" in toolbox.withheld(AGENTS["unity-catalog-expert"])["unity-catalog__get_table"]


def test_no_agent_gets_a_tool_that_changes_things_whatever_its_file_names() -> None:
    policy = Policy(settings=EVERYTHING, has_plan=True)
    changing = 0
    for program in server_programs():
        for tool in load_manifest(program.manifest).listed():
            objection = policy.objection(ServerTool(program.name, tool.name), tool)
            changing += not tool.only_reads
            assert (objection is None) is tool.only_reads, tool.name
    assert changing == 12
    grant = "mcp__plugin_databricks-governance_governance-api__grant_privilege"
    assert names(Somebody(tools=(grant, "Bash", "Write", "Agent", "WebFetch")), EVERYTHING) == []


def test_a_tool_without_a_word_on_what_it_does_counts_as_one_that_changes_things(tmp_path: Path) -> None:
    entries: list[JsonValue] = [{"name": "quiet", "inputSchema": {"type": "object"}}, {"name": "odd", "annotations": 5}]
    data = {"tools": ["quiet"], "replies": [["tools/list", "2026-07-28", "k"]], "results": {"k": {"tools": entries}}}
    path = tmp_path / "m.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert [tool.only_reads for tool in load_manifest(path).listed()] == [False, False]
    assert load_manifest(tmp_path / "none.json").listed() == ()


def test_servers_are_started_read_only_from_this_installation_and_not_from_the_folder_of_the_run() -> None:
    settings = ToolSettings(access=Access(profile="dev"), deadline_seconds=20)
    for launch in launches(settings, {"PATH": "/bin"}):
        assert "--allow-writes" not in launch.command
        assert launch.command[1:5] == ("-P", "-m", "orchestrator", "mcp")
        assert launch.command[5:] == (launch.name, "--deadline", "18", "--profile", "dev")
        assert launch.environment == {"PATH": "/bin"}


def test_an_event_log_is_a_word_to_the_model_and_its_path_to_the_server() -> None:
    policy = Policy(settings=EVERYTHING)
    schema = policy.schema("spark-profiler", listed("spark-profiler")["get_optimization_tips"].schema)
    assert "/logs" not in json.dumps(schema)
    assert '"enum": ["event-log"]' in json.dumps(schema)
    for given in (HANDLE, "/logs/application_1"):
        sent = policy.arguments("spark-profiler", {"event_log": given, "limit": 3})
        assert sent == {"event_log": "/logs/application_1", "limit": 3}
    assert policy.arguments("spark-profiler", {"event_log": None}) == {"event_log": None}
    assert policy.without_paths('no log at "/logs/application_1/x"') == 'no log at "event-log/x"'


@pytest.mark.parametrize(
    "given",
    [
        "/etc/passwd",
        "/logs/application_1/../x",
        "/logs",
        "/logs/application_1/",
        "application_1",
        "",
        "~",
        1,
        ["x"],
        {},
    ],
)
def test_no_other_path_reaches_a_server(given: JsonValue) -> None:
    with pytest.raises(NotAllowedError, match="event_log can only be 'event-log'"):
        Policy(settings=EVERYTHING).arguments("spark-profiler", {"event_log": given})
    with pytest.raises(NotAllowedError, match="named no event log"):
        Policy(settings=ToolSettings(access=Access())).arguments("spark-profiler", {"event_log": given})


def test_without_a_log_the_argument_is_not_even_shown() -> None:
    schema = Policy(settings=ToolSettings()).schema("spark-profiler", listed("spark-profiler")["estimate_cost"].schema)
    assert "event_log" not in json.dumps(schema)


def arguments_like_paths() -> Iterator[tuple[str, str, str]]:
    for program in server_programs():
        for tool in load_manifest(program.manifest).listed():
            fields = tool.schema.get("properties")
            for name in fields if isinstance(fields, dict) else ():
                if set(name.split("_")) & {"path", "file", "log", "folder", "dir", "directory", "uri", "url"}:
                    yield program.name, tool.name, name


def test_every_argument_that_could_be_a_path_of_this_machine_is_known() -> None:
    of_the_workspace = {
        ("databricks-workspace", "list_notebooks", "path"),
        ("databricks-workspace", "export_notebook", "path"),
        ("databricks-workspace", "list_dbfs", "path"),
        ("databricks-workspace", "workspace_search", "path"),
    }
    rest = set(arguments_like_paths()) - of_the_workspace
    assert {(server, name) for server, _, name in rest} == {
        (server, name) for server, names_of_paths in LOCAL_PATHS.items() for name in names_of_paths
    }


def test_a_cohort_is_shown_the_same_cards_in_the_same_order_whoever_comes_first() -> None:
    toolbox = Toolbox(project(), settings=EVERYTHING)
    agents = list(AGENTS.values())
    cards = toolbox.cards(agents)
    again = Toolbox(project(), settings=EVERYTHING).cards(agents[::-1])
    assert [(card.name, card.description, card.schema) for card in cards] == [
        (card.name, card.description, card.schema) for card in again
    ]
    assert [card.name for card in cards[:3]] == OWN
    assert {name for agent in agents for name in toolbox.offered_to(agent)} == {card.name for card in cards}
    assert sum(card.strict for card in cards) <= 20


def test_no_path_of_this_machine_and_no_title_is_in_the_cards() -> None:
    cards = Toolbox(project(), settings=EVERYTHING).cards(list(AGENTS.values()))
    text = json.dumps([card.schema for card in cards])
    assert "/logs" not in text
    assert '"title": "' not in text
    assert all(card.live is ("__" in card.name) for card in cards)
