"""Source notebooks: cells, languages, magics, and the Python that is left of them."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.notebook import Notebook, parse_notebook, python_segments, python_text
from orchestrator.code.source import Origin, SourceFile

SEPARATOR = "\n\n# COMMAND ----------\n\n"


def source(text: str, path: str = "a.py") -> SourceFile:
    return SourceFile(path=path, text=text, digest="")


def notebook(*cells: str) -> Notebook:
    found = parse_notebook(source("# Databricks notebook source\n" + SEPARATOR.join(cells)))
    assert found is not None
    return found


def test_file_without_the_header_is_no_notebook() -> None:
    assert parse_notebook(source("import os\n# COMMAND ----------\n")) is None
    assert parse_notebook(source("")) is None


def test_sql_notebook_has_sql_cells_and_its_python_cells_stand_without_their_prefix() -> None:
    text = "-- Databricks notebook source\nselect 1\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC x = 1\n"
    found = parse_notebook(source(text, "a.sql"))
    assert found is not None
    assert [(cell.language, cell.text) for cell in found.cells] == [("sql", "select 1"), ("python", "x = 1")]
    assert python_text(found.source, found).split("\n")[6] == "x = 1"
    assert found.offset(7) == len("-- MAGIC ")
    assert found.offset(2) == 0


def test_cells_know_title_magic_and_their_own_lines() -> None:
    cell = notebook("# DBTITLE 1,Load, then look\n# MAGIC %sql\n# MAGIC select 1\n# MAGIC\n# MAGIC from t").cells[0]
    assert (cell.title, cell.magic, cell.language) == ("Load, then look", "%sql", "sql")
    assert (cell.start_line, cell.end_line, cell.body_first_line) == (2, 6, 4)
    assert cell.lines == ("select 1", "", "from t")
    assert cell.offsets == (8, 7, 8)


def test_text_after_the_magic_word_belongs_to_the_body_and_keeps_its_column() -> None:
    found = notebook("# MAGIC %sql select 1\n# MAGIC from t")
    cell = found.cells[0]
    assert cell.lines == ("select 1", "from t")
    assert found.source.lines[cell.body_first_line - 1][cell.offsets[0] :] == "select 1"


def test_run_cells_name_the_notebook_that_they_run() -> None:
    found = notebook("# MAGIC %run ./setup", '# MAGIC %run "../a b/c" $x="1"', "%run /Shared/d", "x = 1")
    assert [cell.runs for cell in found.cells] == ["./setup", "../a b/c", "/Shared/d", None]


def test_languages_of_cells_follow_their_first_magic() -> None:
    found = notebook(
        "# MAGIC %md hello",
        "# MAGIC %sh ls",
        "# MAGIC %scala\n# MAGIC val x = 1",
        "# MAGIC %r\n# MAGIC x <- 1",
        "# MAGIC %fs ls /",
        "# MAGIC %pip install a\n# MAGIC %pip install b",
        "!ls",
        "%%bash\nls",
        "%%time\nx = 1",
        "%%writefile a.py\nx = (",
        "x = 1",
    )
    languages = [cell.language for cell in found.cells]
    assert languages[:5] == ["markdown", "shell", "scala", "r", "fs"]
    assert languages[5:] == ["pip", "shell", "shell", "python", "file", "python"]


def test_pip_line_above_code_leaves_a_python_cell_with_a_magic() -> None:
    found = notebook("%pip install a \\\n  b==1\ndbutils.library.restartPython()")
    cell = found.cells[0]
    assert cell.language == "python"
    assert [(magic.line, magic.name, magic.arguments) for magic in cell.magics] == [(2, "pip", "install a b==1")]
    assert ast.dump(ast.parse(python_text(found.source, found))).count("Call") == 1


def test_continued_pip_lines_alone_are_an_installer_cell() -> None:
    assert notebook("%pip install a \\\n  b==1").cells[0].language == "pip"


def test_magic_below_code_is_mixed_and_magic_below_title_blank_or_comment_is_not() -> None:
    found = notebook(
        "x = 1\n# MAGIC %sql\n# MAGIC select 1",
        "# DBTITLE 1,Title\n\n# MAGIC %sql\n# MAGIC select 1",
        "# a comment\n# MAGIC %run ./b",
        "x = 1\n# MAGIC not a magic",
    )
    assert [cell.is_mixed for cell in found.cells] == [True, False, False, False]
    assert [cell.language for cell in found.cells] == ["python", "sql", "run", "python"]


def test_every_line_has_its_origin_and_its_cell() -> None:
    found = notebook("x = 1", "y = 2")
    assert found.source.origins == (
        Origin(1, 1), Origin(2, 1), Origin(3, 1), Origin(4, 1), Origin(5, 2), Origin(6, 2),
    )  # fmt: skip
    assert found.source.location(6).cell == 2


def test_python_text_keeps_the_lines_of_code_and_blanks_the_rest() -> None:
    found = notebook("x = 1", "# MAGIC %sql\n# MAGIC select (", "if x:\n    %matplotlib inline\ny = !ls /tmp")
    lines = python_text(found.source, found).split("\n")
    assert len(lines) == len(found.source.lines)
    assert lines[1] == "x = 1"
    assert "select" not in "".join(lines)
    assert lines[-3:] == ["if x:", "    pass", "y = None"]


def test_percent_inside_strings_brackets_and_after_a_backslash_is_no_magic() -> None:
    text = 'x = (a\n  %b)\ns = """\n%sql it\'s\n"""\nt = a \\\n  %c\nu = \'%s\' % 1  # "\n%pip install x\n'
    lines = python_text(source(text)).split("\n")
    assert lines == [*text.split("\n")[:8], "pass", ""]


def test_not_equal_is_not_taken_for_a_shell_command() -> None:
    text = "ok = (x\n!= y)\nz = x != y\n"
    assert python_text(source(text)) == text


def test_segments_stand_for_cells_so_that_one_broken_cell_costs_only_itself() -> None:
    found = notebook("x = 1", "def (", "y = 2")
    segments = python_segments(found)
    assert [(segment.cell, segment.first_line) for segment in segments] == [(1, 2), (2, 6), (3, 10)]
    assert [segment.text for segment in segments] == ["x = 1", "def (", "y = 2"]


def test_empty_cells_keep_their_numbers() -> None:
    found = notebook("x = 1", "", "y = 2")
    assert [(cell.index, cell.text) for cell in found.cells] == [(1, "x = 1"), (2, ""), (3, "y = 2")]


_MARKS = ["# MAGIC ", "# MAGIC", "# COMMAND ----------\n", "# DBTITLE 1,", "%sql", "%run ", "%pip install x", "%%time"]
_SIGNS = ["!ls", "\n", "\\\n", "\f", "\x0b", '"""', "'", "(", ")", " ", "é", "x = 1\n"]


@given(st.lists(st.sampled_from([*_MARKS, *_SIGNS]), max_size=40))
def test_any_notebook_keeps_its_line_count_and_its_bodies_stand_where_they_say(pieces: list[str]) -> None:
    found = parse_notebook(source("# Databricks notebook source\n" + "".join(pieces)))
    assert found is not None
    assert len(python_text(found.source, found).split("\n")) == len(found.source.lines)
    assert len(found.source.origins or ()) == len(found.source.lines)
    for cell in found.cells:
        for place, (line, offset) in enumerate(zip(cell.lines, cell.offsets, strict=True)):
            assert found.source.lines[cell.body_first_line + place - 1][offset:] == line
