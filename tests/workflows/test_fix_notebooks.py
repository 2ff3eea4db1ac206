"""`--fix` on Jupyter notebooks: the outputs that a rule means are gone, and every other byte is where it was."""

from __future__ import annotations

import copy
import datetime as dt
import json
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.source import SourceFile
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.edits import is_rewritable, still_parses
from orchestrator.workflows.fix import Fixed, fix_project
from orchestrator.workflows.notebook_edits import text_on_disk
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

Json = dict[str, JsonValue]
ROWS = "   id              email\n0  17  ada.l@acme-mail.org\n1  23  alan.t@acme-mail.org"
TRICKY = st.text(st.sampled_from('ab"\\[]{}:,\n\té😀\u2028\x85'), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TRICKY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY | st.just("outputs"), inner, max_size=3),
    max_leaves=6,
)
LEAK: Json = {"output_type": "execute_result", "data": {"text/plain": ROWS}, "metadata": {}, "execution_count": 3}
PLAIN = json.dumps(
    {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [LEAK], "source": "show(x)"}],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def request(folder: Path, *rules: str, base: str | None = None) -> Request:
    return Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=rules), base=base)


def fix(folder: Path, *rules: str) -> Fixed:
    return fix_project(request(folder, *(rules or ("NBK004",))))


def stream(text: str) -> JsonValue:
    return {"output_type": "stream", "name": "stdout", "text": [text, text]}


def cell(outputs: list[JsonValue], **more: JsonValue) -> Json:
    return {"cell_type": "code", "execution_count": 3, "metadata": {}, **more, "outputs": outputs, "source": "show(x)"}


