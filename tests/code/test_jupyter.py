"""Jupyter notebooks: their layout as source notebooks, the way back to the file, and their saved outputs."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.decoding import Unreadable
from orchestrator.code.jupyter import jupyter_outputs, jupyter_source
from orchestrator.code.notebook import Notebook, parse_notebook, python_text
from orchestrator.code.source import SourceFile


def code(*lines: str, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": list(lines), "metadata": {}, "outputs": [], **more}


def raw(*cells: dict[str, object], indent: int | None = 1, **more: object) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, **more}, indent=indent).encode()


def read(content: bytes) -> SourceFile:
    source = jupyter_source("a.ipynb", content, "digest")
    assert isinstance(source, SourceFile), source
    return source


def notebook(content: bytes) -> Notebook:
    found = parse_notebook(read(content))
    assert found is not None
    return found


def test_cells_become_a_source_notebook() -> None:
    content = raw(
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        code("%sql\n", "select 1"),
        code("x = 1\n", "y = 2"),
    )
    assert read(content).text.split("\n") == [
        "# Databricks notebook source",
        "# MAGIC %md",
        "# MAGIC # Title",
        "# MAGIC text",
        "",
        "# COMMAND ----------",
        "",
        "# MAGIC %sql",
        "# MAGIC select 1",
        "",
        "# COMMAND ----------",
        "",
        "x = 1",
        "y = 2",
    ]


def test_each_line_of_code_leads_back_to_the_line_of_the_file_that_holds_it() -> None:
    content = raw(code("same = 1\n", 'b = "é\\t"\n'), code("same = 1\n", "\n", "c = 3"))
    source = read(content)
    file_lines = content.decode().split("\n")
    for number, line in enumerate(source.lines, 1):
        if "=" in line:
            assert json.dumps(line)[1:-1] in file_lines[source.location(number).start_line - 1]
    second = source.location(source.lines.index("c = 3") + 1)
    assert second.cell == 2
    assert source.location(source.lines.index("c = 3") - 1).start_line == second.start_line - 2


def test_minified_notebook_leads_every_line_to_its_only_line() -> None:
    source = read(raw(code("x = 1\n", "y = 2"), code("z = 3"), indent=None))
    assert {origin.line for origin in source.origins or ()} == {1}
    assert source.location(len(source.lines)).cell == 2


def test_strings_outside_of_the_cells_do_not_move_the_way_back() -> None:
    plain = raw(code("x = 1"))
    content = raw(code("x = 1"), attachments=[{"source": ["y"]}])
    assert read(content).origins == read(plain).origins


def test_source_as_one_string_leads_to_the_line_of_that_string() -> None:
    content = raw({"cell_type": "code", "source": "x = 1\ny = 2", "outputs": []})
    source = read(content)
    place = source.location(3).start_line
    assert source.location(2).start_line == place
    assert "x = 1" in content.decode().split("\n")[place - 1]


def test_format_three_keeps_its_cells_in_a_worksheet() -> None:
    sheet = {"cells": [{"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": []}]}
    content = json.dumps({"worksheets": [sheet], "nbformat": 3, "metadata": {}}, indent=1).encode()
    source = read(content)
    assert source.lines[-1] == "x = 1"
    assert "x = 1" in content.decode().split("\n")[source.location(2).start_line - 1]


def test_databricks_metadata_names_language_and_title() -> None:
    metadata = {"application/vnd.databricks.v1+notebook": {"language": "sql"}}
    title = {"application/vnd.databricks.v1+cell": {"title": "Totals"}}
    found = notebook(raw(code("select 1", metadata=title), code("%python\n", "x = 1"), metadata=metadata))
    assert found.language == "sql"
    assert [(cell.language, cell.title, cell.text) for cell in found.cells] == [
        ("sql", "Totals", "select 1"),
        ("python", "", "x = 1"),
    ]


def test_separator_inside_a_cell_does_not_split_it() -> None:
    found = notebook(raw(code("x = 1\n", "# COMMAND ----------\n", "y = 2"), code("z = 3")))
    assert len(found.cells) == 2
    assert "y = 2" in found.cells[0].text


def test_line_magics_stay_in_python_and_are_blanked() -> None:
    found = notebook(raw(code("%pip install a\n", "import a")))
    assert python_text(found.source, found).split("\n") == ["", "pass", "import a"]


def test_notebook_in_another_language_is_left_out_as_expected() -> None:
    found = jupyter_source("a.ipynb", raw(code("val x = 1"), metadata={"language_info": {"name": "scala"}}), "")
    assert found == Unreadable(reason="the notebook's language is not reviewed: scala", incomplete=False)


def test_broken_notebooks_are_incomplete_with_a_reason() -> None:
    broken = {
        b'{"cells": [': "no JSON at line 1",
        b"[]": "no list of cells",
        b'{"cells": 1}': "no list of cells",
        b"[" * 100_000: "nested too deep",
        b'{"cells": [], "n": ' + b"1" * 5_000 + b"}": "too long a number",
        b"\xff\xff": "not UTF-8",
    }
    for content, reason in broken.items():
        found = jupyter_source("a.ipynb", content, "")
        assert isinstance(found, Unreadable)
        assert found.incomplete
        assert reason in found.reason


def test_text_of_a_cell_can_always_be_written_as_utf_8() -> None:
    source = read(b'{"cells": [{"cell_type": "code", "source": ["a\\ud800b\\u0000\\r\\nc"]}]}')
    assert source.text.encode("utf-8").endswith(b"\nc")
    assert "\0" not in source.text
    assert "\r" not in source.text


def test_outputs_are_told_with_cell_and_line() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["token-", "abc\n"]}
    shown = {"output_type": "execute_result", "data": {"text/plain": ["4"], "image/png": "AAAA"}}
    table = {"output_type": "display_data", "data": {"application/vnd.databricks.v1+output": {"data": [["Ann"]]}}}
    error = {"output_type": "error", "traceback": ["Trace", "back"]}
    content = raw(code("x"), code("y", outputs=[stream, shown, table, error]))
    found = jupyter_outputs(content)
    assert [(output.cell, output.text) for output in found] == [
        (2, "token-abc\n"),
        (2, "4"),
        (2, '[["Ann"]]'),
        (2, "Traceback"),
    ]
    lines = content.decode().split("\n")
    assert [output.line for output in found] == sorted({output.line for output in found})
    assert "token-" in lines[found[0].line - 1]


def test_outputs_are_bounded_and_a_clean_or_broken_notebook_has_none() -> None:
    stream = {"output_type": "stream", "text": "x" * 100_000}
    assert [len(output.text) for output in jupyter_outputs(raw(code("x", outputs=[stream])))] == [20_000]
    assert jupyter_outputs(raw(code("x"))) == ()
    assert jupyter_outputs(b'{"outputs": [1') == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: (
        st.lists(below)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "outputs", "data", "text", "metadata", "worksheets"]), below
        )
    ),
)


@given(_JSON)
def test_any_json_is_read_or_refused_without_an_error(document: object) -> None:
    for content in (json.dumps(document).encode(), json.dumps({"cells": document}, indent=1).encode()):
        found = jupyter_source("a.ipynb", content, "")
        jupyter_outputs(content)
        if isinstance(found, SourceFile):
            assert len(found.origins or ()) == len(found.lines)
            assert parse_notebook(found) is not None


@given(st.binary())
def test_any_bytes_are_read_or_refused_without_an_error(content: bytes) -> None:
    assert isinstance(jupyter_source("a.ipynb", content, ""), SourceFile | Unreadable)
    jupyter_outputs(b'"outputs": [1' + content)
