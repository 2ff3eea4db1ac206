"""No check is switched off from inside the code.

What a tool reports is mended, or the tool is set for everyone in pyproject.toml.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("orchestrator", "tests", "tools", "bench", "hatch_build.py")

# Written with a character class in each so that this file does not report itself.
CHEATS = {
    r"#\s*(?:ruff:\s*|flake8:\s*)?no[q]a": "mend what ruff reports",
    r"#\s*type:\s*ignor[e]": "give the value a type that mypy can follow",
    r"#\s*mypy:\s*": "set mypy in pyproject.toml, for everyone",
    r"#\s*pragm[a]:": "write the test, or remove the branch that nothing reaches",
    r"pytest\.(?:mark\.)?ski[p]": "mark it `real` and let .ci/run install what it needs",
    r"pytest\.(?:mark\.)?xfai[l]": "mend it, or leave the test out until it holds",
    r"pytest\.importorski[p]": "add the package to the development group",
    r"unittest\.ski[p]": "mark it `real` and let .ci/run install what it needs",
}


def cheats(text: str) -> list[str]:
    """The advice for each cheat, with the line it stands on."""
    return [
        f"{number}: {line.strip()}: {advice}"
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern, advice in CHEATS.items()
        if re.search(pattern, line)
    ]


def python_files() -> list[Path]:
    """Every Python file of ours; samples are other people's code by design."""
    found = [
        path for name in FOLDERS for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    return sorted(path for path in found if ROOT / "tests" / "samples" not in path.parents)


def test_no_check_is_switched_off_from_inside_the_code() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{cheat}"
        for path in python_files()
        for cheat in cheats(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "import os  # no" + "qa",
        "import os  # no" + "qa: F401",
        "value = load()  # type" + ": ignore[no-any-return]",
        "if debug:  # prag" + "ma: no cover",
        "@pytest.mark.ski" + "pif(True, reason='slow')",
        "    pytest.ski" + "p('no network')",
        "@pytest.mark.xfai" + "l",
        "numpy = pytest.importorski" + "p('numpy')",
    ],
)
def test_each_cheat_is_seen(line: str) -> None:
    assert len(cheats(line)) == 1


@pytest.mark.parametrize("line", ["skipped = 1", "# typed: yes", "status = Status.SKIPPED  # skips are counted"])
def test_an_honest_line_is_left_alone(line: str) -> None:
    assert cheats(line) == []
