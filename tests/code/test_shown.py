"""Files as a model is shown them."""

from __future__ import annotations

import json

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.shown import MAX_LINE, numbered, shown_lines, unnumbered
from orchestrator.code.source import SourceFile

TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"


def source(text: str, path: str = "a.py") -> SourceFile:
    return SourceFile(path=path, text=text, digest="d")


def test_lines_are_numbered_as_on_disk_and_keep_their_indentation() -> None:
    assert numbered(shown_lines(source("if x:\n\n    y()"))) == "1| if x:\n2| \n3|     y()"


def test_credentials_are_masked_and_invisible_characters_spelled_out() -> None:
    (line,) = shown_lines(source(f'token = "{TOKEN}"  # safe\u202e'))
    assert TOKEN[8:] not in line.text + line.masked
    assert line.text.endswith("# safe⟨U+202E⟩")
    assert line.masked.endswith("# safe\u202e")
    assert line.raw == f'token = "{TOKEN}"  # safe\u202e'


def test_a_private_key_over_several_lines_is_masked_and_no_line_is_lost() -> None:
    body = "\n".join(
        "q7Zt1Kx9Lm3Pv5Rw8Ys2Bd4Fg6Hj0Nc+a/eUiOkSzXbVrTyWpMlQnDhJfGuCvAe"[number:] + "Ab" * number
        for number in range(4)
    )
    text = f'key = """-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"""\nuse(key)'
    shown = shown_lines(source(text))
    assert len(shown) == text.count("\n") + 1
    assert "q7Zt1Kx9Lm3Pv5" not in numbered(shown)
    assert shown[-1].text == "use(key)"


def test_a_long_line_is_cut_and_the_cut_is_said() -> None:
    (line,) = shown_lines(source("x" * (MAX_LINE + 7)))
    assert line.text == "x" * MAX_LINE + "⟨7 more characters⟩"


def test_lines_of_a_jupyter_notebook_have_the_numbers_of_the_file_on_disk() -> None:
    document = {
        "cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"], "outputs": [], "metadata": {}}],
        "metadata": {},
        "nbformat": 4,
    }
    raw = json.dumps(document, indent=1)
    notebook = jupyter_source("a.ipynb", raw.encode(), "d")
    assert isinstance(notebook, SourceFile)
    on_disk = raw.split("\n")
    places = {line.text: line.number for line in shown_lines(notebook)}
    assert "b = 2" in on_disk[places["b = 2"] - 1]


def test_numbers_are_taken_off_a_quote_only_where_every_line_has_one() -> None:
    assert unnumbered("12| if x:\n13|     y()") == "if x:\n    y()"
    assert unnumbered("12| if x:\n    y()") == "12| if x:\n    y()"
    assert unnumbered("a | b") == "a | b"
