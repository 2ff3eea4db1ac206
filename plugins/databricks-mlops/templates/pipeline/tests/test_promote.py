"""The gate refuses what is worse, equal, no number or unjudged, and a second try changes nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

pytest.importorskip("template_library", reason="not run: template_library is not installed here")

from made_up import AS_OF, SOURCE, labelled

from template_part.promote import Decision, decide, promote, source_of
from template_part.rows import parted
from template_part.train import train


@pytest.fixture(scope="module")
def client() -> MlflowClient:
    """The store of the tests, which is there only once they run."""
    return MlflowClient()


def aliases(name: str) -> dict[str, str]:
    return {alias: str(version) for alias, version in MlflowClient().get_registered_model(name).aliases.items()}


def held_out() -> pd.DataFrame:
    return parted(labelled(), AS_OF).test


@pytest.mark.parametrize(
    ("challenger", "champion", "promoted"),
    [
        (0.80, 0.79, True),
        (0.80, 0.80, False),
        (0.79, 0.80, False),
        (0.80, None, True),
        (0.55, None, False),
        (np.nan, 0.50, False),
        (0.80, np.nan, False),
    ],
)
def test_only_a_gain_of_the_margin_is_promoted(challenger: float, champion: float | None, promoted: bool) -> None:
    assert decide(challenger, champion).promoted is promoted


def test_what_is_no_number_is_refused_as_such() -> None:
    assert "not both are numbers" in decide(np.nan, 0.5).reason


def test_good_and_bad_versions_pass_through_the_gate_as_they_should(client: MlflowClient) -> None:
    weak = train(labelled(noise=0.9), SOURCE, "gated")
    good = train(labelled(), SOURCE, "gated")
    assert promote(client, "gated", good, held_out()).promoted
    assert aliases("gated")["champion"] == good

    refused = promote(client, "gated", weak, held_out())

    assert not refused.promoted and "is under 0.005" in refused.reason
    assert aliases("gated")["champion"] == good and "previous" not in aliases("gated")
    assert client.get_model_version("gated", weak).tags["gate_reason"] == refused.reason


def test_a_second_try_after_a_promotion_changes_nothing_and_makes_no_version(client: MlflowClient) -> None:
    version = train(labelled(), SOURCE, "retried")
    promote(client, "retried", version, held_out())
    before = aliases("retried")

    again = promote(client, "retried", version, held_out())

    assert again == Decision(promoted=True, reason=f"version {version} is the champion already")
    assert aliases("retried") == before
    assert len(client.search_model_versions("name = 'retried'")) == 1


def test_an_empty_part_refuses(client: MlflowClient) -> None:
    version = train(labelled(), SOURCE, "unjudged")

    decision = promote(client, "unjudged", version, held_out().iloc[0:0])

    assert not decision.promoted and "nothing to judge by" in decision.reason
    assert "champion" not in aliases("unjudged")


def test_the_former_champion_stays_reachable(client: MlflowClient) -> None:
    first, second = train(labelled(noise=0.9), SOURCE, "replaced"), train(labelled(), SOURCE, "replaced")
    client.set_registered_model_alias("replaced", "champion", first)

    assert promote(client, "replaced", second, held_out()).promoted
    assert (aliases("replaced")["champion"], aliases("replaced")["previous"]) == (second, first)


def test_both_tasks_make_the_same_parts_of_the_same_rows(client: MlflowClient) -> None:
    version = train(labelled(), SOURCE, "handed")
    source = source_of(client, "handed", version)

    assert source == SOURCE
    assert held_out().index.equals(parted(labelled(), source.as_of).test.index)
