"""The driver of commands that change a workspace: approval, the file of a set, its journal, and the way back."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys

import pytest

from tests.workflows.operate.failing import (
    CLEAN,
    USAGE,
    Stage,
    a_lost_answer_is_taken_back,
    every_step_fails_in_turn,
    it_is_interrupted_half_way,
    it_is_killed_half_way,
    the_network_drops_half_way,
)

pytestmark = pytest.mark.enable_socket
LEAST = ("configure-access-control", "--catalog", "retail_prod", "--least-privilege")
_ASKED = re.compile(r"To apply it type the first 12 characters of ([0-9a-f]{12})[0-9a-f]{52}: ")
CUSTOMERS = "privileges of contractor-1@example.com on table retail_prod.silver.customers"


def _changed_by_somebody(stage: Stage) -> None:
    """Somebody else takes the contractor's last privilege on the customers."""

    def revoke(client: object) -> None:
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.service.catalog import PermissionsChange, Privilege

        assert isinstance(client, WorkspaceClient)
        change = PermissionsChange(
            principal="contractor-1@example.com", remove=[Privilege.SELECT, Privilege.MODIFY], add=[]
        )
        client.grants.update("table", "retail_prod.silver.customers", changes=[change])

    stage.workspace().ask("revoke", revoke)


def test_a_set_is_shown_kept_and_changes_nothing(reading: Stage) -> None:
    ran = reading.run(*LEAST)
    assert ran.code == CLEAN
    kept = reading.kept(ran.sha)
    assert [change.subject for change in kept.changes] == [row[1] for row in ran.table("Changes")]
    assert [change.call for change in kept.changes] == [row[1] for row in ran.table("Calls")]
    assert [change.inverse for change in reversed(kept.changes)] == [row[1] for row in ran.table("The way back")]
    assert reading.live(ran.sha) == [change.before for change in kept.changes]
    assert f"--apply --approve {ran.sha[:12]}" in ran.notes
    assert not (reading.folder / f".orchestrate/changes/{ran.sha[:12]}.journal.jsonl").exists()


def test_the_same_state_gives_the_same_hash(reading: Stage) -> None:
    assert reading.run(*LEAST).sha == reading.run(*LEAST).sha


@pytest.mark.parametrize(
    ("approval", "said"),
    [
        ("0123456789ab", "is of another change set"),
        ("0123456", "names no change set; give the first 12 or more characters"),
        ("yes, go ahead", "names no change set"),
        ("ABCDEF012345", "names no change set"),
    ],
)
def test_an_approval_of_something_else_is_refused(reading: Stage, approval: str, said: str) -> None:
    sha = reading.run(*LEAST).sha
    ran = reading.run(*LEAST, "--apply", "--approve", approval)
    assert (ran.code, ran.report) == (USAGE, {})
    assert said in ran.said
    assert "Traceback" not in ran.said
    assert reading.live(sha) == [change.before for change in reading.kept(sha).changes]


def test_without_a_terminal_nothing_is_applied_without_an_approval(reading: Stage) -> None:
    sha = reading.run(*LEAST).sha
    ran = reading.run(*LEAST, "--apply")
    assert ran.code == USAGE
    assert "--apply needs --approve SHA" in ran.said
    assert reading.live(sha) == [change.before for change in reading.kept(sha).changes]


def test_an_approved_set_is_applied_read_back_and_then_empty(stage: Stage) -> None:
    ran = stage.applied(*LEAST)
    assert ran.code == CLEAN
    assert set(ran.standings) == {"verified"}
    assert stage.live(ran.sha) == [change.after for change in stage.kept(ran.sha).changes]
    lines = stage.journal(ran.sha)
    assert [line["what"] for line in lines] == ["begun", *["trying"] * len(ran.standings), "ended"]
    again = stage.run(*LEAST, "--apply", "--approve", ran.sha[:12])
    assert (again.code, again.standings) == (CLEAN, [])
    assert "nothing is to be changed" in again.notes


def test_an_applied_set_is_taken_back_in_reverse(stage: Stage) -> None:
    ran = stage.applied(*LEAST)
    kept = stage.kept(ran.sha)
    back = stage.applied(*LEAST, "--take-back", ran.sha[:12])
    assert back.code == CLEAN
    assert [row[1] for row in back.table("Changes")] == [change.subject for change in reversed(kept.changes)]
    assert stage.live(ran.sha) == [change.before for change in kept.changes]


