"""Servers that hang, die, lie, flood and leak, as programs: what their callers and the model see of it."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from hashlib import sha512
from pathlib import Path

import anyio
import pytest

from orchestrator.toolbox.answers import bounded
from orchestrator.toolbox.environment import environment_of
from orchestrator.toolbox.offered import MAX_ANSWER
from orchestrator.workspace.connection import Access
from tests.toolbox.boxes import ASK, TOKEN, Told, asked, box, hostile, is_running, offered, starts


@pytest.mark.anyio
async def test_a_server_is_started_at_the_first_call_once_for_all_and_ended_with_the_box(tmp_path: Path) -> None:
    async with box(hostile("answers", tmp_path)) as toolbox:
        assert starts(tmp_path) == []
        answers = [await asked(toolbox), await asked(toolbox, about="x")]
        (pid,) = starts(tmp_path)
        assert is_running(pid)
    assert [(answer.text, answer.is_error) for answer in answers] == [("fine", False)] * 2
    assert not is_running(pid)


@pytest.mark.anyio
async def test_calls_side_by_side_share_one_start(tmp_path: Path) -> None:
    texts: list[str] = []
    async with box(hostile("answers", tmp_path)) as toolbox, anyio.create_task_group() as group:

        async def one() -> None:
            texts.append((await asked(toolbox)).text)

        for _ in range(8):
            group.start_soon(one)
    assert texts == ["fine"] * 8
    assert len(starts(tmp_path)) == 1


@pytest.mark.parametrize("way", ["hangs", "never ends a line"])
@pytest.mark.anyio
async def test_a_server_that_never_answers_is_given_up_at_the_limit_and_killed(way: str, tmp_path: Path) -> None:
    async with box(hostile(way, tmp_path), seconds=1) as toolbox:
        answer = await asked(toolbox)
    assert answer.is_error
    assert answer.text == "ask of hostile did not answer within 1 s; ask for less at once"
    assert not any(is_running(pid) for pid in starts(tmp_path))


@pytest.mark.anyio
async def test_a_server_that_hangs_at_its_start_is_given_up_too(tmp_path: Path) -> None:
    told = Told()
    async with box(hostile("hangs at the start", tmp_path), seconds=1, tell=told) as toolbox:
        answer = await asked(toolbox)
    assert answer.is_error
    assert "hostile does not start" in answer.text
    assert told.texts == ["the server hostile did not start: it said nothing"]
    assert not any(is_running(pid) for pid in starts(tmp_path))


@pytest.mark.anyio
async def test_a_server_that_died_is_started_once_more_and_the_call_asked_again(tmp_path: Path) -> None:
    told = Told()
    async with box(hostile("dies once", tmp_path), tell=told) as toolbox:
        answer = await asked(toolbox)
    assert (answer.text, answer.is_error) == ("fine", False)
    assert len(starts(tmp_path)) == 2
    assert told.texts == ["the server hostile ended in the middle of a call"]


@pytest.mark.anyio
async def test_a_server_that_always_dies_is_not_started_for_ever(tmp_path: Path) -> None:
    async with box(hostile("dies", tmp_path)) as toolbox:
        answers = [await asked(toolbox) for _ in range(3)]
    assert all(answer.is_error for answer in answers)
    assert "ended 2 times and is not started again" in answers[0].text
    assert len(starts(tmp_path)) == 2


@pytest.mark.anyio
async def test_a_server_that_does_not_start_is_told_to_the_model_in_a_sentence_and_to_a_person_with_its_last_words(
    tmp_path: Path,
) -> None:
    told = Told()
    async with box(hostile("does not start", tmp_path), tell=told) as toolbox:
        answer = await asked(toolbox)
    assert answer.is_error
    assert "Traceback" not in answer.text
    assert told.texts[0].startswith("the server hostile did not start: ModuleNotFoundError")
    assert TOKEN not in told.texts[0]


@pytest.mark.anyio
async def test_a_program_that_is_not_there_is_an_answer(tmp_path: Path) -> None:
    launch = replace(hostile("answers", tmp_path), command=(str(tmp_path / "none"),))
    async with box(launch) as toolbox:
        assert (await asked(toolbox)).is_error


@pytest.mark.parametrize("way", ["lies", "lies by silence", "lies in its schema"])
@pytest.mark.anyio
async def test_a_tool_that_differs_from_what_was_recorded_is_not_called(way: str, tmp_path: Path) -> None:
    told = Told()
    async with box(hostile(way, tmp_path), tell=told) as toolbox:
        answer = await asked(toolbox)
    assert answer.is_error
    assert "is not what this installation knows it as" in answer.text
    assert told.texts == ["the server hostile differs from its manifest in ask; these are not called"]


@pytest.mark.anyio
async def test_stray_prints_of_a_server_break_nothing_and_show_no_trace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with box(hostile("prints", tmp_path)) as toolbox:
        answers = [await asked(toolbox), await asked(toolbox)]
    assert [answer.text for answer in answers] == ["fine", "fine"]
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("mcp")]


@pytest.mark.parametrize("way", ["huge", "many"])
@pytest.mark.anyio
async def test_an_answer_that_floods_is_cut_and_says_so(way: str, tmp_path: Path) -> None:
    async with box(hostile(way, tmp_path), seconds=60) as toolbox:
        answer = await asked(toolbox)
    assert not answer.is_error
    assert len(answer.text) <= MAX_ANSWER
    assert "cut here" in answer.text
    assert TOKEN not in answer.text


@pytest.mark.anyio
async def test_credentials_are_masked_and_what_acts_or_hides_is_spelled_out(tmp_path: Path) -> None:
    async with box(hostile("leaks", tmp_path)) as toolbox:
        answer = await asked(toolbox)
    assert TOKEN[8:] not in answer.text
    assert not {"\u202e", "\x1b", "\u200b"} & set(answer.text)
    assert "202E" in answer.text


@pytest.mark.anyio
async def test_an_error_comes_without_its_trace(tmp_path: Path) -> None:
    async with box(hostile("traces", tmp_path)) as toolbox:
        answer = await asked(toolbox)
    assert (answer.text, answer.is_error) == ("it broke", True)


@pytest.mark.parametrize(
    ("way", "said"),
    [("wrong shape", "a form that cannot be read"), ("refuses", "ask failed: no dapi")],
)
@pytest.mark.anyio
async def test_a_refusal_or_an_unreadable_answer_is_one_sentence_and_the_server_goes_on(
    way: str, said: str, tmp_path: Path
) -> None:
    async with box(hostile(way, tmp_path)) as toolbox:
        answers = [await asked(toolbox), await asked(toolbox)]
    assert all(answer.is_error and said in answer.text and TOKEN not in answer.text for answer in answers)
    assert len(starts(tmp_path)) == 1


@pytest.mark.anyio
async def test_what_is_no_text_is_named_and_left_out(tmp_path: Path) -> None:
    async with box(hostile("picture", tmp_path)) as toolbox:
        assert (await asked(toolbox)).text == "[image left out]"


@pytest.mark.anyio
async def test_a_server_that_asks_the_model_back_is_refused(tmp_path: Path) -> None:
    async with box(hostile("asks back", tmp_path)) as toolbox:
        assert (await asked(toolbox)).text == "refused"


@pytest.mark.anyio
async def test_a_server_runs_in_an_empty_folder_that_goes_away(tmp_path: Path) -> None:
    async with box(hostile("tells its folder", tmp_path)) as toolbox:
        folder = anyio.Path((await asked(toolbox)).text)
        assert await folder.is_dir()
        assert str(folder) != str(await anyio.Path.cwd())
    assert not await folder.exists()


GIVEN = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nowhere",
    "ANTHROPIC_API_KEY": "sk-ant-x",
    "GITHUB_TOKEN": "ghs_x",
    "GOOGLE_API_KEY": "g",
    "AWS_SECRET_ACCESS_KEY": "a",
    "PYTHONPATH": "/project",
    "LD_PRELOAD": "/project/x.so",
    "ORCHESTRATE_CACHE_DIR": "/c",
    "HTTPS_PROXY": "http://proxy",
    "DATABRICKS_HOST": "https://host",
    "DATABRICKS_TOKEN": "t",
    "ARM_CLIENT_ID": "i",
}
SECRET = {"ANTHROPIC_API_KEY", "GITHUB_TOKEN", "GOOGLE_API_KEY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "LD_PRELOAD"}


@pytest.mark.parametrize(
    ("access", "got"),
    [
        (None, set()),
        (Access(), {"DATABRICKS_HOST", "DATABRICKS_TOKEN", "ARM_CLIENT_ID", "HTTPS_PROXY"}),
        (Access(profile="dev"), {"HTTPS_PROXY"}),
        (Access(host="http://127.0.0.1:1", token="s"), {"DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_AUTH_TYPE"}),
    ],
    ids=["no workspace", "the chain", "a profile", "a sandbox"],
)
@pytest.mark.anyio
async def test_a_server_gets_what_it_needs_of_the_environment_and_never_a_key_of_others(
    access: Access | None, got: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRET - {"LD_PRELOAD"}:
        monkeypatch.setenv(name, "of the process")
    async with box(hostile("tells its environment", tmp_path, GIVEN, access)) as toolbox:
        found = json.loads((await asked(toolbox)).text)
    told = {name for name in found if name in GIVEN or name.startswith(("DATABRICKS", "ORCHESTRATE"))}
    assert told - {"PATH", "HOME"} == got
    assert found["HOME"] == "/nowhere"
    if access is not None and access.host:
        assert (found["DATABRICKS_HOST"], found["DATABRICKS_TOKEN"]) == ("http://127.0.0.1:1", "s")


async def started(folder: Path) -> None:
    """Returns when the server runs and has had time to be asked."""
    for _ in range(500):
        await anyio.sleep(0.02)
        if starts(folder):
            break
    await anyio.sleep(0.3)


def test_a_variable_that_names_another_gives_that_one_unless_it_is_a_key_of_others() -> None:
    given = {"DATABRICKS_OIDC_TOKEN_ENV": "MY_TOKEN", "MY_TOKEN": "t", "OTHER": "o"}
    assert set(environment_of(Access(), given)) == {"DATABRICKS_OIDC_TOKEN_ENV", "MY_TOKEN"}
    theirs = {"DATABRICKS_OIDC_TOKEN_ENV": "ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY": "k"}
    assert set(environment_of(Access(), theirs)) == {"DATABRICKS_OIDC_TOKEN_ENV"}


def test_tokens_of_the_job_are_given_only_to_who_logs_in_by_them() -> None:
    given = {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t", "ACTIONS_ID_TOKEN_REQUEST_URL": "u"}
    assert environment_of(Access(), given) == {}
    asked_for = {**given, "DATABRICKS_AUTH_TYPE": "github-oidc"}
    assert environment_of(Access(), asked_for) == asked_for


def test_a_credential_at_the_edge_of_what_is_looked_at_is_not_shown_by_half() -> None:
    bodies = ["sk-ant-" + (2 * sha512(str(number).encode()).hexdigest())[:190] for number in range(3_000)]
    for shift in range(0, len(bodies[0]) + 1, 9):
        shown = bounded("in front " * (shift // 9) + " ".join(bodies))
        assert "cut here" in shown
        assert max(len(word) for word in shown.partition("(cut here")[0].split()) < 20


@pytest.mark.anyio
async def test_the_end_of_a_run_ends_a_server_that_hangs_at_its_start_and_nobody_waits_for(tmp_path: Path) -> None:
    async with box(hostile("hangs at the start", tmp_path), seconds=60) as toolbox:
        with anyio.move_on_after(1):
            await asked(toolbox)
    assert not any(is_running(pid) for pid in starts(tmp_path))


@pytest.mark.anyio
async def test_a_cancelled_run_leaves_no_process(tmp_path: Path) -> None:
    with anyio.move_on_after(30) as scope:
        async with box(hostile("hangs", tmp_path), seconds=60) as toolbox, anyio.create_task_group() as group:
            group.start_soon(asked, toolbox)
            await started(tmp_path)
            scope.cancel()
    (pid,) = starts(tmp_path)
    assert not is_running(pid)


@pytest.mark.anyio
async def test_an_interrupted_run_leaves_no_process(tmp_path: Path) -> None:
    async def run() -> None:
        async with box(hostile("hangs", tmp_path), seconds=60) as toolbox:
            await asked(toolbox)

    task = asyncio.get_running_loop().create_task(run())
    await started(tmp_path)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (pid,) = starts(tmp_path)
    assert not is_running(pid)


@pytest.mark.anyio
async def test_an_error_of_the_run_comes_out_as_it_is(tmp_path: Path) -> None:
    async def run() -> None:
        async with box(hostile("answers", tmp_path)) as toolbox:
            await asked(toolbox)
            raise KeyError("of the run")

    with pytest.raises(KeyError, match="of the run"):
        await run()
    assert not any(is_running(pid) for pid in starts(tmp_path))


@pytest.mark.anyio
async def test_one_cancelled_caller_costs_the_others_nothing(tmp_path: Path) -> None:
    async with box(hostile("answers", tmp_path)) as toolbox:
        with anyio.move_on_after(0.01):
            await asked(toolbox)
        answer = await asked(toolbox)
    assert (answer.text, len(starts(tmp_path))) == ("fine", 1)


@pytest.mark.anyio
async def test_after_the_run_a_tool_says_that_it_is_over(tmp_path: Path) -> None:
    async with box(hostile("answers", tmp_path)) as toolbox:
        tool = offered(toolbox, ASK)["hostile__ask"]
    assert "the run is over" in (await tool.call({})).text
    assert starts(tmp_path) == []


@pytest.mark.anyio
async def test_the_end_of_a_run_does_not_wait_for_a_server_that_will_not_end(tmp_path: Path) -> None:
    async with box(hostile("hangs", tmp_path), seconds=1) as toolbox:
        await asked(toolbox)
        began = time.monotonic()
    assert time.monotonic() - began < 20
