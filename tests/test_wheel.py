"""What is shipped: one import package with its content, which leaves everything else in the environment alone."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONTENT = ("agents", "skills", "tools", "plugins")
LEFT_BEHIND = ("__pycache__", ".DS_Store")

Members = dict[str, bytes]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command after it ended, run as in a user's shell: no setting of this test run reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE", "PYTEST"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def build(source: Path, target: Path, *options: str) -> Path:
    """The wheel that `python -m build` makes, without isolation so that no network is needed."""
    ended = run(sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", target, source, folder=source)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (wheel,) = target.glob("*.whl")
    return wheel


def members(wheel: Path) -> Members:
    """The bytes of every file in the wheel, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the tree."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--wheel")


def test_wheel_brings_orchestrator_alone(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in members(wheel)}
    information = {name for name in tops if name.endswith(".dist-info")}
    assert len(information) == 1
    assert tops - information == {"orchestrator"}


def test_wheel_brings_every_module_and_data_file_of_the_package(wheel: Path) -> None:
    here = {path for path in (ROOT / "orchestrator").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    missing = {path.relative_to(ROOT).as_posix() for path in here} - set(members(wheel))
    assert not missing


@pytest.mark.parametrize("folder", CONTENT)
def test_wheel_brings_the_content_folder_whole(wheel: Path, folder: str) -> None:
    here = {
        path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (ROOT / folder).rglob("*") if path.is_file()
    }
    wanted = {
        f"orchestrator/_bundled/{name}": data
        for name, data in here.items()
        if not set(LEFT_BEHIND) & set(Path(name).parts)
    }
    shipped = {
        name: data for name, data in members(wheel).items() if name.startswith(f"orchestrator/_bundled/{folder}/")
    }
    assert shipped == wanted


def test_wheel_holds_no_leftovers(wheel: Path) -> None:
    assert not [name for name in members(wheel) if set(LEFT_BEHIND) & set(Path(name).parts)]


def test_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    through_the_sdist = build(ROOT, tmp_path)
    assert members(through_the_sdist) == members(wheel)


def new_environment(folder: Path) -> Path:
    """The Python of an empty environment."""
    ended = run(sys.executable, "-m", "venv", folder, folder=ROOT)
    assert ended.returncode == 0, ended.stderr
    return folder / "bin" / "python"


def install(python: Path, *packages: str | Path) -> None:
    """Install into the environment, with uv where it is because it is quicker."""
    uv = shutil.which("uv")
    tool: list[str | Path] = (
        [uv, "pip", "install", "--quiet", "--python", python] if uv else [python, "-m", "pip", "install", "--quiet"]
    )
    ended = run(*tool, *packages, folder=ROOT)
    assert ended.returncode == 0, ended.stderr


def damaged(python: Path, distribution: str) -> list[str]:
    """The files of an installed distribution that differ from what its RECORD says."""
    (record,) = python.parent.parent.glob(f"lib/python*/site-packages/{distribution}-*.dist-info/RECORD")
    site = record.parent.parent
    with record.open(encoding="utf-8", newline="") as rows:
        stated = {name: digest.removeprefix("sha256=") for name, digest, _ in csv.reader(rows) if digest}
    return [name for name, digest in stated.items() if sha256(site / name) != digest]


def sha256(path: Path) -> str:
    """The digest of a file as a RECORD writes it; empty when the file is gone."""
    if not path.is_file():
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and, installed first, `openai-agents`."""
    python = new_environment(tmp_path_factory.mktemp("installed") / "env")
    install(python, "openai-agents")
    install(python, wheel)
    return python


@pytest.mark.real
def test_installed_command_reviews_the_example_from_elsewhere(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = installed.parent / "orchestrate"
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "examples" / "customer-360", tmp_path / "customer-360")
    version = run(command, "--version", folder=tmp_path)
    assert version.returncode == 0, version.stderr
    review = run(command, "review-pipeline", "customer-360", folder=tmp_path)
    assert review.returncode in {0, 1}, review.stderr
    assert "Traceback" not in review.stderr
    assert "src/" in review.stdout, "the example has findings: a review that shows none found no rules"


@pytest.mark.real
def test_openai_agents_beside_it_stays_whole_and_imports(installed: Path) -> None:
    assert damaged(installed, "openai_agents") == []
    ended = run(installed, "-c", "import agents, orchestrator; print(agents.Agent.__name__)", folder=installed.parent)
    assert (ended.returncode, ended.stdout.strip()) == (0, "Agent"), ended.stderr


@pytest.mark.real
def test_damage_to_a_neighbour_would_be_seen(wheel: Path, tmp_path: Path) -> None:
    python = new_environment(tmp_path / "env")
    install(python, wheel)
    assert damaged(python, "databricks_platform_marketplace") == []
    (site,) = python.parent.parent.glob("lib/python*/site-packages")
    (site / "orchestrator" / "__init__.py").write_text("", encoding="utf-8")
    assert damaged(python, "databricks_platform_marketplace") == ["orchestrator/__init__.py"]