def test_what_somebody_has_changed_since_is_not_taken_back(stage: Stage) -> None:
    ran = stage.applied(*LEAST)
    _changed_by_somebody(stage)
    back = stage.applied(*LEAST, "--take-back", ran.sha[:12])
    assert back.code == CLEAN
    assert f"{CUSTOMERS} stays: somebody has changed it since" in back.notes
    assert CUSTOMERS not in [row[1] for row in back.table("Changes")]
    states = dict(zip([change.subject for change in stage.kept(ran.sha).changes], stage.live(ran.sha), strict=True))
    assert states[CUSTOMERS] == ()


def test_an_approval_holds_no_more_when_the_live_state_has_changed(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    _changed_by_somebody(stage)
    ran = stage.run(*LEAST, "--apply", "--approve", sha[:12])
    assert ran.code == USAGE
    assert "the live state or the wish has changed since" in ran.said


def _spoiled(stage: Stage, sha: str, text: str) -> str:
    (stage.folder / f".orchestrate/changes/{sha[:12]}.json").write_text(text, encoding="utf-8")
    ran = stage.run(*LEAST, "--take-back", sha[:12])
    assert ran.code == USAGE, ran
    assert "Traceback" not in ran.said
    return ran.said


def test_a_damaged_file_is_not_taken_back(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    file = stage.folder / f".orchestrate/changes/{sha[:12]}.json"
    whole = file.read_text(encoding="utf-8")
    assert "is damaged" in _spoiled(stage, sha, whole[: len(whole) // 2])
    assert "is damaged (command: Field required)" in _spoiled(stage, sha, json.dumps({}).replace("}", '"format": ""}'))
    wider = whole.replace('"before": [\n        "ALL_PRIVILEGES"', '"before": [\n        "MANAGE"', 1)
    assert wider != whole
    assert "it is not what its hash was made of" in _spoiled(stage, sha, wider)
    other = whole.replace('"principal": "account users"', '"principal": "contractors"', 1)
    assert other != whole
    assert "of 'privileges of account users on schema retail_prod.gold' is damaged; by hand: PATCH" in _spoiled(
        stage, sha, other
    )
    foreign = whole.replace("orchestrator.workspace.governance.grants:GrantSetting", "subprocess:Popen", 1)
    assert foreign != whole
    assert "is of no known kind; by hand: PATCH" in _spoiled(stage, sha, foreign)


@pytest.mark.parametrize(
    ("approval", "said"),
    [("0123456789ab", "no change set '0123456789ab' is kept"), ("../../x", "names no change set")],
)
def test_a_set_that_is_not_kept_cannot_be_taken_back(reading: Stage, approval: str, said: str) -> None:
    ran = reading.run(*LEAST, "--take-back", approval)
    assert ran.code == USAGE
    assert said in ran.said


def test_a_longer_hash_of_another_set_is_not_taken_for_it(reading: Stage) -> None:
    sha = reading.run(*LEAST).sha
    wrong = sha[:12] + ("0" if sha[12] != "0" else "1")
    ran = reading.run(*LEAST, "--take-back", wrong)
    assert ran.code == USAGE
    assert "is another one" in ran.said


def test_the_way_back_of_a_set_that_was_never_applied_is_empty(reading: Stage) -> None:
    sha = reading.run(*LEAST).sha
    ran = reading.run(*LEAST, "--take-back", sha[:12])
    assert ran.code == CLEAN
    assert "nothing is to be changed" in ran.notes


def test_a_set_of_another_workspace_is_not_taken_back(stage: Stage, reading: Stage) -> None:
    sha = stage.run(*LEAST).sha
    ran = stage.run(*LEAST, "--take-back", sha[:12], env={"DATABRICKS_HOST": reading.wire.host})
    assert ran.code == USAGE
    assert f"is of '{stage.wire.host}', which was not named" in ran.said


def test_every_step_of_least_privilege_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *LEAST)


def test_a_step_whose_answer_was_lost_is_taken_back(stage: Stage) -> None:
    a_lost_answer_is_taken_back(stage, *LEAST)


def test_a_network_that_drops_half_way_is_told_and_led_back(stage: Stage) -> None:
    the_network_drops_half_way(stage, *LEAST)


@pytest.mark.parametrize("made", [True, False])
def test_a_command_that_is_killed_half_way_is_told_and_led_back(stage: Stage, *, made: bool) -> None:
    it_is_killed_half_way(stage, *LEAST, step=3, made=made)


@pytest.mark.usefixtures("interruptible")
def test_a_command_that_is_interrupted_half_way_says_so_and_is_led_back(stage: Stage) -> None:
    it_is_interrupted_half_way(stage, *LEAST)


def test_a_set_that_was_cut_off_and_completed_by_hand_is_told_no_more(stage: Stage) -> None:
    ran = stage.applied(*LEAST)
    journal = stage.folder / f".orchestrate/changes/{ran.sha[:12]}.journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    assert "cut off" not in stage.run(*LEAST).notes
    assert stage.journal(ran.sha)[-1] == {"what": "settled", "why": "every change of it holds"}


def test_a_journal_that_is_none_changes_nothing(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    (stage.folder / f".orchestrate/changes/{sha[:12]}.journal.jsonl").mkdir()
    ran = stage.run(*LEAST, "--apply", "--approve", sha[:12])
    assert ran.code == USAGE, ran
    assert f"{sha[:12]}.journal.jsonl' cannot be read" in ran.said
    assert stage.live(sha) == [change.before for change in stage.kept(sha).changes]


def test_a_line_that_was_cut_off_while_it_was_written_hides_no_other(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    journal = stage.folder / f".orchestrate/changes/{sha[:12]}.journal.jsonl"
    journal.write_text('{"what": "begun"}\n{"what": "try', encoding="utf-8")
    assert f"{sha[:12]} was cut off before its first step" not in stage.run(*LEAST).notes
    lines = journal.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1]) == {"what": "settled", "why": "no change of it holds"}


def test_two_processes_do_not_apply_sets_of_one_folder_at_once(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    lock = stage.folder / ".orchestrate/changes/lock"
    holding = (
        f"import fcntl; f = open({str(lock)!r}, 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert "another process applies a change set of this folder at this moment" in stage.run(*LEAST).notes
        ran = stage.run(*LEAST, "--apply", "--approve", sha[:12])
        holder.communicate("\n")
    assert ran.code == USAGE
    assert "another process applies a change set of this folder; wait" in ran.said


def _typed(stage: Stage, *words: str, answer: str) -> tuple[int, str]:
    """The command at a pseudo-terminal, which gets the answer when it asks: its exit code and what it showed."""
    ours, theirs = pty.openpty()
    program = "import sys; from orchestrator.cli import main; sys.exit(main(sys.argv[1:]))"
    shown, sent = "", False
    with subprocess.Popen(
        [sys.executable, "-c", program, *words, "--workspace", "env"],
        cwd=stage.folder,
        env=stage.environment({}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        while (text := _read(ours)) is not None:
            shown += text
            if not sent and (found := _ASKED.search(shown)):
                os.write(ours, (answer.replace("SHA", found[1]) + "\n").encode())
                sent = True
    os.close(ours)
    return process.returncode, shown


def _read(terminal: int) -> str | None:
    """What came within a minute; None where the other side has closed."""
    if not select.select([terminal], [], [], 60)[0]:
        return None
    try:
        return os.read(terminal, 4096).decode("utf-8", "replace") or None
    except OSError:
        return None


def test_a_person_at_a_terminal_is_shown_every_call_and_approves_by_typing_the_hash(stage: Stage) -> None:
    sha = stage.run(*LEAST).sha
    code, shown = _typed(stage, *LEAST, "--apply", answer="SHA")
    assert code == CLEAN, shown
    assert "PATCH /api/2.1/unity-catalog/permissions/schema/retail_prod.gold" in shown
    assert stage.live(sha) == [change.after for change in stage.kept(sha).changes]


@pytest.mark.parametrize("answer", ["yes", "", "0123456789ab"])
def test_any_other_answer_at_the_terminal_changes_nothing(stage: Stage, answer: str) -> None:
    sha = stage.run(*LEAST).sha
    code, shown = _typed(stage, *LEAST, "--apply", answer=answer)
    assert code == USAGE, shown
    assert "was not approved; nothing was changed" in shown
    assert stage.live(sha) == [change.before for change in stage.kept(sha).changes]
