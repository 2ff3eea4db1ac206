"""What the tests of the Action share: its code, a Python for it, a pull request, a GitHub and a runner."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.action.acting import ROWS, RUINED, unpacked
from tests.github.loopback import GitHub, Limits, Repository, planted, serving
from tests.github.runner.running import Runner


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our action as the runner unpacks it."""
    return unpacked(tmp_path_factory.mktemp("actions"))


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    """A Python whose environments have everything already, so that `pip install` has nothing to fetch."""
    program = tmp_path / "python"
    log = tmp_path / "pip.log"
    inner = (
        f'#!/bin/sh\ncase "$*" in *"-m pip install"*) echo "$@" >>"{log}";; *) exec "{sys.executable}" "$@";; esac\n'
    )
    program.write_text(
        '#!/bin/sh\n[ "$1 $2 $3" = \'-P -m venv\' ] || exit 9\nmkdir -p "$4/bin"\n'
        f'cat >"$4/bin/python" <<\'END\'\n{inner}END\nchmod +x "$4/bin/python"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A pull request that adds a line which ruins time travel."""
    return planted(tmp_path, base={"jobs/daily.sql": ROWS}, head={"jobs/daily.sql": RUINED})


@pytest.fixture
def github(repository: Repository) -> Iterator[GitHub]:
    with serving(repository, limits=Limits(gap=1.0, retry_after=1)) as server:
        yield server


@pytest.fixture
def runner(github: GitHub, action: Path, interpreter: Path, tmp_path: Path) -> Runner:
    return Runner(github=github, action=action, folder=tmp_path / "runner", interpreter=interpreter)
