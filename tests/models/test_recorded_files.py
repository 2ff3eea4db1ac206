"""The files of recordings: what may stand in them, and what happens when they are damaged or edited."""

from __future__ import annotations

import gzip
import json
import random
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from orchestrator.errors import CassetteError, ModelError
from orchestrator.models.calls import Caller
from orchestrator.models.cassettes.audit import flaws
from orchestrator.models.cassettes.meta import Provenance
from orchestrator.models.cassettes.recording import Recording
from orchestrator.models.cassettes.results import How, Result, State
from orchestrator.models.cassettes.scrub import Scrubber
from orchestrator.models.cassettes.slots import calling, cassette_path, folder_name
from orchestrator.models.conversation import Model, SystemText, nobody
from orchestrator.models.message_events import Body, UnknownEventError, event, events_of, message_of
from orchestrator.models.recorded import RecordedModel
from tests.models.answers import Asked, Block, Raw, Said, failing, in_order, text
from tests.models.messages_api import serving
from tests.models.taping import ASK, KEY, converse, models_are_closed, record, replaying, sdk_model

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

BODY = "0f3a9c1b7e5d2846a1c0e9f8b7d6c5a4"
TOKEN = f"dapi{BODY}"


async def replayed(folder: Path, asker: Model | None = None) -> Result:
    """What a replay of the conversation comes to."""
    with replaying(folder) as tape, suppress(CassetteError):
        await converse(RecordedModel(asker or sdk_model(), tape))
    (result,) = tape.results()
    return result


async def kept_of(folder: Path, said: list[Block], words: str = "You review joins.", key: str = "") -> Path:
    """The cassette of one turn."""
    ask = replace(ASK, system=(SystemText(text=words),))
    secrets = frozenset({key} if key else ())
    made = Provenance(case_sha="c1")
    with serving(in_order(said)) as api, Recording(folder, case="case-1", provenance=made, credentials=secrets) as tape:
        with calling(Caller(who="joins", turn=1)):
            await RecordedModel(sdk_model(api.address), tape).reply(ask, nobody)
        return tape.keep()[0]


async def test_a_cut_file_is_corrupt_wherever_it_is_cut(tmp_path: Path) -> None:
    path = await record(tmp_path)
    whole = path.read_bytes()
    chance, asker = random.Random(1), sdk_model()
    for length in [0, 1, *(chance.randrange(len(whole)) for _ in range(40)), len(whole) - 3]:
        path.write_bytes(whole[:length])
        result = await replayed(tmp_path, asker)
        assert result.state is State.CORRUPT, length
        assert "e1.yaml" in result.detail


async def test_an_edit_of_either_file_is_found_and_never_passes_for_a_recording(tmp_path: Path) -> None:
    path = await record(tmp_path)
    chance, asker = random.Random(2), sdk_model()
    for file in (path, path.with_suffix(".meta.yaml")):
        whole = file.read_text("utf-8")
        for _ in range(60):
            place = chance.randrange(len(whole))
            letter = chance.choice("abc019 :-{")
            if whole[place] == letter:
                continue
            file.write_text(whole[:place] + letter + whole[place + 1 :], "utf-8")
            result = await replayed(tmp_path, asker)
            assert result.state is not State.FRESH or result.how is How.HAND_EDITED, (file.name, place, letter)
            assert not result.is_measured
            assert list(flaws(tmp_path))
        file.write_text(whole, "utf-8")
    assert list(flaws(tmp_path)) == []


async def test_synthetic_cannot_be_made_live_by_an_editor(tmp_path: Path) -> None:
    path = await record(tmp_path)
    meta = path.with_suffix(".meta.yaml")
    meta.write_text(meta.read_text("utf-8").replace("how: synthetic", "how: live"), "utf-8")
    result = await replayed(tmp_path)
    assert (result.state, result.how, result.is_measured) == (State.FRESH, How.HAND_EDITED, False)
    assert "edited by hand" in next(iter(flaws(tmp_path))).sentence


