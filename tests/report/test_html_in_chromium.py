"""The HTML report in a real browser: its script runs under its policy, filters, fits a phone and fetches nothing."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from orchestrator.report import render
from tests.report.reviews import FULL, TRAPS, context, hostile, hostile_context

pytestmark = pytest.mark.real

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--virtual-time-budget=4000",
    "--window-size=1280,900",
)
# The report is driven from a page around it, for its own policy lets no other script in.
FRAME = """<!doctype html><meta charset="utf-8"><pre id="said"></pre>
<iframe id="report" src="report.html#FRAGMENT" width="1200" height="900"></iframe>
<script>
addEventListener("load", () => {
  const view = document.getElementById("report").contentWindow;
  const page = view.document;
  const all = (selector) => [...page.querySelectorAll(selector)];
  const shown = () => page.getElementById("shown").textContent;
  const input = (id, value) => {
    const control = page.getElementById(id);
    control.value = value;
    control.dispatchEvent(new view.Event("input", { bubbles: true }));
  };
  const key = (name) => (page.activeElement || page.body).dispatchEvent(
    new view.KeyboardEvent("keydown", { key: name, bubbles: true }));
  const said = {};
  STEPS
  document.getElementById("said").textContent = JSON.stringify(said);
});
</script>"""


def ask(folder: Path, report: str, steps: str, *, fragment: str = "") -> dict[str, object]:
    """What the steps said of the report, run in Chromium."""
    (folder / "report.html").write_text(report, encoding="utf-8")
    frame = FRAME.replace("FRAGMENT", fragment).replace("STEPS", steps)
    (folder / "frame.html").write_text(frame, encoding="utf-8")
    command = ["chromium", *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", f"file://{folder}/frame.html"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None
    assert found[1], done.stdout[:2_000]
    said: dict[str, object] = json.loads(unescape(found[1]))
    return said


@pytest.fixture(scope="module")
def report() -> str:
    return render("html", FULL, context())


def test_the_filters_narrow_the_findings(tmp_path: Path, report: str) -> None:
    said = ask(
        tmp_path,
        report,
        """
        said.filters = !page.getElementById("filters").hidden;
        said.all = shown();
        input("search", "vacuum");
        said.search = shown();
        said.files = all("#part-findings .file:not([hidden])").map((file) => file.dataset.path);
        input("search", "");
        page.querySelector('input[name="severity"][value="critical"]').click();
        said.severity = shown();
        input("file", "databricks.yml");
        said.file = shown();
        page.querySelector('#controls [type="reset"]').click();
        """,
    )
    assert said == {
        "filters": True,
        "all": "5 findings",
        "search": "1 of 5 findings",
        "files": ["src/silver/cleanup.sql"],
        "severity": "4 of 5 findings",
        "file": "1 of 5 findings",
    }


def test_the_keyboard_walks_the_findings_and_reaches_the_search(tmp_path: Path, report: str) -> None:
    said = ask(
        tmp_path,
        report,
        """
        key("j"); said.first = page.activeElement.id;
        key("j"); said.second = page.activeElement.id;
        key("k"); said.back = page.activeElement.id;
        key("/"); said.search = page.activeElement.id;
        """,
    )
    ids = re.findall(r'<article id="([^"]+)"', report)
    assert said == {"first": ids[0], "second": ids[1], "back": ids[0], "search": "search"}


def test_a_permalink_opens_what_it_leads_to(tmp_path: Path, report: str) -> None:
    steps = """said.open = page.getElementById("part-uncounted").open;
    said.ticked = page.getElementById("uncounted").checked;"""
    assert ask(tmp_path, report, steps, fragment="0000000000000bad") == {"open": True, "ticked": True}


def test_what_does_not_count_is_shown_on_demand(tmp_path: Path, report: str) -> None:
    steps = """said.before = page.getElementById("part-uncounted").open;
    page.getElementById("uncounted").click();
    said.after = page.getElementById("part-uncounted").open;"""
    assert ask(tmp_path, report, steps) == {"before": False, "after": True}


def test_the_theme_turns_dark_and_back(tmp_path: Path, report: str) -> None:
    steps = """const paper = () => view.getComputedStyle(page.body).backgroundColor;
    const button = page.getElementById("theme");
    said.light = paper(); button.click(); said.dark = paper(); button.click(); said.back = paper();"""
    said = ask(tmp_path, report, steps)
    assert said["light"] == said["back"] == "rgb(251, 250, 248)"
    assert said["dark"] == "rgb(20, 23, 27)"


@pytest.mark.parametrize("trap", ["", TRAPS[-1], TRAPS[6]])
def test_the_page_never_scrolls_sideways(tmp_path: Path, report: str, trap: str) -> None:
    page = render("html", hostile(trap), hostile_context(trap)) if trap else report
    steps = """all("details").forEach((each) => { each.open = true; });
    for (const width of [320, 390, 768, 1200]) {
      document.getElementById("report").width = width;
      said[width] = page.documentElement.scrollWidth - page.documentElement.clientWidth;
    }"""
    assert ask(tmp_path, page, steps) == {"320": 0, "390": 0, "768": 0, "1200": 0}


@pytest.mark.parametrize("trap", [TRAPS[6], TRAPS[7], TRAPS[16]])
def test_no_trap_runs_and_nothing_is_fetched(tmp_path: Path, trap: str) -> None:
    steps = """said.scripts = all("script").length;
    said.fetched = view.performance.getEntriesByType("resource").map((entry) => entry.name);
    said.images = all("img, iframe, object, embed, svg [onload]").length;"""
    said = ask(tmp_path, render("html", hostile(trap), hostile_context(trap)), steps)
    assert said == {"scripts": 1, "fetched": [], "images": 0}
