"""`orchestrate eval audit`: what is refused, with file and reason and exit code 3."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.evaluate.suites import LOAD, MENDED, Draft, clean, defect, golden, negative, stream, write_suite

Change = Callable[[Draft], None]


def spec(**changes: object) -> Change:
    def change(draft: Draft) -> None:
        draft.spec = {**draft.spec, **changes}

    return change


def first(**changes: object) -> Change:
    def change(draft: Draft) -> None:
        draft.findings[0] = {**golden(), **changes}

    return change


def part(name: str, value: object) -> Change:
    def change(draft: Draft) -> None:
        setattr(draft, name, value)

    return change


def file(name: str, text: str) -> Change:
    return part("files", {name: text})


REFUSED: list[tuple[Change, str]] = [
    (first(quote="orders.take(3)"), "golden.yaml: g1: the quote 'orders.take(3)' is not in lines 10-10 of src/load.py"),
    (first(lines=[11, 11]), "golden.yaml: g1: the quote 'orders.collect()' is not in lines 11-11 of src/load.py: it "),
    (first(lines=[40, 41]), "golden.yaml: g1: src/load.py has 16 lines, not 41"),
    (first(lines=[10, 9]), "golden.yaml: g1: lines [10, 9] end before they begin"),
    (first(lines=[0, 9]), "golden.yaml: g1.lines[1] input should be greater than or equal to 1"),
    (first(file="src/lode.py"), "golden.yaml: g1: input/ has no file 'src/lode.py'"),
    (first(fix_lines=[{"file": "no.py", "lines": [1, 1]}]), "golden.yaml: g1: fix_lines: input/ has no file 'no.py'"),
    (first(category="speed"), "golden.yaml: g1.category input should be 'correctness', "),
    (
        first(severity="blocker"),
        "golden.yaml: g1.severity input should be 'critical', 'high', 'medium' or 'low'; it is",
    ),
    (first(severity="info"), "golden.yaml: g1.severity input should be"),
    (first(rules=["PYS999"]), "golden.yaml: g1: no rule is called 'PYS999'"),
    (first(also_accept=["PYS999", "a-b", "c-d"]), "golden.yaml: g1: also_accept: no rule is called 'PYS999'"),
    (first(also_accept=["Not Kebab", "a-b", "c-d"]), "g1: also_accept: 'Not Kebab' is neither a rule's id nor kebab"),
    (first(also_accept=["one-name"]), "golden.yaml: g1: also_accept needs 2 other kebab-case names or more"),
    (first(also_accept=["unbounded-collect", "a-b"]), "'unbounded-collect' is its kind or one of its rules already"),
    (first(kind="Unbounded"), "golden.yaml: g1.kind string should match pattern"),
    (first(found="yes"), "golden.yaml: g1.found is no field of it"),
    (first(must_find="yes"), "golden.yaml: g1.must_find input should be a valid boolean"),
    (part("findings", [golden(), stream("g1")]), "golden.yaml: 2 findings are called 'g1'"),
    (part("findings", []), "golden.yaml: expects nothing; a case without a defect says `kind: clean`"),
    (file("golden.yaml", "findings: [{id: g1}]"), "golden.yaml: g1.kind is missing"),
    (file("golden.yaml", "findings: [\n  {id: g1"), "golden.yaml: the YAML does not parse at line 3"),
    (
        file("golden.yaml", "findings: []\nfindings: []"),
        "the YAML does not parse at line 2: the key 'findings' stands tw",
    ),
    (file("golden.yaml", "- a"), "golden.yaml: the file input should be an object"),
    (file("notes.md", "to do"), "notes.md: is not a part of a case; there are case.yaml, golden.yaml"),
    (spec(id="other-name"), "case.yaml: the id 'other-name' is not the name of the folder, 'loads-everything'"),
    (spec(tier="T3"), "case.yaml: tier is T3, and the hardest finding is T1"),
    (spec(tier="T9"), "case.yaml: tier input should be 'T1', 'T2', 'T3' or 'T4'; it is 'T9'"),
    (spec(domain="spark"), "case.yaml: domain input should be"),
    (spec(closed_world=["speed"]), "case.yaml: closed_world[1] input should be"),
    (spec(origin={"kind": "hand", "sources": ["a page"]}), "case.yaml: origin.sources[1] string should match pattern"),
    (spec(unparsed=["src/load.py"]), "case.yaml: unparsed: 'src/load.py' does parse, or is no file of input/"),
    (part("negatives", []), "hard_negatives.yaml: a defect case needs a place or more that looks wrong and is right"),
    (
        part("negatives", [negative(9, "no such words")]),
        "hard_negatives.yaml: places[1]: the quote 'no such words' is no",
    ),
    (
        part("negatives", [negative(10, "orders.collect()", looks_like="unbounded-collect")]),
        "hard_negatives.yaml: src/load.py:10-10 is a finding of golden.yaml too",
    ),
    (part("twin", {}), "twin: there is none; a defect case needs the files that its fix changes"),
    (part("twin", {"src/load.py": LOAD}), "twin/src/load.py: is the file of input/ unchanged; leave it out"),
    (part("twin", {"src/new.py": "a = 1\n"}), "twin/src/new.py: input/ has no such file; the twin holds changed files"),
    (
        part("twin", {"src/load.py": MENDED.replace("Loads orders", "Loads all orders")}),
        "twin/src/load.py: changes line 1 of the input, which is no line of a finding",
    ),
    (
        part("twin", {"src/load.py": LOAD.replace("rows = orders.collect()", "rows = orders.take(5)")}),
        "golden.yaml: g2: twin/ changes nothing near its lines or fix_lines",
    ),
    (part("twin", {"src/load.py": MENDED.replace("day)", "day")}), "twin/src/load.py: does not parse: "),
    (part("texts", {"src/load.py": LOAD, "a.py": "def f(:\n"}), "input/a.py: does not parse: "),
    (part("texts", {"src/load.py": LOAD, "databricks.yml": "a: [1\n"}), "input/databricks.yml: does not parse: "),
    (part("texts", {"src/load.py": LOAD, "a.json": "{"}), "input/a.json: does not parse: "),
    (part("texts", {"src/load.py": LOAD, "a.ipynb": "{}"}), "input/a.ipynb: does not parse: "),
    (part("texts", {"src/load.py": LOAD, "b.py": "a = 1  # BUG\n"}), "input/b.py: 'BUG' gives the answer away"),
    (
        part("texts", {"src/load.py": LOAD, "b.py": "a = '" + "dapi" + sha256(b"a").hexdigest()[:32] + "'\n"}),
        "input/b.py: line 1 holds what has the form of a Databricks token: spell it otherwise",
    ),
    (part("place", "dev/Loading/loads-everything"), "case.yaml: the family 'Loading' is not kebab-case"),
]


@pytest.mark.parametrize(("change", "told"), REFUSED, ids=[told[:60] for _, told in REFUSED])
def test_a_case_that_is_not_in_order_is_refused_with_file_and_reason(
    change: Change, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = defect()
    change(draft)
    suite = write_suite(tmp_path, draft, clean())
    assert main(["eval", "audit", str(suite)]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert any(told in line for line in lines), lines
    assert all(line.startswith(draft.place) for line in lines)


@pytest.mark.parametrize("name", ["case.yaml", "golden.yaml", "hard_negatives.yaml"])
def test_a_case_without_one_of_its_files_expects_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = write_suite(tmp_path)
    (suite / defect().place / name).unlink()
    assert main(["eval", "audit", str(suite)]) == 3
    assert f"{defect().place}/{name}: is missing: without it the case expects nothing" in capsys.readouterr().out


def test_a_clean_case_has_neither_goldens_nor_a_twin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = clean()
    draft.findings, draft.twin, draft.negatives = [golden()], {"src/regions.py": "a = 1\n"}, draft.negatives[:1]
    assert main(["eval", "audit", str(write_suite(tmp_path, draft))]) == 3
    out = capsys.readouterr().out
    assert "golden.yaml: a clean case has findings: []" in out
    assert "twin: a clean case has no twin" in out
    assert "hard_negatives.yaml: a clean case needs 2 places or more" in out


def test_a_family_on_both_sides_of_the_split_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = clean()
    draft.place = "test/loading/few-regions"
    assert main(["eval", "audit", str(write_suite(tmp_path, defect(), draft))]) == 3
    assert "the family 'loading' has cases in dev and in test" in capsys.readouterr().out


def test_an_id_that_stands_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = defect()
    draft.place = "dev/again/loads-everything"
    assert main(["eval", "audit", str(write_suite(tmp_path, defect(), draft))]) == 3
    assert capsys.readouterr().out.count("the id 'loads-everything' is that of another case too") == 2


def test_a_file_that_does_not_parse_may_be_the_defect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = defect()
    draft.texts["a.py"] = "def f(:\n"
    draft.spec["unparsed"] = ["a.py"]
    assert main(["eval", "audit", str(write_suite(tmp_path, draft))]) == 0, capsys.readouterr().out


def test_goldens_that_no_reviewer_could_find_both_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = defect()
    draft.findings.append(golden("g3"))
    assert main(["eval", "audit", str(write_suite(tmp_path, draft))]) == 3
    assert "the goldens themselves do not score 1.0 (2 of 3 found" in capsys.readouterr().out


def test_a_suite_in_order_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "audit", str(write_suite(tmp_path))]) == 0
    out = capsys.readouterr().out
    assert "2 cases in 2 families are in order: 1 with defects, 1 clean; 2 findings, 0 of them of kinds" in out


def test_one_case_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = defect()
    draft.spec["tier"] = "T4"
    suite = write_suite(tmp_path, draft, clean())
    assert main(["eval", "audit", str(suite), "--case", "few-regions"]) == 0
    assert main(["eval", "audit", str(suite), "--case", "loads-everything"]) == 3
    capsys.readouterr()
    assert main(["eval", "audit", str(suite), "--case", "nothing"]) == 2
    assert "no case is called 'nothing'" in capsys.readouterr().err


def test_a_folder_that_is_no_suite_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "audit", str(tmp_path)]) == 2
    assert "is no suite" in capsys.readouterr().err


def test_the_cases_of_the_benchmark_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "audit", "databricks-review"]) == 0, capsys.readouterr().out
