"""What holds for every format there is: found by place, compared whole, harmless whatever the project says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.visible import visible
from orchestrator.errors import UsageError
from orchestrator.report import formats, render
from orchestrator.types import Review
from tests.report.reviews import (
    ASKED,
    CLEAN,
    FULL,
    HOST,
    INCOMPLETE,
    MEASURED,
    TRAPS,
    WITHHELD,
    context,
    hostile,
    hostile_context,
)

EXPECTED = Path(__file__).parent / "expected"
REVIEWS = {"asked": ASKED, "clean": CLEAN, "full": FULL, "incomplete": INCOMPLETE, "measured": MEASURED}
NAMES = tuple(formats())
ASSETS = re.compile(r"(<(style|script)>).*?(</\2>)|(?<=')sha256-[\w+/=]+(?=')", re.DOTALL)


def without_assets(text: str) -> str:
    """A page without the style and script that every page shares, so that a change of colour changes no golden file."""
    return ASSETS.sub(lambda match: f"{match[1] or 'sha256'}{match[3] or ''}", text)


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_a_review_prints_as_it_was_accepted(name: str, review: str) -> None:
    printed = without_assets(render(name, REVIEWS[review], context()))
    accepted = EXPECTED / f"{review}.{name}"
    if os.environ.get("REWRITE_EXPECTED"):
        accepted.parent.mkdir(exist_ok=True)
        accepted.write_text(printed, encoding="utf-8")
    assert printed == accepted.read_text(encoding="utf-8")


def test_the_formats_are_the_files_with_a_render_function() -> None:
    assert NAMES == ("azure", "csv", "gitlab", "html", "json", "markdown", "sarif", "text")


def test_listing_the_formats_imports_none_of_them() -> None:
    code = (
        "import sys, orchestrator.report as r; found = r.formats(); "
        "sys.exit(any(each in sys.modules for each in [*found.values(), 'rich', 'pydantic']))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_printing_text_imports_neither_rich_nor_pydantic() -> None:
    code = "import sys, orchestrator.report.text; sys.exit('rich' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_format_is_named_with_those_there_are() -> None:
    with pytest.raises(
        UsageError, match=r"no output format 'pdf'; there are azure, csv, gitlab, html, json, markdown, sarif, text"
    ):
        render("pdf", CLEAN, context())


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_project_reaches_the_reader_as_anything_but_text(name: str, trap: str) -> None:
    printed = render(name, hostile(trap), hostile_context(trap))
    printed.encode("utf-8")
    acting = [
        character
        for character in printed
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in "\n\t"
    ]
    assert acting == []
    assert printed.endswith("\n")


@given(st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\u202e\u2066\u200b\ufeffab")))
def test_every_acting_character_is_spelled_out(text: str) -> None:
    shown = visible(text)
    assert all(character in "\n\t" or character.isprintable() for character in shown)
    assert shown.count("⟨U+") == sum(not each.isprintable() and each not in "\n\t" for each in text)


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_an_override_of_the_reading_direction_is_shown_by_its_number(name: str) -> None:
    printed = render(name, hostile("\u202egnp.exe"), hostile_context("\u202egnp.exe"))
    assert "⟨U+202E⟩gnp.exe" in printed.replace("\\", "")


@pytest.mark.parametrize("name", ["text", "markdown", "html", "json", "sarif", "gitlab", "azure"])
def test_an_incomplete_review_is_never_called_clean(name: str) -> None:
    review = replace(INCOMPLETE, findings=())
    printed = render(name, review, context()).lower()
    assert "src/broken.py" in printed
    assert "clean" not in printed.replace("cleanup", "").partition("<style>")[0]
    if name != "sarif":
        assert "incomplete" in printed


@pytest.mark.parametrize("name", ["text", "markdown", "sarif"])
def test_a_withheld_finding_is_counted_and_not_shown(name: str) -> None:
    review: Review = replace(CLEAN, findings=(WITHHELD, HOST))
    printed = render(name, review, context())
    assert WITHHELD.message not in printed
    assert HOST.message.replace("`", "") in printed.replace("`", "")
    assert "1 withheld" in printed
