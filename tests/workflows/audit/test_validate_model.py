"""`validate-model`: versions on a real MLflow server, judged by what their runs have logged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.models.terms import Terms, lower_is_better, thresholds
from orchestrator.workspace.models.trial import tried
from tests.workflows.judged import PYTHON, ModelStage
from tests.workflows.operate.failing import CLEAN, USAGE, Ran, every_step_fails_in_turn, it_is_killed_half_way

pytestmark = pytest.mark.enable_socket
FOUND = 1
VALIDATE = ("validate-model", "--model-name")


def rules(ran: Ran) -> set[str]:
    return {rule for rule, _ in ran.findings}


def verdict(ran: Ran) -> str:
    return str(ran.table("Verdict")[0][1])


def numbers(ran: Ran) -> dict[str, tuple[str, str, str]]:
    """Value, other value and whether it is met, by metric."""
    return {row[1]: (row[3], row[4], row[6]) for row in ran.table("Numbers")}


@pytest.mark.real
def test_a_better_version_has_nothing_against_it_and_is_loaded_in_a_clean_process(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    words = ("--metric", "auc", "--margin", "0.05", "--threshold", "log_loss<=0.45", "--python", PYTHON)
    ran = models.run(*VALIDATE, model, *words)
    assert (ran.code, verdict(ran), rules(ran)) == (CLEAN, "nothing found against it", set()), ran
    assert numbers(ran)["auc"] == ("0.85", "0.8", "met"), "0.85 - 0.8 is 0.05 but for the last bit"
    assert numbers(ran)["log_loss"] == ("0.4", "", "met")
    assert dict(ran.table("The record"))["load test"].startswith("passed, Python 3.11")
    assert "2 answers to 2 rows" in dict(ran.table("The record"))["load test"]


@pytest.mark.real
def test_each_thing_that_speaks_against_a_version_is_found_and_nothing_else(models: ModelStage) -> None:
    model = models.judged.model("first", "worse", "elsewhere", "sliced", "bare", "trained", "first")
    expected = {
        2: ({"not-better"}, "not to be promoted"),
        3: ({"not-comparable"}, "not known"),
        4: ({"slice-worse"}, "not to be promoted"),
        5: (
            {"no-signature", "no-input-example", "data-not-named", "no-number", "not-comparable"},
            "not to be promoted",
        ),
        6: ({"measured-on-training-data", "not-comparable"}, "not to be promoted"),
        7: ({"same-model"}, "not to be promoted"),
    }
    for version, wanted in expected.items():
        ran = models.run(*VALIDATE, model, "--version", str(version), "--metric", "auc")
        assert ran.code == FOUND, (version, ran)
        assert (rules(ran), verdict(ran)) == wanted, (version, ran.findings)


@pytest.mark.real
def test_numbers_of_different_exams_are_named_and_not_compared(models: ModelStage) -> None:
    model = models.judged.model("first", "elsewhere")
    ran = models.run(*VALIDATE, model, "--metric", "auc")
    [(_, message)] = ran.findings
    assert "other-holdout (digest" in message
    assert "auc of version 1 was measured on holdout (digest" in message
    assert ran.table("Numbers") == [], "0.99 is not set beside 0.8"


@pytest.mark.real
def test_less_is_better_where_the_name_says_so_and_where_it_is_said(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    assert verdict(models.run(*VALIDATE, model, "--metric", "log_loss")) == "nothing found against it"
    ran = models.run(*VALIDATE, model, "--metric", "auc", "--lower-is-better")
    assert "not-better" in rules(ran)


@pytest.mark.real
def test_packages_without_a_pin_are_found_and_a_load_test_tells_what_differs(models: ModelStage) -> None:
    model = models.judged.model("first", "loose")
    ran = models.run(*VALIDATE, model, "--metric", "auc", "--python", PYTHON)
    loose = [message for rule, message in ran.findings if rule == "dependency-not-pinned"]
    assert [message.split()[3].rstrip(",") for message in loose] == ["mlflow", "scikit-learn>=1.0"]
    differs = [message for rule, message in ran.findings if rule == "environment-differs"]
    assert differs == ["no-such-package 1.0 pinned, not installed"]
    assert ran.code == CLEAN, "neither is high"


@pytest.mark.real
def test_a_load_test_by_an_interpreter_without_the_packages_fails_and_says_why(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    ran = models.run(*VALIDATE, model, "--metric", "auc", "--python", "/usr/bin/env")
    assert "load-test-failed" in rules(ran)
    assert verdict(ran) == "not to be promoted"


@pytest.mark.real
def test_without_a_champion_a_threshold_decides_and_without_one_nothing_does(models: ModelStage) -> None:
    model = models.judged.model("first", champion=None, challenger=1)
    bound = models.run(*VALIDATE, model, "--threshold", "auc>=0.8,auc/region:north>=0.7")
    assert (bound.code, verdict(bound)) == (CLEAN, "nothing found against it")
    missed = models.run(*VALIDATE, model, "--threshold", "auc>0.8,f1>=0.5")
    assert [rule for rule, _ in missed.findings] == ["threshold-missed"] * 2
    assert any("f1 of version 1 is not measured" in message for _, message in missed.findings)
    ran = models.run(*VALIDATE, model)
    assert (rules(ran), verdict(ran)) == ({"nothing-decides"}, "not known")


@pytest.mark.real
def test_a_model_is_never_compared_with_itself(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    ran = models.run(*VALIDATE, model, "--version", "1", "--metric", "auc")
    assert ran.code == USAGE
    assert "a model is not compared with itself" in ran.said
    alone = models.run(*VALIDATE, model, "--version", "1", "--against", "none", "--threshold", "auc>=0.7")
    assert verdict(alone) == "nothing found against it"


@pytest.mark.real
def test_the_model_of_a_run_is_judged_before_it_is_registered(models: ModelStage) -> None:
    run_id, _ = models.judged.logged["better"]
    ran = models.run("validate-model", "--run-id", run_id, "--threshold", "auc>=0.84")
    assert (ran.code, verdict(ran)) == (CLEAN, "nothing found against it")
    assert "change set" not in ran.notes, "there is no version that could carry the verdict"


@pytest.mark.real
def test_the_verdict_is_recorded_only_where_that_is_approved(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    words = (*VALIDATE, model, "--metric", "auc")
    sha = models.run(*words).sha
    assert not models.judged.client().get_model_version(model, "2").tags
    assert models.run(*words, "--apply", "--approve", "0" * 12).code == USAGE
    done = models.run(*words, "--apply", "--approve", sha[:12])
    tags = models.judged.client().get_model_version(model, "2").tags
    assert done.standings == ["verified"] * 5
    assert (tags["validation"], tags["validation_load_test"], len(tags["validation_sha256"])) == (
        "passed",
        "not run",
        64,
    )
    assert "nothing is to be changed" in models.run(*words).notes, "the same evidence gives the same record"


@pytest.mark.real
def test_recording_fails_at_every_step_in_turn(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    every_step_fails_in_turn(models, *VALIDATE, model, "--metric", "auc")


@pytest.mark.real
def test_recording_is_killed_half_way(models: ModelStage) -> None:
    model = models.judged.model("first", "better")
    it_is_killed_half_way(models, *VALIDATE, model, "--metric", "auc")


@pytest.mark.real
def test_what_is_not_there_is_one_sentence(models: ModelStage) -> None:
    model = models.judged.model("first")
    for words, part in (
        (("--model-name", "no-such-model"), "there is no such object"),
        (("--model-name", model), "no version of"),
        (("--model-name", model, "--version", "9"), "there is no such object"),
        (("--run-id", "0" * 32), "cannot read run"),
        (("--model-name", model, "--version", "1", "--against", "none", "--run-id", "abc"), "not by abc"),
    ):
        ran = models.run("validate-model", *words)
        assert (ran.code, ran.report) == (USAGE, {}), ran
        assert part in ran.said, ran.said


def test_bad_arguments_are_one_sentence(tmp_path: Path) -> None:
    from tests.cli.command import orchestrate

    for words, part in (
        ((), "name what is judged"),
        (("--model-name", "m", "--threshold", "auc~0.8"), "is no threshold"),
        (("--model-name", "m", "--version", "0"), "version"),
        (("--model-name", "m", "--margin", "-1"), "margin"),
        (("--model-name", "m", "--workspace", "sandbox"), "the sandbox has no MLflow of its own"),
    ):
        ended = orchestrate(tmp_path, "validate-model", *words)
        assert ended.returncode == USAGE, ended
        assert part in ended.stderr, ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("name", "lower"), [("rmse", True), ("val_log_loss", True), ("auc", False), ("gloss", False)])
def test_the_name_of_a_metric_tells_which_way_is_better(name: str, *, lower: bool) -> None:
    assert lower_is_better(name) is lower


@pytest.mark.parametrize("text", ["auc", "auc>=", ">=1", "auc>=1.2.3", "auc=>1", "auc>=nan", ""])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        thresholds([text])


def test_a_threshold_reads_its_sign() -> None:
    [least, below] = thresholds(["auc/region:north>=0.5", "val loss < 1e-3"])
    assert (str(least), least.holds(0.5), least.holds(0.49)) == ("auc/region:north>=0.5", True, False)
    assert (below.metric, below.holds(0.001)) == ("val loss", False)


def test_a_gain_is_signed_by_which_way_is_better() -> None:
    assert Terms(metric="auc").gain(0.85, 0.8) == 0.05
    assert Terms(metric="rmse", lower_is_better=True).gain(2.0, 3.0) == 1.0


def test_a_load_test_has_no_credential_and_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "not-to-be-seen")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nenv >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o700)
    said = tried(str(program), tmp_path, ()).failure
    assert "not-to-be-seen" not in str(said)
    program.write_text('#!/bin/sh\n[ -z "$DATABRICKS_TOKEN" ] && echo none >&2 || echo seen >&2\nexit 3\n', "utf-8")
    assert tried(str(program), tmp_path, ()).failure == "none"
    program.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n", encoding="utf-8")
    assert "was ended after 1 s" in str(tried(str(program), tmp_path, (), seconds=1).failure)
    assert os.environ["DATABRICKS_TOKEN"] == "not-to-be-seen"


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    assert "cannot be started" in str(tried(str(tmp_path / "none"), tmp_path, ()).failure)
