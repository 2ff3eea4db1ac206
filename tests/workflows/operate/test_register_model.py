"""`register-model`: a logged model as a version, on a real MLflow server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import orchestrate
from tests.workflows.judged import ModelStage
from tests.workflows.operate.failing import (
    CLEAN,
    USAGE,
    every_step_fails_in_turn,
    it_is_killed_half_way,
    the_network_drops_half_way,
)

pytestmark = pytest.mark.enable_socket
FOUND = 1


def words(stage: ModelStage, model: str, name: str = "better") -> tuple[str, ...]:
    run_id, _ = stage.judged.logged[name]
    return ("register-model", "--model-name", model, "--run-id", run_id)


def models_of(stage: ModelStage) -> set[str]:
    return {each.name for each in stage.judged.client().search_registered_models()}


@pytest.mark.real
def test_the_first_version_makes_the_model_and_the_way_back_deletes_both(models: ModelStage) -> None:
    command = (*words(models, "brand-new"), "--description", "first try")
    shown = models.run(*command)
    assert "brand-new" not in models_of(models), "nothing is changed without approval"
    done = models.run(*command, "--apply", "--approve", shown.sha[:12])
    assert (done.code, done.standings) == (CLEAN, ["verified"] * 3), done
    version = models.judged.client().get_model_version("brand-new", "1")
    run_id, model_id = models.judged.logged["better"]
    assert (version.run_id, version.source, version.description) == (run_id, f"models:/{model_id}", "first try")
    assert models.judged.aliases("brand-new") == {"challenger": "1"}
    again = models.run(*command)
    assert "is version 1 of brand-new already" in again.notes
    assert "nothing is to be changed" in again.notes
    back = models.applied(*command, "--take-back", shown.sha[:12])
    assert back.standings == ["verified"] * 3, back
    assert "brand-new" not in models_of(models)


@pytest.mark.real
def test_a_further_version_takes_the_alias_from_the_former_one(models: ModelStage) -> None:
    model = models.judged.model("first", "worse")
    done = models.applied(*words(models, model))
    assert done.standings == ["verified"] * 2, "the model is there"
    assert models.judged.aliases(model) == {"champion": "1", "challenger": "3"}
    assert models.applied(*words(models, model), "--take-back", done.sha[:12]).standings == ["verified"] * 2
    assert models.judged.aliases(model) == {"champion": "1", "challenger": "2"}


@pytest.mark.real
def test_a_version_of_another_model_is_registered_by_its_uri(models: ModelStage) -> None:
    source, target = models.judged.model("first", "better"), models.judged.model("first")
    uri = ("register-model", "--model-name", target, "--model-uri", f"models:/{source}/2", "--alias", "none")
    assert models.applied(*uri).standings == ["verified"]
    assert models.judged.client().get_model_version(target, "2").run_id == models.judged.logged["better"][0]
    assert models.judged.aliases(target) == {"champion": "1"}


@pytest.mark.real
def test_a_version_that_was_promoted_since_is_not_deleted(models: ModelStage) -> None:
    model = models.judged.model("first")
    done = models.applied(*words(models, model), "--alias", "none")
    models.judged.client().set_registered_model_alias(model, "champion", "2")
    back = models.applied(*words(models, model), "--take-back", done.sha[:12])
    assert "it holds the alias champion" in back.missing, back
    assert models.judged.aliases(model) == {"champion": "2"}


@pytest.mark.real
def test_a_model_without_a_signature_stops_and_loose_packages_are_told(models: ModelStage) -> None:
    model = models.judged.model("first")
    bare = models.run(*words(models, model, "bare"))
    assert bare.code == FOUND
    assert {rule for rule, _ in bare.findings} == {"no-signature", "no-input-example", "data-not-named"}
    assert models.run(*words(models, model, "bare"), "--apply", "--approve", bare.sha[:12]).standings == []
    loose = models.run(*words(models, model, "loose"))
    assert (loose.code, {rule for rule, _ in loose.findings}) == (CLEAN, {"dependency-not-pinned"})


@pytest.mark.real
def test_every_step_fails_in_turn(models: ModelStage) -> None:
    every_step_fails_in_turn(models, *words(models, "never-there"))
    assert "never-there" not in models_of(models)


@pytest.mark.real
def test_the_network_drops_half_way(models: ModelStage) -> None:
    the_network_drops_half_way(models, *words(models, "dropped"))


@pytest.mark.real
def test_it_is_killed_half_way(models: ModelStage) -> None:
    it_is_killed_half_way(models, *words(models, "killed"))


@pytest.mark.real
def test_what_is_not_there_is_one_sentence(models: ModelStage) -> None:
    for given, part in (
        (("--run-id", "0" * 32), "cannot read run"),
        (("--model-uri", "models:/m-0000"), "cannot read the logged model"),
        (("--model-uri", "models:/no-such-model/1"), "there is no such object"),
    ):
        ran = models.run("register-model", "--model-name", "x", *given)
        assert (ran.code, ran.report) == (USAGE, {}), ran
        assert part in ran.said, ran.said


def test_bad_arguments_are_one_sentence(tmp_path: Path) -> None:
    for words, part in (
        ((), "name what is registered"),
        (("--run-id", "a", "--model-uri", "models:/m-1"), "name what is registered"),
        (("--model-uri", "runs:/a/model"), "names no model"),
        (("--run-id", "a", "--alias", "champion"), "is moved by promote-model"),
        (("--run-id", "a", "--alias", "latest"), "cannot be an alias"),
        (("--run-id", "a", "--workspace", "sandbox"), "the sandbox has no MLflow of its own"),
    ):
        ended = orchestrate(tmp_path, "register-model", "--model-name", "churn", *words)
        assert ended.returncode == USAGE, ended
        assert part in ended.stderr, ended.stderr
