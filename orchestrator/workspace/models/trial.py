"""A model loaded in a process of its own that predicts its input example: bounded in time, without credentials."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.workspace.records import Record

SECONDS = 300.0
_KEPT = ("PATH", "LANG", "LC_ALL", "JAVA_HOME", "SYSTEMROOT", "LD_LIBRARY_PATH")
_MARK = "trial: "
_MOST_SAID = 600
_PROGRAM = """
import json, math, sys, warnings
from importlib.metadata import PackageNotFoundError, version
warnings.simplefilter("ignore")
def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
import mlflow.pyfunc
from mlflow.models import Model
folder, names = sys.argv[1], sys.argv[2:]
found = {"python": sys.version.split()[0], "packages": {name: installed(name) for name in names}}
model = mlflow.pyfunc.load_model(folder)
example = Model.load(folder).load_input_example(folder)
found["rows"] = len(example) if example is not None and hasattr(example, "__len__") else None
if example is not None:
    import numpy
    answer = model.predict(example)
    flat = numpy.asarray(answer).ravel().tolist()
    found["answers"] = len(flat)
    found["finite"] = all(not isinstance(each, float) or math.isfinite(each) for each in flat)
print("trial: " + json.dumps(found))
"""


class Trial(Record):
    """What became of it."""

    loaded: bool
    predicted: bool
    rows: int | None = None
    """of the input example"""
    answers: int | None = None
    finite: bool = True
    """whether every number of the answers is one"""
    python: str | None = None
    differing: tuple[str, ...] = ()
    """packages that are pinned and have another version in this environment, or none"""
    failure: str | None = None
    """the last words of the process"""


def tried(python: str, folder: Path, requirements: Sequence[str], *, seconds: float = SECONDS) -> Trial:
    """The trial of the model in the folder, run by an interpreter that has MLflow and the model's packages."""
    pins = dict(line.split("==", maxsplit=1) for line in requirements if "==" in line)
    with TemporaryDirectory(prefix="trial-") as home:
        code, out, said = _ended([python, "-c", _PROGRAM, str(folder), *map(_bare, pins)], Path(home), seconds)
    line = next((each for each in reversed(out.splitlines()) if each.startswith(_MARK)), None)
    if code != 0 or line is None:
        return Trial(loaded=False, predicted=False, failure=_last(said) or f"it ended with code {code}")
    found = json.loads(line.removeprefix(_MARK))
    packages = found["packages"]
    differing = tuple(
        f"{_bare(name)} {pin.strip()} pinned, {packages.get(_bare(name)) or 'not'} installed"
        for name, pin in pins.items()
        if packages.get(_bare(name)) != pin.partition(";")[0].strip()
    )
    return Trial(
        loaded=True, predicted="answers" in found, rows=found["rows"], answers=found.get("answers"),
        finite=found.get("finite", True), python=found["python"], differing=differing,
    )  # fmt: skip


def _bare(name: str) -> str:
    return name.partition("[")[0].strip()


def _ended(words: Sequence[str], home: Path, seconds: float) -> tuple[int | None, str, str]:
    """How the process ended, what it printed, and what it said; its whole group is ended with it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment = kept | {
        "HOME": str(home), "TMPDIR": str(home), "MLFLOW_TRACKING_URI": str(home), "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    try:
        process = subprocess.Popen(
            words, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return None, "", f"{words[0]} cannot be started ({error.strerror})"
    with process:
        try:
            out, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return None, "", f"it was ended after {seconds:.0f} s without an answer"
    return process.returncode, out, said


def _end(process: subprocess.Popen[str]) -> None:
    if sys.platform != "win32":
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _last(said: str) -> str:
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return lines[-1][:_MOST_SAID] if lines else ""
