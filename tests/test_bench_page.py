"""docs/bench.md is refreshed in parts: what was not measured again stays, with the day it was measured on."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = runpy.run_path(str(ROOT / "bench" / "page.py"))
NAMES = ("start_up", "memory", "again")


def table(number: str) -> str:
    return f"| what | goal | measured | met |\n|---|---|---|---|\n| a | b | **{number}** | yes |\n"


def page(old: str, day: str, **measured: str) -> str:
    new = {name: PAGE["section"](day, name, table(number)) for name, number in measured.items()}
    merged: str = PAGE["merged"](old, new, NAMES)
    return merged


def test_what_was_not_measured_again_stays_with_its_day() -> None:
    whole = page("", "2026-01-01", start_up="1", memory="2")
    part = page(whole, "2026-02-02", memory="3")
    assert part == whole.replace("measured on 2026-01-01", "measured on 2026-02-02").replace(
        "2026-02-02", "2026-01-01", 1
    ).replace("**2**", "**3**")


def test_sections_stand_in_the_order_of_the_measurements_whenever_they_came() -> None:
    late = page(page("", "2026-01-01", again="1"), "2026-02-02", start_up="2")
    assert [line for line in late.splitlines() if line.startswith("## ")] == ["## Start up", "## Again"]


def test_a_measurement_that_is_gone_leaves_the_page() -> None:
    old = page("", "2026-01-01", start_up="1").replace("## Start up", "## Old idea")
    assert "Old idea" not in page(old, "2026-02-02", memory="3")


def test_the_page_that_is_there_is_kept_whole_when_nothing_is_measured() -> None:
    text = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert titles
    assert PAGE["merged"](text, {}, [title.lower().replace(" ", "_") for title in titles]) == text


def test_numbers_of_a_smoke_test_are_not_written() -> None:
    asked = [sys.executable, str(ROOT / "bench" / "run.py"), "--quick", "--write"]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert "leave out one of --quick and --write" in ended.stderr


@pytest.mark.parametrize("name", ["start_up", "servers_start", "many_tables"])
def test_each_part_can_be_asked_for(name: str) -> None:
    asked = [sys.executable, str(ROOT / "bench" / "run.py"), "--help"]
    assert name in subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True).stdout
