"""Every headless command has a page, and what the page shows is what comes out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.cli.front import commands
from orchestrator.cli.marketplace import is_built, listed_commands
from tests.commands.pages import PAGES, Example, examples, rewrite, shown, without_varying

BUILT = sorted(
    listed.name
    for listed in listed_commands()
    if is_built(listed.name) or listed.name in {command.name for command in commands()}
)
EXAMPLES = examples()


@pytest.mark.parametrize("name", BUILT)
def test_a_headless_command_has_a_page_with_an_example(name: str) -> None:
    assert (PAGES / f"{name}.md").is_file()
    assert any(example.page.stem == name for example in EXAMPLES)


def test_every_page_is_of_a_headless_command() -> None:
    assert [page.stem for page in sorted(PAGES.glob("*.md")) if page.stem not in {*BUILT, "README"}] == []


@pytest.mark.parametrize("example", [each for each in EXAMPLES if not each.real], ids=lambda each: each.name)
def test_an_example_prints_what_its_page_shows(example: Example, tmp_path: Path) -> None:
    _compare(example, tmp_path)


@pytest.mark.real
def test_the_examples_with_real_parts_print_what_their_pages_show(tmp_path: Path) -> None:
    for example in EXAMPLES:
        if example.real:
            _compare(example, tmp_path / example.name)


def _compare(example: Example, folder: Path) -> None:
    body = shown(example, folder)
    if os.environ.get("REWRITE_EXPECTED"):
        rewrite(example, body)
        return
    assert without_varying(body) == without_varying(example.body)
