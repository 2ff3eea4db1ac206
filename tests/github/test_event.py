"""What the event of a job tells, and what it is not believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.errors import GitHubError
from orchestrator.github.event import Occasion, read_event

SHA = "a" * 40


def event(folder: Path, payload: object) -> Path:
    file = folder / "event.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    return file


def pull(**said: object) -> dict[str, object]:
    told = {"number": 7, "head": {"sha": SHA, "repo": {"full_name": "acme/lakehouse"}}, "author_association": "OWNER"}
    return {
        "repository": {"full_name": "acme/lakehouse"},
        "pull_request": {**told, **said},
        "sender": {"login": "ada", "type": "User"},
    }


def run(**said: object) -> dict[str, object]:
    told = {"head_sha": SHA, "event": "pull_request", "pull_requests": [{"number": 7}]}
    return {"repository": {"full_name": "acme/lakehouse"}, "workflow_run": {**told, **said}}


def test_a_pull_request_of_a_member_is_named_whole(tmp_path: Path) -> None:
    found = read_event("pull_request", event(tmp_path, pull()))
    assert found == Occasion(repository="acme/lakehouse", pull=7, head=SHA, hindrance="")


STRANGERS: dict[str, tuple[dict[str, object], str]] = {
    "a fork": (pull(head={"sha": SHA, "repo": {"full_name": "bob/lakehouse"}}), "fork"),
    "a deleted fork": (pull(head={"sha": SHA, "repo": None}), "fork"),
    "somebody new": (pull(author_association="FIRST_TIMER"), "neither owner"),
    "an app": ({**pull(), "sender": {"type": "Bot"}}, "app"),
    "nobody": ({name: value for name, value in pull().items() if name != "sender"}, "app"),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_spend_nothing(tmp_path: Path, who: str) -> None:
    payload, reason = STRANGERS[who]
    assert reason in read_event("pull_request", event(tmp_path, payload)).hindrance


def test_a_run_that_followed_one_pull_request_names_it(tmp_path: Path) -> None:
    found = read_event("workflow_run", event(tmp_path, run()))
    assert (found.pull, found.head, bool(found.hindrance)) == (7, SHA, True)


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"pull_requests": []}, "--repo"), ({"event": "pull_request_target"}, "pull_request_target")],
)
def test_a_run_that_names_none_or_began_unsafely_is_refused(
    tmp_path: Path, said: dict[str, object], reason: str
) -> None:
    with pytest.raises(GitHubError, match=reason):
        read_event("workflow_run", event(tmp_path, run(**said)))


HOSTILE: dict[str, object] = {
    "a list": [],
    "no pull request": {"repository": {"full_name": "acme/lakehouse"}},
    "a name with a newline": {**pull(), "repository": {"full_name": "acme/lake\nhouse"}},
    "a name with a command": {**pull(), "repository": {"full_name": "acme/$(id)"}},
    "a number that is none": pull(number="7; id"),
    "a sha that is none": pull(head={"sha": "HEAD", "repo": None}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_payload_that_github_does_not_send_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(GitHubError) as refusal:
        read_event("pull_request", event(tmp_path, HOSTILE[name]))
    assert "\n" not in str(refusal.value)


def test_a_payload_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GitHubError, match="GITHUB_EVENT_PATH"):
        read_event("pull_request", tmp_path / "none.json")
