"""`promote-model`: the alias moves only to a version whose recorded validation holds for what is live."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import orchestrate
from tests.workflows.judged import ModelStage
from tests.workflows.operate.failing import (
    CLEAN,
    INCOMPLETE,
    USAGE,
    Ran,
    every_step_fails_in_turn,
    it_is_killed_half_way,
    the_network_drops_half_way,
)

pytestmark = pytest.mark.enable_socket
FOUND = 1


def validated(stage: ModelStage, *names: str, words: tuple[str, ...] = ("--metric", "auc")) -> str:
    """A model whose second version carries its validation."""
    model = stage.judged.model(*names)
    command = ("validate-model", "--model-name", model, *words)
    ran = stage.run(*command)
    assert stage.run(*command, "--apply", "--approve", ran.sha[:12]).standings == ["verified"] * 5
    return model


def promote(stage: ModelStage, model: str, *words: str) -> Ran:
    return stage.run("promote-model", "--model-name", model, *words)


def rules(ran: Ran) -> set[str]:
    return {rule for rule, _ in ran.findings} - {"newer-version", "load-not-tested"}


@pytest.mark.real
def test_a_validated_version_gets_the_alias_and_the_former_one_is_the_way_back(models: ModelStage) -> None:
    model = validated(models, "first", "better")
    shown = promote(models, model)
    assert (shown.code, rules(shown)) == (CLEAN, set()), shown
    assert models.judged.aliases(model) == {"champion": "1", "challenger": "2"}, "nothing is changed without approval"
    done = promote(models, model, "--apply", "--approve", shown.sha[:12])
    assert done.standings == ["verified"] * 3, done
    assert models.judged.aliases(model) == {"champion": "2", "challenger": "2", "previous": "1"}
    assert "holds the alias champion already" in promote(models, model).notes
    back = models.applied("promote-model", "--model-name", model, "--take-back", shown.sha[:12])
    assert back.standings == ["verified"] * 3
    assert models.judged.aliases(model) == {"champion": "1", "challenger": "2"}


@pytest.mark.real
def test_without_a_passed_validation_nothing_moves_even_with_the_gate_switched_off(models: ModelStage) -> None:
    bare = models.judged.model("first", "better")
    refused = validated(models, "first", "worse")
    for model, rule in ((bare, "not-validated"), (refused, "validation-not-passed")):
        shown = promote(models, model)
        assert (shown.code, rules(shown)) == (FOUND, {rule}), shown
        assert promote(models, model, "--apply", "--approve", shown.sha[:12]).standings == []
        forced = promote(models, model, "--apply", "--approve", shown.sha[:12], "--fail-on", "never")
        assert forced.code == INCOMPLETE, forced
        assert forced.standings == ["rolled back", "rolled back", "failed and unchanged"], forced
        assert "no longer carries the validation that was approved" in forced.missing
        assert models.judged.aliases(model)["champion"] == "1"


@pytest.mark.real
def test_a_forged_verdict_is_judged_again(models: ModelStage) -> None:
    model = validated(models, "first", "worse")
    models.judged.client().set_model_version_tag(model, "2", "validation", "passed")
    assert rules(promote(models, model)) == {"fails-now"}


@pytest.mark.real
def test_a_validation_is_of_one_version_against_one_champion(models: ModelStage) -> None:
    model = validated(models, "first", "better", "loose")
    client = models.judged.client()
    for key, value in client.get_model_version(model, "2").tags.items():
        client.set_model_version_tag(model, "3", key, value)
    assert "validation-stale" in rules(promote(models, model, "--version", "3")), "the tags of another version"
    client.set_registered_model_alias(model, "champion", "3")
    assert "validation-stale" in rules(promote(models, model)), "another champion than it was held against"


@pytest.mark.real
def test_one_that_was_judged_alone_does_not_replace_a_champion(models: ModelStage) -> None:
    model = validated(models, "first", "better", words=("--against", "none", "--threshold", "auc>=0.5"))
    assert rules(promote(models, model)) == {"not-held-against-holder"}
    assert rules(promote(models, model, "--alias", "shadow")) == set(), "nobody held that one"


@pytest.mark.real
def test_what_changes_between_approval_and_the_move_stops_it(models: ModelStage) -> None:
    model = validated(models, "first", "better")
    shown = promote(models, model)
    run_id, _ = models.judged.logged["better"]
    models.judged.client().set_model_version_tag(model, "2", "validation_terms", "{}")
    late = promote(models, model, "--apply", "--approve", shown.sha[:12])
    assert "validation-stale" in rules(late), (late, run_id)
    assert models.judged.aliases(model)["champion"] == "1"


@pytest.mark.real
def test_a_refusal_of_the_training_jobs_gate_stops_it(models: ModelStage) -> None:
    model = validated(models, "first", "better")
    models.judged.client().set_model_version_tag(model, "2", "gate", "refused")
    assert rules(promote(models, model)) == {"gate-refused"}


@pytest.mark.real
def test_code_that_moves_the_alias_itself_is_a_second_owner(models: ModelStage) -> None:
    model = validated(models, "first", "better")
    code = models.folder / "job"
    code.mkdir()
    lines = [
        f'load("models:/{model}@champion")',
        'load("models:/other@champion")',
        "c.set_registered_model_alias(n, a, v)",
    ]
    (code / "score.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = promote(models, model, "--path", "job")
    assert rules(ran) == {"alias-has-other-owner"}
    assert [row[0] for row in ran.table("Who loads")] == ["score.py:1", "score.py:3"]


@pytest.mark.real
def test_every_step_fails_in_turn(models: ModelStage) -> None:
    every_step_fails_in_turn(models, "promote-model", "--model-name", validated(models, "first", "better"))


@pytest.mark.real
def test_the_network_drops_half_way(models: ModelStage) -> None:
    the_network_drops_half_way(models, "promote-model", "--model-name", validated(models, "first", "better"))


@pytest.mark.real
def test_it_is_killed_half_way(models: ModelStage) -> None:
    it_is_killed_half_way(models, "promote-model", "--model-name", validated(models, "first", "better"), step=2)


def test_bad_arguments_are_one_sentence(tmp_path: Path) -> None:
    for words, part in (
        (("--alias", "previous"), "is the way back of a promotion"),
        (("--version", "0"), "version"),
        (("--workspace", "sandbox"), "the sandbox has no MLflow of its own"),
    ):
        ended = orchestrate(tmp_path, "promote-model", "--model-name", "churn", *words)
        assert ended.returncode == USAGE, ended
        assert part in ended.stderr, ended.stderr
