"""Where the content folders are."""

from __future__ import annotations

import pytest

from orchestrator.content import FOLDERS, content_folder
from orchestrator.errors import OrchestratorError


@pytest.mark.parametrize("name", FOLDERS)
def test_content_folder_is_found_in_a_checkout(name: str) -> None:
    assert (content_folder(name) / "README.md").is_file()


def test_unknown_content_folder_is_refused() -> None:
    with pytest.raises(OrchestratorError, match="'recipes'"):
        content_folder("recipes")
