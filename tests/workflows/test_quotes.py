"""Quotes against the code: as it stands on disk, and as a model was shown it."""

from __future__ import annotations

import json

import pytest

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.shown import shown_lines
from orchestrator.code.source import SourceFile
from orchestrator.types import Finding, Standing
from orchestrator.workflows.claims import Claim, as_finding
from orchestrator.workflows.naming import named
from orchestrator.workflows.quotes import place_of

TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"
TEXT = f'import os\n\nurl = connect("{TOKEN}", retries=3)\nname = "a\u200bb"\nurl.close()\n'
SOURCE = SourceFile(path="a.py", text=TEXT, digest="d")


def found(quote: str, start: int, end: int, source: SourceFile = SOURCE, fix: str | None = None) -> Finding:
    claim = Claim.model_validate(
        {
            "path": source.path,
            "start_line": start,
            "end_line": end,
            "quote": quote,
            "category": "x",
            "severity": "Critical",
            "confidence": 75,
            "message": "m",
            "why": "w",
            "fix": fix,
        }
    )
    return as_finding(claim, "a", named({source.path: source}))


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ('url = connect("dapi…redacted", retries=3)', 3),
        (f'url = connect("{TOKEN}", retries=3)', 3),
        ('name = "a⟨U+200B⟩b"', 4),
        ('name = "a\u200bb"', 4),
        ('3| url = connect("dapi…redacted", retries=3)\n4| name = "a⟨U+200B⟩b"', 3),
    ],
)
def test_a_quote_stands_as_on_disk_and_as_it_was_shown(quote: str, line: int) -> None:
    finding = found(quote, line, line + quote.count("\n"))
    assert finding.standing is Standing.UNVERIFIED
    assert finding.location.start_line == line
    assert TOKEN[8:] not in repr(finding)


def test_evidence_is_the_lines_on_disk_masked_whatever_was_quoted() -> None:
    evidence = {
        found(quote, 4, 4).evidence for quote in ('"a⟨U+200B⟩b"', 'name = "a\u200bb"', '4| name = "a⟨U+200B⟩b"')
    }
    assert evidence == {'name = "a\u200bb"'}


def test_a_shown_quote_at_a_wrong_line_is_found_where_it_stands() -> None:
    assert found('url = connect("dapi…redacted", retries=3)', 1, 1).location.start_line == 3


def test_a_quote_that_adds_a_character_stands_nowhere() -> None:
    assert found('url = connect("dapi…redacted", retries=4)', 3, 3).standing is Standing.WITHHELD


@pytest.mark.parametrize("fix", ['url = connect("dapi…redacted", retries=5)', 'name = "a\u200bc"'])
def test_a_fix_never_writes_a_mask_or_what_nobody_sees_into_a_file(fix: str) -> None:
    assert found(TEXT.split("\n")[2], 3, 3, fix=fix).fix is None


def test_a_fix_of_plain_lines_is_kept() -> None:
    fix = found("url.close()", 5, 5, fix="url.stop()").fix
    assert fix is not None
    assert fix.edits[0].replacement == "url.stop()"


@pytest.mark.parametrize(("start", "end"), [(5, 5), (5, 30), (1, 6)])
def test_a_claim_about_many_lines_is_placed_at_those_that_it_quotes(start: int, end: int) -> None:
    place = place_of("url.close()", SOURCE, start, end)
    assert place is not None
    assert (place.start_line, place.end_line) == (5, 5)


def test_a_quote_that_stands_twice_in_the_named_lines_is_placed_at_all_of_them_and_within_the_file() -> None:
    source = SourceFile(path="a.py", text="one()\ntwo()\none()", digest="d")
    place = place_of("one()", source, 1, 30)
    assert place is not None
    assert (place.start_line, place.end_line) == (1, 3)


@pytest.mark.parametrize("quote", ["e", "u", "(", ")\n", '"', "=", "  ", "\n\n", "…redacted", "rl", "3| ", "os\n\n\n("])
def test_what_stands_in_any_code_is_no_quote(quote: str) -> None:
    assert place_of(quote, SOURCE, 1, 6) is None


@pytest.mark.parametrize("text", ["x", "x\ny", "  x", "*"])
def test_a_whole_line_is_a_quote_however_short_it_is_if_it_says_something(text: str) -> None:
    source = SourceFile(path="a.py", text=f"begin()\n{text}\nend()", digest="d")
    assert (place_of(text.strip(), source, 2, 3) is not None) is (text != "*")


def test_the_id_is_that_of_the_lines_and_not_of_how_they_were_quoted() -> None:
    moved = SourceFile(path="a.py", text=f"import json\n\n{TEXT}", digest="e")
    ids = {found(quote, 5, 5).id for quote in ("url.close()", "5| url.close()", "url.close()\r\n", "close()")}
    assert ids == {found("7| url.close()", 7, 7, source=moved).id}


@pytest.mark.parametrize("indent", [1, None])
def test_a_quote_of_a_jupyter_notebook_is_placed_in_its_cell(indent: int | None) -> None:
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": [f"value_{number} = compute({number})\n", "show()"],
        }
        for number in range(3)
    ]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent)
    source = jupyter_source("a.ipynb", raw.encode(), "d")
    assert isinstance(source, SourceFile)
    line = next(line.number for line in shown_lines(source) if "value_1" in line.text)
    for start in (line, 900):
        place = place_of("value_1 = compute(1)", source, start, start)
        assert place is not None
        assert (place.start_line, place.cell) == (line, 2)