async def test_line_ends_of_another_system_are_no_edit(tmp_path: Path) -> None:
    path = await record(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert (await replayed(tmp_path)).how is How.SYNTHETIC


async def test_one_file_without_the_other_is_corrupt(tmp_path: Path) -> None:
    path = await record(tmp_path)
    meta = path.with_suffix(".meta.yaml")
    noted = meta.read_text("utf-8")
    meta.unlink()
    assert (await replayed(tmp_path)).state is State.CORRUPT
    meta.write_text(noted, "utf-8")
    path.unlink()
    assert (await replayed(tmp_path)).state is State.CORRUPT
    assert [flaw.path for flaw in flaws(tmp_path)] == ["case-1/joins/e1.yaml"]


async def test_a_cassette_of_another_slot_or_place_is_told(tmp_path: Path) -> None:
    path = await record(tmp_path)
    other = cassette_path(tmp_path, "case-2", "joins", 1)
    other.parent.mkdir(parents=True)
    other.write_bytes(path.read_bytes())
    other.with_suffix(".meta.yaml").write_bytes(path.with_suffix(".meta.yaml").read_bytes())
    assert [(flaw.path, "stands elsewhere" in flaw.sentence) for flaw in flaws(tmp_path)] == [
        ("case-2/joins/e1.yaml", True)
    ]


async def test_hostile_yaml_runs_nothing(tmp_path: Path) -> None:
    path = await record(tmp_path)
    for hostile in (
        f"!!python/object/apply:os.system ['touch {tmp_path}/owned']",
        "- &a [*a]",
        "[" * 5000,
        "a: b: c",
        "\x00",
    ):
        path.write_text(hostile, "utf-8")
        assert (await replayed(tmp_path)).state is State.CORRUPT
    assert not (tmp_path / "owned").exists()


async def test_the_provenance_says_what_was_asked_and_answered(tmp_path: Path) -> None:
    path = await record(tmp_path)
    meta = yaml.safe_load(path.with_suffix(".meta.yaml").read_text("utf-8"))
    assert meta["schema"] == "cassette/v1"
    assert (meta["how"], meta["case"], meta["agent"], meta["epoch"]) == ("synthetic", "case-1", "joins", 1)
    assert meta["models_requested"] == meta["models_returned"] == ["claude-opus-5-5"]
    assert [turn["finish"] for turn in meta["turns"]] == ["tool_use", "end_turn"]
    assert meta["output_tokens"] == sum(turn["usage"]["output_tokens"] for turn in meta["turns"]) > 0
    assert meta["versions"]["anthropic"].split(".")[0] == "2"
    assert meta["redactions"] == 0


@pytest.mark.parametrize(
    "planted",
    [
        TOKEN,
        "sk-ant-api03-" + BODY + BODY,
        "ghp_" + (BODY + "Zz9Q")[:36],
        "AKIA" + "Q7ZJ2MXK4WPL8VRT",
        f"eyJhbGciOiJIUzI1NiJ9.eyJ{BODY}.{BODY}",
        "adb-7405613029481736.9.azuredatabricks.net",
        "dbc-a1b2c3d4-e5f6.cloud.databricks.com",
        "jane.roe@big-corp.io",
    ],
)
async def test_what_may_not_be_kept_is_masked_and_counted_and_still_matches(tmp_path: Path, planted: str) -> None:
    words = f"Connect with {planted} please."
    path = await kept_of(tmp_path, [text(f"I connect with {planted} now.")], words)
    written = path.read_text("utf-8") + path.with_suffix(".meta.yaml").read_text("utf-8")
    assert planted not in written
    assert yaml.safe_load(path.with_suffix(".meta.yaml").read_text("utf-8"))["redactions"] == 2
    ask = replace(ASK, system=(SystemText(text=words),))
    with replaying(tmp_path) as tape, calling(Caller(who="joins", turn=1)):
        reply = await RecordedModel(sdk_model(), tape).reply(ask, nobody)
    assert reply.text == "I connect with [redacted] now."
    assert [result.state for result in tape.results()] == [State.FRESH]


async def test_a_token_in_pieces_of_a_stream_is_masked(tmp_path: Path) -> None:
    """The loopback API cuts its words into many events; what is kept is one text."""
    path = await kept_of(tmp_path, [text(" ".join(["word"] * 50) + f" {TOKEN}")])
    assert BODY[:12] not in path.read_text("utf-8")


async def test_a_compressed_answer_is_kept_as_plain_text(tmp_path: Path) -> None:
    usage: Body = {"input_tokens": 1, "output_tokens": 1}
    said: Body = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
    stream = "".join(events_of({**said, "content": [{"type": "text", "text": "small"}], "usage": usage}))
    packed = gzip.compress(stream.encode())
    answer = Raw(body=packed, content_type="text/event-stream", headers=(("content-encoding", "gzip"),))
    made = Provenance(case_sha="c1")
    with serving(in_order(answer)) as api, Recording(tmp_path, case="case-1", provenance=made) as tape:
        with calling(Caller(who="joins", turn=1)):
            await RecordedModel(sdk_model(api.address), tape).reply(ASK, nobody)
        (path,) = tape.keep()
    assert '"text": "small"' in path.read_text("utf-8")
    with replaying(tmp_path) as again, calling(Caller(who="joins", turn=1)):
        assert (await RecordedModel(sdk_model(), again).reply(ASK, nobody)).text == "small"


@pytest.mark.parametrize(
    "planted",
    [
        KEY,
        KEY.upper(),
        f'{{"password": "{BODY}Q"}}',
        f"api_key = '{BODY}Qz'",
        json.dumps({"secret": BODY + "x"}),
    ],
)
async def test_a_planted_secret_refuses_the_write_and_the_old_recording_stays(tmp_path: Path, planted: str) -> None:
    path = await kept_of(tmp_path, [text("before")])
    before = path.read_bytes()
    with pytest.raises(CassetteError, match="is not written, for") as raised:
        await kept_of(tmp_path, [text(f"It is {planted} indeed.")])
    assert planted not in str(raised.value)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


async def test_an_agent_that_got_no_answer_is_not_written_and_the_others_are(tmp_path: Path) -> None:
    def said(asked: Asked) -> Said:
        return failing(400, "invalid_request_error", "no") if "costs" in asked.system else [text("fine")]

    made = Provenance(case_sha="c1")
    with serving(said) as api, Recording(tmp_path, case="case-1", provenance=made) as tape:
        model = RecordedModel(sdk_model(api.address), tape)
        with calling(Caller(who="joins", turn=1)):
            await model.reply(ASK, nobody)
        with calling(Caller(who="costs", turn=1)):
            await model.reply(ASK, nobody)
        with calling(Caller(who="costs", turn=2)), suppress(ModelError):
            await model.reply(replace(ASK, system=(SystemText(text="costs"),)), nobody)
        with pytest.raises(CassetteError, match="case-1/costs/e1 is not written, for turn 2 got no answer"):
            tape.keep()
    assert cassette_path(tmp_path, "case-1", "joins", 1).exists()
    assert not cassette_path(tmp_path, "case-1", "costs", 1).exists()


async def test_a_credential_of_the_caller_is_found_in_base64_too(tmp_path: Path) -> None:
    from base64 import b64encode

    key = "correct horse battery"
    with pytest.raises(CassetteError, match="holds the credential"):
        await kept_of(tmp_path, [text(b64encode(key.encode()).decode())], key=key)


async def test_what_the_case_says_itself_and_reserved_names_stay() -> None:
    words = "Ask ops@example.com or jane.roe@big-corp.io at adb-7405613029481736.9.azuredatabricks.net."
    assert Scrubber(public=words).text(words) == words
    assert Scrubber().text(words) == "Ask ops@example.com or [redacted] at [redacted]."
    assert Scrubber(public=TOKEN).text(TOKEN) == "[redacted]"


async def test_the_folder_of_the_case_is_no_part_of_a_recording(tmp_path: Path) -> None:
    scrubber = Scrubber(root=tmp_path)
    assert scrubber.clean({"read": [f"{tmp_path}/a.py"]}) == {"read": ["$CASE/a.py"]}


async def test_names_cannot_lead_out_of_the_folder_and_none_is_anothers() -> None:
    names = ["../../etc", "a/b", "a-b", "A-b", "", "..", "con", "x" * 300, "a\x00", "é"]
    folders = [folder_name(name) for name in names]
    assert len(set(folders)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", folder) for folder in folders)


async def test_a_message_and_its_events_are_the_same() -> None:
    message: Body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s=="},
            {"type": "redacted_thinking", "data": "xx"},
            {"type": "text", "text": "é\n\n漢"},
            {"type": "tool_use", "id": "t", "name": "n", "input": {"a": [1, None]}},
            {"type": "tool_use", "id": "u", "name": "n", "input": {}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    stream = "".join(events_of(message))
    assert message_of(stream) == message
    assert message_of(stream.replace("\n", "\r\n")) == message
    assert message_of(stream + event("ping", {})) == message
    assert message_of(stream[: len(stream) // 2]) is None
    assert message_of(stream[:-40]) is None
    with pytest.raises(UnknownEventError, match="tomorrow"):
        message_of(event("tomorrow", {}))


__all__ = ["models_are_closed"]