def notebook(*cells: Json) -> Json:
    return {"cells": list(cells), "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def cleared(document: Json, leaking: list[int]) -> Json:
    after = copy.deepcopy(document)
    cells = after["cells"]
    assert isinstance(cells, list)
    for number in leaking:
        found = cells[number]
        assert isinstance(found, dict)
        found["outputs"] = []
    return after


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_nothing_but_the_telling_outputs_changes(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    leaking = [number for number in range(count) if data.draw(st.booleans())]
    cells = [
        cell(
            [*data.draw(st.lists(TRICKY.map(stream), max_size=2)), *([LEAK] if number in leaking else [])],
            metadata=data.draw(st.dictionaries(TRICKY | st.just("outputs"), VALUES, max_size=3)),
            attachments=data.draw(VALUES),
        )
        for number in range(count)
    ]
    document = {**notebook(*cells), "extra": data.draw(VALUES)}
    indent, is_ascii = data.draw(st.sampled_from([None, 0, 1, "\t"])), data.draw(st.booleans())
    newline, mark = data.draw(st.sampled_from(["\n", "\r\n"])), data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    end = data.draw(st.sampled_from(["", "\n", "\n\n"]))

    def written(document: Json) -> bytes:
        text = json.dumps(document, indent=indent, ensure_ascii=is_ascii) + end
        return mark + text.replace("\n", newline).encode("utf-8")

    with TemporaryDirectory() as folder:
        file = Path(folder) / "explore.ipynb"
        file.write_bytes(written(document))
        fixed = fix(Path(folder))
        assert fixed == Fixed(changed={"explore.ipynb": len(leaking)} if leaking else {}, left={})
        assert file.read_bytes() == written(cleared(document, leaking))


def test_a_notebook_of_format_3_is_cleared_in_its_first_worksheet(tmp_path: Path) -> None:
    shown: Json = {"output_type": "pyout", "text": ROWS, "metadata": {}}
    cells: list[JsonValue] = [{"cell_type": "code", "input": "show(x)", "outputs": [shown], "prompt_number": 1}]
    old: Json = {"worksheets": [{"cells": cells, "metadata": {}}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    (tmp_path / "old.ipynb").write_text(json.dumps(old, indent=1), encoding="utf-8")
    assert fix(tmp_path).changed == {"old.ipynb": 1}
    cells[0] = {"cell_type": "code", "input": "show(x)", "outputs": [], "prompt_number": 1}
    assert (tmp_path / "old.ipynb").read_text(encoding="utf-8") == json.dumps(old, indent=1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLAIN.replace('"outputs":', '"outputs": [], "outputs":'), None),
        (
            json.dumps(notebook(cell([LEAK]))).replace('"outputs":', r'"output\u0073": [], "outputs":'),
            "more than outputs",
        ),
        (PLAIN.replace('"nbformat":', '"nbformat": 3, "nbformat":'), "more than outputs"),
        ("\r\n" + json.dumps(notebook(cell([LEAK])), indent=1), "mixes newline styles"),
    ],
    ids=["outputs twice", "outputs twice, one spelt otherwise", "another key twice", "mixed newlines"],
)
def test_a_notebook_that_is_uncertain_is_left_alone(tmp_path: Path, text: str, reason: str | None) -> None:
    (tmp_path / "explore.ipynb").write_bytes(text.encode())
    fixed = fix(tmp_path)
    assert fixed.changed == {}
    assert (reason or "no safe fix applies") in fixed.lines[0]
    assert (tmp_path / "explore.ipynb").read_bytes() == text.encode()


def test_findings_that_move_into_the_diff_do_not_keep_a_notebook_from_its_fix(tmp_path: Path) -> None:
    code = 'df = spark.table("a.b.c")\nif df.count() == 0:\n    raise ValueError()'
    long: Json = {**LEAK, "data": {"text/plain": [f"{line}\n" for line in ROWS.split("\n")]}}

    def write(outputs: list[JsonValue]) -> None:
        text = json.dumps(notebook(cell(outputs), {**cell([]), "source": code}), indent=1)
        (tmp_path / "explore.ipynb").write_text(text, encoding="utf-8")

    def git(*arguments: str) -> None:
        author = ("-c", "user.name=Tess", "-c", "user.email=tess@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *author, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    write([])
    git("add", "-A")
    git("commit", "-q", "-m", "before")
    write([long])
    assert fix_project(request(tmp_path, "NBK004", "PYS009", base="HEAD")).changed == {"explore.ipynb": 1}


def test_fixes_of_code_in_a_notebook_stay_refused(tmp_path: Path) -> None:
    code = 'df = spark.table("a.b.c")\nif df.count() == 0:\n    raise ValueError()'
    text = json.dumps(notebook({**cell([LEAK]), "source": code}))
    (tmp_path / "explore.ipynb").write_text(text, encoding="utf-8")
    (tmp_path / "job.py").write_text(code, encoding="utf-8")
    found = cached_review(request(tmp_path, "PYS009", "NBK004"), use_cache=False).review.reported
    assert [(each.rule, each.location.path, each.fix is not None) for each in found] == [
        ("NBK004", "explore.ipynb", True),
        ("PYS009", "explore.ipynb", False),
        ("PYS009", "job.py", True),
    ]
    assert fix(tmp_path, "PYS009").changed == {"job.py": 1}
    assert (tmp_path / "explore.ipynb").read_text(encoding="utf-8") == text


def test_the_secret_is_neither_in_the_fix_nor_in_the_file(tmp_path: Path) -> None:
    token = "dapi" + "7c1f0e93ab52d84616e0f9b2c35d8a4e"
    shown: Json = {"output_type": "stream", "name": "stdout", "text": [f"using {token}\n"]}
    (tmp_path / "connect.ipynb").write_text(json.dumps(notebook(cell([shown])), indent=1), encoding="utf-8")
    found = cached_review(request(tmp_path, "NBK004"), use_cache=False).review.reported
    assert [token in repr(each) for each in found] == [False]
    assert fix(tmp_path).changed == {"connect.ipynb": 1}
    assert (tmp_path / "connect.ipynb").read_text(encoding="utf-8") == json.dumps(notebook(cell([])), indent=1)


@pytest.mark.parametrize(
    ("after", "parses"),
    [
        ('{"cells": [{"source": "a", "n": 1.0, "outputs": []}, {"outputs": [2]}]}', True),
        ('{"cells": [{"source": "a", "n": 1.0, "outputs": [1]}, {"outputs": []}]}', True),
        ('{"cells": [{"source": "a", "n": 1.0, "outputs": [2]}, {"outputs": [2]}]}', False),
        ('{"cells": [{"source": "a", "n": 1, "outputs": [1]}, {"outputs": [2]}]}', False),
        ('{"cells": [{"source": "b", "n": 1.0, "outputs": []}, {"outputs": [2]}]}', False),
        ('{"cells": [{"source": "a", "n": 1.0, "outputs": []}]}', False),
        ('{"cells": [{"source": "a", "n": 1.0}, {"outputs": [2]}]}', False),
        ('{"cells": [{"source": "a", "n": 1.0, "outputs": []}, {"outputs": [2]}]', False),
        ("[]", False),
    ],
)
def test_a_notebook_may_lose_whole_outputs_and_nothing_else(after: str, *, parses: bool) -> None:
    before = '{"cells": [{"source": "a", "n": 1.0, "outputs": [1]}, {"outputs": [2]}]}'
    assert still_parses(SourceFile(path="a.ipynb", text=before, digest=""), after) is parses


def test_a_notebook_that_changed_since_it_was_read_is_not_touched(tmp_path: Path) -> None:
    raw = json.dumps(notebook(cell([LEAK]))).encode()
    (tmp_path / "a.ipynb").write_bytes(raw)
    read = jupyter_source("a.ipynb", raw, "another digest")
    assert isinstance(read, SourceFile)
    assert text_on_disk(read, tmp_path, len(raw)) is None


def test_the_laid_out_text_of_a_notebook_is_never_written(tmp_path: Path) -> None:
    raw = json.dumps(notebook(cell([LEAK]))).encode()
    (tmp_path / "a.ipynb").write_bytes(raw)
    read = jupyter_source("a.ipynb", raw, sha256(raw).hexdigest())
    assert isinstance(read, SourceFile)
    assert not is_rewritable(read)
    on_disk = text_on_disk(read, tmp_path, len(raw))
    assert on_disk is not None
    assert is_rewritable(on_disk)
