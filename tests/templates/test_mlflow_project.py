"""The template mlflow-project: a scaffolded project is whole, explained and clean, and trains, judges and scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.templates import scaffolding

TEMPLATE = "mlflow-project"
TRAIN = "src/shop_orders/train.py"
PROMOTE = "src/shop_orders/promote.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffolding.scaffold(TEMPLATE, tmp_path_factory.mktemp(TEMPLATE))


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A project that a test may change."""
    return scaffolding.scaffold(TEMPLATE, tmp_path)


def test_the_entry_points_of_its_tasks_are_functions_of_its_package(project: Path) -> None:
    texts = scaffolding.texts(project)
    for step in ("train", "promote", "score"):
        assert f'shop-orders-{step} = "shop_orders.{step}:main"' in texts["pyproject.toml"]
        assert f"entry_point: shop-orders-{step}\n" in texts["resources/model.yml"]
        assert "\ndef main() -> None:\n" in texts[f"src/shop_orders/{step}.py"]


@pytest.mark.parametrize(
    ("path", "before", "after", "rule"),
    [
        (TRAIN, 'name="returns"', 'artifact_path="returns"', "MLR002"),
        (TRAIN, '(model_name, "challenger", version)', '(model_name, "champion", version)', "MLP002"),
        (PROMOTE, '"models:/{name}/{version}"', '"models:/{name}/Production"', "MLR003"),
        ("resources/model.yml", "            - task_key: train\n", "            - task_key: training\n", "BND006"),
        ("databricks.yml", "    mode: production\n    git:", "    git:", "BND001"),
    ],
)
def test_a_mistake_made_in_the_project_is_found(
    own_project: Path, path: str, before: str, after: str, rule: str
) -> None:
    scaffolding.change(own_project, path, before, after)
    ended = scaffolding.review(own_project)
    assert ended.returncode == 1
    assert rule in ended.stdout


@pytest.mark.real
def test_its_tests_pass_on_a_real_store_of_mlflow(tmp_path: Path) -> None:
    ended = scaffolding.make_test(scaffolding.scaffold(TEMPLATE, tmp_path))
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "20 passed" in ended.stdout


@pytest.mark.real
def test_its_bundle_loads_in_the_types_of_databricks(project: Path) -> None:
    loaded = scaffolding.load_bundle(project)
    assert loaded.returncode == 0, loaded.stderr
    assert set(loaded.stdout.split()) == {"schemas.model", "experiments.training", "jobs.train", "jobs.score"}
