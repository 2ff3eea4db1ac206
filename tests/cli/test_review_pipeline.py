"""`orchestrate review-pipeline` as a person or a CI job drives it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from orchestrator.cli import main

LOOP = "df = spark.table('a.b.c')\nfor name in df.columns:\n    df = df.withColumn(name, 1)\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "job.py").write_text(LOOP, encoding="utf-8")
    return folder


def run(*arguments: object) -> int:
    return main(["review-pipeline", *(str(argument) for argument in arguments), "--quiet"])


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_findings_below_the_gate_pass(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(job) == 0
    assert "job.py:3" in capsys.readouterr().out


def test_findings_at_the_gate_fail(job: Path) -> None:
    assert run(job, "--fail-on", "medium") == 1


def test_never_fails_on_findings_when_asked(job: Path) -> None:
    assert run(job, "--fail-on", "never") == 0


def test_a_file_that_does_not_parse_makes_the_run_incomplete(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / "broken.py").write_text("def f(:\n", encoding="utf-8")
    assert run(job) == 3
    assert "broken.py" in capsys.readouterr().out


def test_findings_at_the_gate_outweigh_an_incomplete_run(job: Path) -> None:
    (job / "broken.py").write_text("def f(:\n", encoding="utf-8")
    assert run(job, "--fail-on", "medium") == 1


def test_one_file_is_reviewed_alone(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / "other.py").write_text(LOOP, encoding="utf-8")
    run(job / "job.py", "--output", "json")
    paths = {finding["location"]["path"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert paths == {"job.py"}


def test_outputs_go_to_their_files_and_text_to_stdout(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(job, "--output", f"json={tmp_path / 'out' / 'r.json'}", "--output", f"sarif={tmp_path / 'r.sarif'}")
    assert json.loads((tmp_path / "out" / "r.json").read_text(encoding="utf-8"))["findings"]
    assert json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "job.py:3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "pdf"], "no output format 'pdf'; there are"),
        (["--output", "json="], "names no file"),
        (["--select", "PYS03"], "no rule is called 'PYS03' (did you mean 'PYS003'?)"),
        (["--agents", "pyspark-optimiser"], "did you mean 'pyspark-optimizer'?"),
        (["--diff", "main"], "git repository"),
        (["--baseline", "nowhere.json"], "orchestrate baseline"),
        (["--config", "nowhere.yaml"], "cannot be read"),
    ],
)
def test_bad_argument_is_one_sentence_and_exit_code_2(
    job: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(job, *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("orchestrate: ")
    assert said in error
    assert error.count("\n") == 1


def test_missing_path_is_one_sentence_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere") == 2
    assert "there is no file or folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fial_on: low\n", "unknown key 'fial_on'; known keys are fail_on, rules"),
        ("rules:\n  selct: [A]\n", "unknown key 'rules.selct'; known keys are select, ignore, severity"),
        ("fail_on: terrible\n", "the value of 'fail_on' is not accepted"),
        ("max_files: 0\n", "max_files is 0; give more than 0"),
        ("max_file_mib: .inf\n", "at most 64"),
        ("suppressions: [{rule: PYS003, reason: ' '}]\n", "the reason is empty"),
        ("a: [\n", "no valid YAML at line"),
        ("- a\n", "must be a map"),
        ("a: &x [1]\nb: *x\n", "aliases"),
    ],
)
def test_bad_configuration_names_the_key(job: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    (job / ".databricks-plugin-config.yaml").write_text(text, encoding="utf-8")
    assert run(job) == 2
    assert said in capsys.readouterr().err


def test_configuration_sets_gate_and_severity(job: Path) -> None:
    config = "fail_on: critical\nrules:\n  severity: {PYS003: critical}\n"
    (job / ".databricks-plugin-config.yaml").write_text(config, encoding="utf-8")
    assert run(job) == 1


def test_only_changed_lines_count_under_diff(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(job, "init", "-q")
    git(job, "add", ".")
    git(job, "commit", "-qm", "one")
    (job / "new.py").write_text(LOOP, encoding="utf-8")
    assert run(job, "--diff", "HEAD", "--fail-on", "medium", "--output", "json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["location"]["path"]: finding["in_diff"] for finding in findings} == {
        "job.py": False,
        "new.py": True,
    }


def test_under_diff_the_configuration_comes_from_the_base(job: Path) -> None:
    git(job, "init", "-q")
    git(job, "add", ".")
    git(job, "commit", "-qm", "one")
    (job / "new.py").write_text(LOOP, encoding="utf-8")
    (job / ".databricks-plugin-config.yaml").write_text("rules: {ignore: [PYS]}\n", encoding="utf-8")
    assert run(job, "--diff", "HEAD", "--fail-on", "medium") == 1


def test_baseline_hides_what_was_there_and_not_what_is_new(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", str(job), "--quiet"]) == 0
    baseline = job / ".orchestrate-baseline.json"
    assert run(job, "--baseline", baseline, "--fail-on", "medium") == 0
    (job / "job.py").write_text("import os\n\n" + LOOP, encoding="utf-8")
    assert run(job, "--baseline", baseline, "--fail-on", "medium") == 0
    (job / "new.py").write_text(LOOP, encoding="utf-8")
    assert run(job, "--baseline", baseline, "--fail-on", "medium") == 1
    assert "1 findings" in capsys.readouterr().out


def test_a_broken_baseline_is_refused(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("[]", "{", '{"version": 9, "findings": []}'):
        (job / "b.json").write_text(text, encoding="utf-8")
        assert run(job, "--baseline", job / "b.json") == 2
    assert "write it" in capsys.readouterr().err


def test_layer_limits_the_review(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job / "gold_report.py").write_text(LOOP, encoding="utf-8")
    run(job, "--layer", "gold", "--output", "json")
    report = json.loads(capsys.readouterr().out)
    assert {finding["location"]["path"] for finding in report["findings"]} == {"gold_report.py"}
    skipped = {entry["path"]: entry["reason"] for entry in report["coverage"] if entry["status"] == "skipped"}
    assert skipped["job.py"] == "outside the layer that was asked for"


def test_an_unchanged_project_is_answered_from_the_cache(job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def report() -> dict[str, object]:
        run(job, "--output", "json")
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        del found["seconds"]
        return found

    first = report()
    assert report() == first
    (job / "job.py").write_text("x = 1\n", encoding="utf-8")
    assert report()["findings"] == []


def test_a_damaged_cache_is_ignored(job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "c"))
    run(job)
    (entry,) = (tmp_path / "c").glob("*.json")
    entry.write_text("{}", encoding="utf-8")
    assert run(job, "--fail-on", "medium") == 1


@pytest.mark.parametrize("path", [".databricks-plugin-config.yaml", "job.py"])
def test_binary_content_is_no_traceback(job: Path, path: str) -> None:
    (job / path).write_bytes(b"\x00\xff\xfe" * 100)
    assert run(job) in {2, 3}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown", "html", "gitlab", "azure"])
def test_no_report_prints_a_token(form: str, job: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = "dapi" + "93e2b07f5a1c48d6b9e0f3172c6ad85b"
    (job / "job.py").write_text(f"{LOOP}    login('{token}', df)\n", encoding="utf-8")
    for _ in ("reviewed", "from the cache"):
        run(job, "--output", form, "--all")
        printed = capsys.readouterr().out
        assert "PYS003" in printed
        assert "SEC001" in printed
        assert token[4:12] not in printed
