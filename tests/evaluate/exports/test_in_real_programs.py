"""The exports in the programs that they are for: Chromium, the SARIF validator, an MLflow server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from orchestrator.errors import UsageError
from orchestrator.evaluate.exports import render
from orchestrator.evaluate.exports.mlflow_run import document
from tests.evaluate.exports.samples import full, hostile
from tests.report.reviews import TRAPS
from tests.report.test_html_in_chromium import ask
from tests.report.test_sarif_by_schema import multitool
from tests.tools.mlflow_server import PROGRAMS, empty_server

pytestmark = pytest.mark.real

__all__ = ["multitool"]
LOAD_TABLE = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("sample")
table = mlflow.load_table("cases.json", run_ids=[sys.argv[2]])
print(table.set_index("case").loc["two-queries", ["goldens", "found", "missed goldens"]].to_json())
"""


def test_misses_and_false_findings_can_be_shown_alone(tmp_path: Path) -> None:
    said = ask(
        tmp_path,
        render("html", full()),
        """
        const box = (value) => page.querySelector(`input[name="specialist"][value="${value}"]`);
        const left = () => all("#part-cases .finding:not([hidden])").map((each) => each.dataset.specialists);
        said.all = shown();
        for (const value of ["neutral", "unlabelled", "duplicate", "found", "false"]) box(value).click();
        said.missed = left();
        box("missed").click(); box("false").click();
        said.false = left();
        page.querySelector('#controls [type="reset"]').click();
        """,
    )
    assert said == {"all": "9 findings", "missed": ["missed"], "false": ["false"] * 4}


def test_search_keyboard_and_dark_mode_work_as_in_a_review(tmp_path: Path) -> None:
    said = ask(
        tmp_path,
        render("html", full()),
        """
        input("search", "is short"); said.search = shown(); input("search", "");
        key("j"); said.first = page.activeElement.localName;
        key("/"); said.slash = page.activeElement.id;
        const paper = () => view.getComputedStyle(page.body).backgroundColor;
        const before = paper(); page.getElementById("theme").click(); said.dark = [before, paper()];
        """,
    )
    assert said == {
        "search": "1 of 9 findings",
        "first": "article",
        "slash": "search",
        "dark": ["rgb(251, 250, 248)", "rgb(20, 23, 27)"],
    }


def test_golden_and_finding_are_side_by_side_and_below_each_other_on_a_phone(tmp_path: Path) -> None:
    said = ask(
        tmp_path,
        render("html", full()),
        """
        const frame = document.getElementById("report");
        const sides = page.querySelector('[data-specialists="found"] .sides');
        const top = (at) => Math.round(sides.children[at].getBoundingClientRect().top);
        said.wide = top(0) === top(1);
        frame.width = 390;
        said.narrow = top(0) < top(1);
        """,
    )
    assert said == {"wide": True, "narrow": True}


@pytest.mark.parametrize("trap", ["", TRAPS[6], TRAPS[7], TRAPS[16], TRAPS[-1]])
def test_no_trap_runs_nothing_is_fetched_and_nothing_scrolls_sideways(tmp_path: Path, trap: str) -> None:
    said = ask(
        tmp_path,
        render("html", hostile(trap) if trap else full()),
        """
        said.alerts = typeof view.alerted;
        said.fetched = view.performance.getEntriesByType("resource").length;
        said.scripts = all("script").length;
        all("details").forEach((each) => { each.open = true; });
        for (const width of [320, 768, 1200]) {
          document.getElementById("report").width = width;
          said[width] = page.documentElement.scrollWidth - page.documentElement.clientWidth;
        }
        """,
    )
    assert said == {"alerts": "undefined", "fetched": 0, "scripts": 1, "320": 0, "768": 0, "1200": 0}


@pytest.mark.parametrize("trap", ["", TRAPS[6], TRAPS[10]])
def test_the_sarif_log_is_valid_by_the_schema(trap: str, multitool: Path) -> None:
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    log = json.loads(render("sarif", hostile(trap) if trap else full()))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(log)] == []


@pytest.mark.enable_socket
def test_an_mlflow_server_takes_the_run_its_metrics_its_tags_and_its_table(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    from orchestrator.evaluate.exports.mlflow_client import log_run

    wanted = document(full())
    with empty_server(tmp_path) as url:
        first, second = log_run(wanted, url), log_run(wanted, url)
        assert first != second
        client = MlflowClient(tracking_uri=url)
        run = client.get_run(first)
        traces = client.search_traces(locations=[run.info.experiment_id], run_id=first)
        command = [str(PROGRAMS / "python"), "-c", LOAD_TABLE, url, first]
        table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, cwd=tmp_path).stdout
    assert run.info.status == "FINISHED"
    assert run.data.metrics == wanted.metrics
    assert run.data.params == wanted.params
    assert wanted.tags.items() <= run.data.tags.items()
    judged = {each.data.spans[0].name: {one.name: one for one in each.info.assessments} for each in traces}
    assert set(judged) == {"dev/checkpoints/two-queries", "test/counting/daily-total"}
    found = judged["dev/checkpoints/two-queries"]
    assert found["missed"].feedback.value == 1
    assert found["missed"].rationale == "input: src/load.py:6: missing-watermark"
    assert found["g1"].expectation.value["kind"] == "shared-checkpoint"
    assert json.loads(table) == {"goldens": 2, "found": 1, "missed goldens": "missing-watermark"}


@pytest.mark.enable_socket
def test_an_mlflow_server_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestrator.evaluate.exports.mlflow_client import log_run

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(UsageError, match=r"MLflow at 'http://127.0.0.1:9' refused the run"):
        log_run(document(full()), "http://127.0.0.1:9")
