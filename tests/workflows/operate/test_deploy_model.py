"""`deploy-model`: a version on a serving endpoint of a running sandbox, with a canary's share and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.serving.endpoint import Endpoint, Served
from orchestrator.workspace.serving.settings import check_healthy, split
from tests.workflows.operate.failing import (
    CLEAN,
    INCOMPLETE,
    USAGE,
    Ran,
    Stage,
    a_lost_answer_is_taken_back,
    every_step_fails_in_turn,
    it_is_killed_half_way,
    staged,
    the_network_drops_half_way,
)

pytestmark = pytest.mark.enable_socket
FOUND = 1
CHURN = ("deploy-model", "--model-name", "ml_platform.models.churn", "--endpoint", "churn-api")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as found:
        yield found


def traffic(stage: Stage, name: str = "churn-api") -> dict[str, int]:
    config = stage.workspace().client.serving_endpoints.get(name).config
    assert config is not None
    routes = config.traffic_config.routes if config.traffic_config else None
    return {each.served_model_name or "": each.traffic_percentage for each in routes or []}


def rules(ran: Ran) -> set[str]:
    return {rule for rule, _ in ran.findings}


def test_a_canary_gets_its_share_then_all_and_the_way_back_leads_to_before(stage: Stage) -> None:
    canary = stage.applied(*CHURN)
    assert (canary.code, canary.standings) == (CLEAN, ["verified"] * 2), canary
    assert traffic(stage) == {"churn-2": 95, "churn-3": 5}
    assert "nothing is to be changed" in stage.run(*CHURN).notes
    whole = stage.applied(*CHURN, "--share", "100")
    assert whole.standings == ["verified"]
    assert traffic(stage) == {"churn-2": 0, "churn-3": 100}
    nobody = stage.run(*CHURN, "--share", "0")
    assert nobody.code == USAGE
    assert "nobody would get the other 100 %" in nobody.said
    assert stage.applied(*CHURN, "--take-back", whole.sha[:12]).standings == ["verified"]
    assert stage.applied(*CHURN, "--take-back", canary.sha[:12]).standings == ["verified"] * 2
    assert traffic(stage) == {"churn-2": 100}


def test_an_endpoint_that_is_not_there_is_made_and_deleted_again(stage: Stage) -> None:
    words = (*CHURN[:-1], "new-api", "--scale-to-zero")
    ran = stage.applied(*words)
    assert ran.standings == ["verified"]
    assert traffic(stage, "new-api") == {"churn-3": 100}
    assert stage.applied(*words, "--take-back", ran.sha[:12]).standings == ["verified"]
    assert "new-api" not in {each.name for each in stage.workspace().client.serving_endpoints.list()}


def test_a_version_that_cannot_be_loaded_gets_no_traffic(stage: Stage) -> None:
    words = ("deploy-model", "--model-name", "ml_platform.models.demand", "--version", "1", "--endpoint", "churn-api")
    shown = stage.run(*words)
    assert (shown.code, rules(shown)) == (FOUND, {"version-not-ready", "version-without-alias", "endpoint-of-person"})
    forced = stage.run(*words, "--apply", "--approve", shown.sha[:12], "--fail-on", "never")
    assert (forced.code, forced.standings) == (INCOMPLETE, ["failed and unchanged", "not reached"]), forced
    assert "what served before still serves" in forced.missing
    assert traffic(stage) == {"churn-2": 100}


def test_the_planted_endpoint_is_told_and_its_secret_never_shown(stage: Stage) -> None:
    words = (
        "deploy-model",
        "--model-name",
        "ml_platform.models.claim_fraud",
        "--version",
        "2",
        "--endpoint",
        "fraud-api",
    )
    shown = stage.run(*words)
    assert (shown.code, rules(shown)) == (
        FOUND,
        {"canary-without-request-log", "secret-as-text", "endpoint-of-person"},
    )
    assert "DB_PASSWORD as text" in str(shown.findings)
    kept = (stage.folder / ".orchestrate/changes" / f"{shown.sha[:12]}.json").read_text(encoding="utf-8")
    assert "not-a-secret-of-anyone" not in str(shown.report) + kept
    whole = stage.run(*words, "--share", "100")
    assert "canary-without-request-log" not in rules(whole), "all of the traffic is no canary"
    stage.run(*words, "--share", "100", "--apply", "--approve", whole.sha[:12])
    config = stage.workspace().client.serving_endpoints.get("fraud-api").config
    assert config is not None
    kept_environment = {each.name: each.environment_vars for each in config.served_entities or []}
    assert kept_environment["claim_fraud-1"] == {"DB_PASSWORD": "not-a-secret-of-anyone", "LOG_LEVEL": "debug"}


def test_an_endpoint_that_code_owns_is_left_to_it(stage: Stage) -> None:
    bundle = stage.folder / "shop"
    bundle.mkdir()
    (bundle / "databricks.yml").write_text(
        "bundle: {name: shop}\nresources:\n  model_serving_endpoints:\n    churn:\n      name: churn-api\n", "utf-8"
    )
    (bundle / "other.yml").write_text("resources:\n  model_serving_endpoints:\n    x: {name: churn-api-2}\n", "utf-8")
    ran = stage.run(*CHURN, "--path", "shop")
    [message] = [message for rule, message in ran.findings if rule == "endpoint-has-other-owner"]
    assert message.startswith("databricks.yml:5 owns the endpoint")
    assert "bundle deploy -t dev" in message


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *CHURN)


def test_a_step_whose_answer_is_lost_is_taken_back(stage: Stage) -> None:
    a_lost_answer_is_taken_back(stage, *CHURN)


def test_the_network_drops_half_way(stage: Stage) -> None:
    the_network_drops_half_way(stage, *CHURN)


def test_it_is_killed_half_way(stage: Stage) -> None:
    it_is_killed_half_way(stage, *CHURN, made=False)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--model-name", "churn", "--endpoint", "churn-api"), "model-name"),
        (("--model-name", "a.b.c", "--endpoint", "churn-api"), "read the model a.b.c"),
        (("--model-name", "ml_platform.models.churn", "--version", "99", "--endpoint", "x"), "read the model"),
        (
            ("--model-name", "ml_platform.models.demand", "--endpoint", "x"),
            "no version of ml_platform.models.demand has",
        ),
        (("--model-name", "ml_platform.models.churn", "--endpoint", "../x"), "cannot be the name of an endpoint"),
        (("--model-name", "ml_platform.models.churn", "--endpoint", "x", "--share", "101"), "share"),
    ],
)
def test_bad_arguments_are_one_sentence(stage: Stage, words: tuple[str, ...], part: str) -> None:
    ran = stage.run("deploy-model", *words)
    assert (ran.code, ran.report) == (USAGE, {}), ran
    assert part in ran.said


def served(name: str, share: int, state: str = "DEPLOYMENT_READY") -> Served:
    return Served(name=name, entity="a.b.c", version="1", share=share, deployment=state, message="", settings={})


def an_endpoint(*each: Served, ready: str = "READY", update: str = "NOT_UPDATING") -> Endpoint:
    return Endpoint(name="api", creator="x", ready=ready, update=update, served=each, logs_requests=True)


@pytest.mark.parametrize(
    ("before", "share", "after"),
    [
        ((("a", 100),), 5, ("a 95", "new 5")),
        ((("a", 50), ("b", 50)), 5, ("a 47", "b 48", "new 5")),
        ((("a", 90), ("new", 10)), 0, ("a 100",)),
        ((("a", 0), ("b", 90), ("new", 10)), 25, ("b 75", "new 25")),
        ((("a", 100),), 100, ("new 100",)),
    ],
)
def test_the_others_keep_their_proportions_and_the_sum_is_whole(
    before: tuple[tuple[str, int], ...], share: int, after: tuple[str, ...]
) -> None:
    shares = split(an_endpoint(*(served(name, old) for name, old in before)), "new", share)
    assert shares == after
    assert sum(int(line.split()[1]) for line in shares) == 100


@pytest.mark.parametrize(
    ("found", "part"),
    [
        (an_endpoint(served("a", 100), ready="NOT_READY"), "it is NOT_READY"),
        (an_endpoint(served("a", 100, "DEPLOYMENT_FAILED")), "a is DEPLOYMENT_FAILED"),
        (an_endpoint(served("b", 100)), "a is not served"),
        (an_endpoint(served("a", 100), update="UPDATE_FAILED"), "what served before still serves"),
    ],
)
def test_the_health_check_says_what_is_wrong(found: Endpoint, part: str) -> None:
    with pytest.raises(WorkspaceError, match=part):
        check_healthy(found, ("a",))
