"""Makes the steps of a change set fail in turn on a running sandbox, and checks what is left and what is said.

`with staged(folder) as stage:` gives a sandbox behind a line that can be broken; then one of

- `every_step_fails_in_turn(stage, "configure-access-control", "--catalog", "x", ...)`
- `a_lost_answer_is_taken_back(stage, ...)`
- `the_network_drops_half_way(stage, ...)`
- `it_is_killed_half_way(stage, ...)`

each with the words of a command whose change set has two steps or more. `lasting` is how many steps at the end cannot
be taken back.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from orchestrator.cli import main
from orchestrator.workflows.measured import opening
from orchestrator.workflows.operate.record import KeptSet, restored
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.sandbox import Sandbox
from tests.workflows.operate.wire import Break, Plan, Wire

ROOT = Path(__file__).parent.parent.parent.parent
CLEAN, USAGE, INCOMPLETE, INTERRUPTED, KILLED = 0, 2, 3, 130, -9
_APART = frozenset({Break.KILLED_BEFORE, Break.KILLED_AFTER, Break.INTERRUPTED})
_ASKED = ("--output", "json", "--workspace", "env")
_PROGRAM = "import sys; from orchestrator.cli import main; sys.exit(main(sys.argv[1:]))"
_SHA = re.compile(r"change set ([0-9a-f]{64}) of ")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command ended with."""

    code: int
    report: dict[str, Any]
    said: str
    """stderr"""

    @property
    def notes(self) -> str:
        """The notes of the report, a line each."""
        return "\n".join(self.report["notes"])

    @property
    def sha(self) -> str:
        """The hash of the change set that was shown."""
        found = _SHA.search(self.notes)
        assert found, self.notes
        return found[1]

    @property
    def findings(self) -> list[tuple[str, str]]:
        """The rule and message of each finding."""
        return [(each["rule"], each["message"]) for each in self.report["findings"]]

    def table(self, title: str) -> list[list[Any]]:
        """The rows of the table whose title begins so; none where there is no such table."""
        return next((each["rows"] for each in self.report["tables"] if each["title"].startswith(title)), [])

    @property
    def standings(self) -> list[str]:
        """What became of each step."""
        return [str(row[2]) for row in self.table("What became")]

    @property
    def missing(self) -> str:
        """Why the run is incomplete."""
        return "\n".join(each["reason"] for each in self.report["coverage"] if each["incomplete"])


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A folder, a sandbox, and the line between the command and it."""

    folder: Path
    sandbox: Sandbox
    wire: Wire
    token: str

    def run(self, *words: str, env: dict[str, str] | None = None) -> Ran:
        """The command line as a user types it, against the sandbox behind the line; in this process, for speed."""
        out, said = _stream(), _stream()
        before = Path.cwd()
        with (
            patch.dict(os.environ, self.environment(env or {}), clear=True),
            patch.object(opening, "_RETRY_SECONDS", 1),  # a cut line is not waited for
            patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(out),
            redirect_stderr(said),
        ):
            os.chdir(self.folder)
            try:
                code = _code([*words, *_ASKED])
            finally:
                os.chdir(before)
        text = _text(out)
        return Ran(code=code, report=json.loads(text) if text.strip() else {}, said=_text(said))

    def run_apart(self, *words: str) -> Ran:
        """The same in a process of its own, which can be killed."""
        with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *words, *_ASKED],
            cwd=self.folder,
            env=self.environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            self.wire.process = process.pid
            out, said = process.communicate(timeout=300)
        return Ran(code=process.returncode, report=json.loads(out) if out.strip() else {}, said=said)

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """The variables of the command's process."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANTHROPIC", "ORCHESTRATE", "DATABRICKS", "MLFLOW"))
        }
        places = {
            "ORCHESTRATE_STATE_DIR": str(self.folder / ".state"),
            "ORCHESTRATE_CACHE_DIR": str(self.folder / ".cache"),
        }
        named = {"DATABRICKS_HOST": self.wire.host, "DATABRICKS_TOKEN": self.token, "PYTHONPATH": str(ROOT)}
        return {**kept, **places, **named, **more}

    def workspace(self) -> Workspace:
        """The workspace without the line, as the sandbox's admin sees it."""
        warehouse = self.sandbox.seed.compute.warehouses[0].id
        return Workspace(Access(host=self.sandbox.host, token=self.sandbox.token, warehouse=warehouse))

    def applied(self, *words: str) -> Ran:
        """The set shown, approved by its hash and applied."""
        shown = self.run(*words)
        assert shown.code == CLEAN, shown
        return self.run(*words, "--apply", "--approve", shown.sha[:12])

    def kept(self, sha: str) -> KeptSet:
        """The file of a change set."""
        return KeptSet.model_validate_json(self._file(sha, "json").read_bytes())

    def journal(self, sha: str) -> list[dict[str, Any]]:
        """The lines of a set's journal."""
        return [json.loads(line) for line in self._file(sha, "journal.jsonl").read_text(encoding="utf-8").splitlines()]

    def live(self, sha: str) -> list[State]:
        """What every setting of a kept set reads now."""
        workspace = self.workspace()
        return [restored(change, {}).read(workspace) for change in self.kept(sha).changes]

    def _file(self, sha: str, ending: str) -> Path:
        return self.folder / ".orchestrate/changes" / f"{sha[:12]}.{ending}"


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


def _code(words: list[str]) -> int:
    """The exit code of the command line; argparse leaves by an exception."""
    try:
        return main(words)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1


