"""What holds for each of the four templates: whole, explained, well formed under any name, clean by every rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.templates import scaffolding

FILES = {"bronze-silver-gold": 19, "data-product": 12, "delta-live-tables": 13, "mlflow-project": 11}
REVIEWED = {"bronze-silver-gold": 16, "data-product": 9, "delta-live-tables": 10, "mlflow-project": 8}
LONG = "orders-of-the-shop-in-the-old-town-2026"


def test_every_folder_is_a_template_and_has_its_tests() -> None:
    folders = scaffolding.ROOT / "plugins" / "databricks-engineering" / "templates"
    assert sorted(path.name for path in folders.iterdir() if path.is_dir()) == sorted(FILES)
    for name in FILES:
        assert (Path(__file__).parent / f"test_{name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("template", sorted(FILES))
def test_it_has_its_files_its_readme_names_each_and_every_rule_finds_nothing(template: str, tmp_path: Path) -> None:
    project = scaffolding.scaffold(template, tmp_path)
    assert len(scaffolding.texts(project)) == FILES[template]
    assert scaffolding.unexplained(project) == []
    reviewed = scaffolding.review(project)
    assert reviewed.returncode == 0, reviewed.stdout
    assert f"reviewed {REVIEWED[template]} of {REVIEWED[template]} files" in reviewed.stdout


@pytest.mark.parametrize("name", ["shop-orders", LONG, "x"])
@pytest.mark.parametrize("template", sorted(FILES))
def test_it_is_well_formed_under_any_name(template: str, name: str, tmp_path: Path) -> None:
    project = scaffolding.scaffold(template, tmp_path, name)
    assert scaffolding.leftovers(project) == []
    assert scaffolding.unparsed(project) == []
    assert scaffolding.unlinted(project) == ""
