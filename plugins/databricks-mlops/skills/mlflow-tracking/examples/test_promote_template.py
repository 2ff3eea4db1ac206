"""The template `promote.py`, run against a real local registry."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import churn_tracking as churn
import pytest
from mlflow import MlflowClient

TEMPLATE = Path(__file__).parent.parent / "templates" / "promote.py"


@pytest.fixture(scope="module")
def promote() -> ModuleType:
    specification = importlib.util.spec_from_file_location("promote_template", TEMPLATE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["promote_template"] = module
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("challenger", "champion", "promoted"),
    [(0.80, 0.79, True), (0.80, 0.80, False), (0.80, 0.81, False), (0.70, None, True), (0.50, None, False)],
)
def test_only_a_gain_of_the_margin_is_promoted(
    promote: ModuleType, challenger: float, champion: float | None, promoted: bool
) -> None:
    assert promote.decide(challenger, champion).promoted is promoted


def test_worse_version_is_refused_and_the_champion_stays(promote: ModuleType, tmp_path: Path) -> None:
    churn.use_local_store(tmp_path)
    split, client = churn.customers(), MlflowClient()
    good = churn.train(churn.good_pipeline(), split, "good")
    assert promote.promote(client, "churn", good, split.holdout).promoted
    worse = churn.train(churn.constant_pipeline(), split, "constant")

    decision = promote.promote(client, "churn", worse, split.holdout)

    assert not decision.promoted
    assert client.get_model_version("churn", worse).tags["gate_reason"] == decision.reason
    assert str(client.get_model_version_by_alias("churn", "champion").version) == good