@contextmanager
def staged(folder: Path, *, principal: str | None = None) -> Iterator[Stage]:
    """A fresh sandbox behind a line; the command asks as its admin, or as another principal."""
    with Sandbox.start() as sandbox, Wire(sandbox.host, folder / ".orchestrate/changes") as wire:
        token = sandbox.token if principal is None else sandbox.token_for(principal)
        yield Stage(folder=folder, sandbox=sandbox, wire=wire, token=token)


def every_step_fails_in_turn(stage: Stage, *words: str, lasting: int = 0) -> None:
    """For each step: it is refused, all before it is taken back, and exit code, report and journal say so.

    Nothing is left for the next round, but where a step before the refused one cannot be taken back: such rounds are
    not made here.
    """
    sha = _shown(stage, words)
    before = stage.live(sha)
    count = len(before)
    for step in range(1, count - max(lasting - 1, 0) + 1):
        ran = _broken(stage, words, sha, Plan(step=step, how=Break.REFUSED))
        expected = ["rolled back"] * (step - 1) + ["failed and unchanged"] + ["not reached"] * (count - step)
        assert ran.code == INCOMPLETE, (step, ran)
        assert ran.standings == expected, (step, ran.standings)
        assert "permission denied" in ran.missing, (step, ran.missing)
        assert stage.live(sha) == before, step
        _told_by_journal(stage, sha, expected)
    assert _shown(stage, words) == sha, "the same command proposes another set than before the failures"


def a_lost_answer_is_taken_back(stage: Stage, *words: str, step: int = 2) -> None:
    """A step is made and its answer says that it failed: it is taken back too, for what is live is read."""
    sha = _shown(stage, words)
    before = stage.live(sha)
    ran = _broken(stage, words, sha, Plan(step=step, how=Break.ANSWER_LOST))
    expected = ["rolled back"] * step + ["not reached"] * (len(before) - step)
    assert (ran.code, ran.standings) == (INCOMPLETE, expected), ran
    assert stage.live(sha) == before
    _told_by_journal(stage, sha, expected)


def the_network_drops_half_way(stage: Stage, *words: str, step: int = 2) -> None:
    """From a step on nothing is reached: it is said what was made and not taken back; the way back does that later."""
    sha = _shown(stage, words)
    before = stage.live(sha)
    ran = _broken(stage, words, sha, Plan(step=step, how=Break.DROPPED))
    expected = ["not rolled back"] * step + ["not reached"] * (len(before) - step)
    assert (ran.code, ran.standings) == (INCOMPLETE, expected), ran
    assert "cannot be reached" in ran.missing
    assert stage.live(sha) != before
    _told_by_journal(stage, sha, expected)
    again = _shown_run(stage, words)
    assert f"change set {sha[:12]} was not taken back whole" in again.notes, again.notes
    _goes_back(stage, words, sha, before)


def it_is_killed_half_way(stage: Stage, *words: str, step: int = 2, made: bool = True) -> None:
    """It is killed at a step: the next run says what was cut off, and the way back leads to the state before."""
    how = Break.KILLED_AFTER if made else Break.KILLED_BEFORE
    _cut_off(stage, words, Plan(step=step, how=how), KILLED)


def it_is_interrupted_half_way(stage: Stage, *words: str, step: int = 2) -> None:
    """Ctrl-C at a step: it says at once that what was made holds, and all else is as after a kill."""
    said = _cut_off(stage, words, Plan(step=step, how=Break.INTERRUPTED), INTERRUPTED).said
    assert "interrupted: what was made holds; --take-back" in said, said


def _cut_off(stage: Stage, words: tuple[str, ...], plan: Plan, code: int) -> Ran:
    sha = _shown(stage, words)
    before = stage.live(sha)
    ran = _broken(stage, words, sha, plan)
    assert ran.code == code, ran
    assert stage.live(sha) != before
    last = stage.journal(sha)[-1]
    assert (last["what"], last["step"]) == ("trying", plan.step), last
    again = _shown_run(stage, words)
    assert f"change set {sha[:12]} was cut off at step {plan.step} of {len(before)}" in again.notes, again.notes
    _goes_back(stage, words, sha, before)
    return ran


def _goes_back(stage: Stage, words: tuple[str, ...], sha: str, before: list[State]) -> None:
    """`--take-back` leads to the state before, and nothing is said to be cut off any more."""
    back = stage.applied(*words, "--take-back", sha[:12])
    assert back.code == CLEAN, back
    assert set(back.standings) == {"verified"}, back.standings
    assert stage.live(sha) == before
    after = _shown_run(stage, words)
    assert after.sha == sha
    assert "cut off" not in after.notes, after.notes
    assert "not taken back whole" not in after.notes, after.notes


def _broken(stage: Stage, words: tuple[str, ...], sha: str, plan: Plan) -> Ran:
    stage.wire.break_at(plan)
    run = stage.run_apart if plan.how in _APART else stage.run
    ran = run(*words, "--apply", "--approve", sha[:12])
    assert stage.wire.struck, (plan, ran)
    stage.wire.break_at(None)
    return ran


def _shown(stage: Stage, words: tuple[str, ...]) -> str:
    sha = _shown_run(stage, words).sha
    assert len(stage.kept(sha).changes) > 1, "a set of one step shows nothing of the steps before a failure"
    return sha


def _shown_run(stage: Stage, words: tuple[str, ...]) -> Ran:
    shown = stage.run(*words)
    assert shown.code == CLEAN, shown
    return shown


def _told_by_journal(stage: Stage, sha: str, standings: list[str]) -> None:
    last = stage.journal(sha)[-1]
    assert (last["what"], last["applied"]) == ("ended", False), last
    assert [step["standing"] for step in last["steps"]] == standings, last
    assert last["failure"], last
