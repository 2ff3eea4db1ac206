"""The command as a process: its streams, its signals and its exit codes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "orchestrator"]
LOOP = "df = spark.table('a.b.c')\nfor name in df.columns:\n    df = df.withColumn(name, 1)\n"
NOBODY_AT_HOME = "from pathlib import Path\ndef home(): raise RuntimeError\nPath.home = home\n"


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "job.py").write_text(LOOP, encoding="utf-8")
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "PYTHONUNBUFFERED"}}
    return {**kept, "ORCHESTRATE_CACHE_DIR": str(folder.parent / "cache"), **more}


def shell(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line in which `orchestrate` is this program."""
    line = re.sub(r"\borchestrate\b", f"{sys.executable} -m orchestrator", script)
    return subprocess.run(
        ["bash", "-c", line], env=environment(folder, **more), cwd=folder.parent, capture_output=True, text=True,
        errors="replace", timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing_but_what_is_seen(job: Path, closed: str) -> None:
    done = shell(f"orchestrate review-pipeline project --fail-on medium --output json=out.json {closed}", job)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert (job.parent / "out.json").stat().st_size


@pytest.mark.parametrize("command", ["rules", "rules explain PYS003", "review-pipeline project"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_utf8_gets_an_answer(job: Path, command: str, encoding: str) -> None:
    done = shell(f"orchestrate {command} --quiet" if "project" in command else f"orchestrate {command}", job,
                 PYTHONIOENCODING=encoding)  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["rules", "rules --output json", "review-pipeline project --quiet --output html"])
def test_a_reader_that_leaves_early_ends_the_command_silently(job: Path, command: str) -> None:
    done = shell(f"orchestrate {command} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}", job)
    assert done.returncode in {0, 141}
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["rules", "review-pipeline project --quiet"])
def test_a_full_disk_is_one_sentence(job: Path, command: str) -> None:
    done = shell(f"ulimit -f 0; orchestrate {command} >full", job)
    assert done.returncode == 2
    assert done.stderr == "orchestrate: the output cannot be written (File too large)\n"


def test_a_fix_that_cannot_be_written_leaves_the_file_and_says_why(job: Path) -> None:
    text = "df = spark.table('a.b.c')\nif df.count() > 0:\n    print(1)\n"
    (job / "job.py").write_text(text, encoding="utf-8")
    done = shell("ulimit -f 0; orchestrate review-pipeline project --fix", job)
    assert done.returncode == 0
    assert "left job.py alone: it cannot be written (File too large)" in done.stderr
    assert [(path.name, path.read_text(encoding="utf-8")) for path in job.iterdir()] == [("job.py", text)]


@pytest.mark.parametrize("cache", ["/dev/null", "/dev/null/below", "/proc/none"])
def test_a_cache_that_cannot_be_written_only_means_that_nothing_is_kept(job: Path, cache: str) -> None:
    done = shell("orchestrate review-pipeline project --quiet", job, ORCHESTRATE_CACHE_DIR=cache)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_user_without_a_home_gets_a_review(job: Path) -> None:
    program = f"{NOBODY_AT_HOME}import sys\nfrom orchestrator.cli import main\nsys.exit(main())"
    given = environment(job, ORCHESTRATE_CACHE_DIR="", XDG_CACHE_HOME="")
    arguments = ["review-pipeline", str(job), "--quiet"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_ours_ends_with_4_and_not_with_the_code_of_findings(job: Path) -> None:
    program = "import sys\nfrom orchestrator import cli\nfrom orchestrator.cli import front\n"
    broken = "def parse_arguments(argv): raise KeyError('x')\nfront.parse_arguments = parse_arguments\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}{broken}sys.exit(cli.main())"],
        env=environment(job), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr.endswith("orchestrate: a fault of ours (KeyError); please report it with the lines above\n")


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("seconds", [0, 0.3, 1])
def test_ctrl_c_is_one_sentence_and_leaves_no_process(job: Path, jobs: str, seconds: float) -> None:
    for number in range(120):
        (job / f"job_{number}.py").write_text(LOOP * 300, encoding="utf-8")
    command = [*PROGRAM, "review-pipeline", str(job), "--no-cache", "--jobs", jobs]
    with subprocess.Popen(
        command, env=environment(job), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stderr is not None
        assert "parsing" in running.stderr.readline()
        time.sleep(seconds)
        os.killpg(running.pid, signal.SIGINT)
        said = running.communicate(timeout=60)[1].splitlines()
    assert (running.returncode, said[-1]) == (130, "orchestrate: interrupted")
    assert all(line.startswith("{") for line in said[:-1])
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
