"""YAML with positions: what nodes know, how scalars are typed, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.code.source import SourceFile
from orchestrator.code.yaml import YamlDocument, YamlList, YamlMap, YamlScalar, YamlValue, parse_yaml
from orchestrator.types import Location


def parse(text: str) -> YamlDocument:
    return parse_yaml(SourceFile(path="file.yml", text=text, digest=""))


def root(text: str) -> YamlMap:
    document = parse(text)
    assert document.problem is None
    assert isinstance(document.root, YamlMap)
    return document.root


def test_scalar_knows_the_line_and_columns_of_its_text() -> None:
    scalar = root("job:\n  name: 'load'\n").at("job", "name")
    assert isinstance(scalar, YamlScalar)
    assert scalar.quoted
    assert scalar.location == Location(path="file.yml", start_line=2, end_line=2, start_column=9, end_column=15)


def test_key_has_a_location_of_its_own() -> None:
    place = root("a: 1\nlong_key:\n  - x\n").key_location("long_key")
    assert (place.start_line, place.start_column, place.end_column) == (2, 1, 9)


def test_absent_key_is_located_at_its_map() -> None:
    node = root("a: 1\nb: 2\n")
    assert node.key_location("c") == node.location


def test_block_map_ends_where_its_last_value_ends_and_not_at_the_next_key() -> None:
    first = root("one:\n  a: 1\n  b: two\n\n# comment\nnext: 1\n").map("one")
    assert first is not None
    assert (first.start_line, first.end_line, first.span.end_column) == (2, 3, 9)


def test_block_text_ends_on_its_last_line() -> None:
    scalar = root("run: |\n  first\n  second\n\nnext: 1\n").scalar("run")
    assert scalar is not None
    assert scalar.text == "first\nsecond\n"
    assert (scalar.start_line, scalar.end_line) == (1, 3)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 15),
        ("08", 8.0),
        ("1.5e3", 1500.0),
        (".inf", float("inf")),
        ("2026-01-01", "2026-01-01"),
        ("15.4.x-scala2.12", "15.4.x-scala2.12"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("9" * 500, "9" * 500),
    ],
)
def test_plain_scalar_is_typed_as_the_bundle_cli_types_it(raw: str, value: YamlValue) -> None:
    scalar = root(f"key: {raw}\n").get("key")
    assert isinstance(scalar, YamlScalar)
    assert scalar.value == value
    assert type(scalar.value) is type(value)


def test_typed_accessors_answer_none_for_another_type() -> None:
    node = root("map: {a: 1}\nlist: [1]\ntext: word\nnone: null\n")
    assert node.map("list") is None
    assert node.list("map") is None
    assert node.text("map") is None
    assert node.text("none") is None
    assert node.integer("text") is None
    assert node.boolean("text") is None
    assert node.get("absent") is None
    assert node.maps("map") == ()


def test_numbers_and_truth_values_are_read_from_quoted_text_as_well() -> None:
    node = root("n: '8'\nb: yes\nr: ${var.workers}\n")
    assert node.integer("n") == 8
    assert node.boolean("b") is True
    assert node.integer("r") is None


def test_reference_is_a_hole_with_its_path() -> None:
    scalar = root("path: /a/${bundle.name}/${var.x-y}\n").scalar("path")
    assert scalar is not None
    assert scalar.holes == ("bundle.name", "var.x-y")


def test_key_written_twice_keeps_the_last_value_and_is_recorded() -> None:
    node = root("a: 1\nb: 2\na: 3\n")
    assert node.integer("a") == 3
    assert [(key.text, key.start_line) for key in node.duplicates] == [("a", 3)]


def test_merge_key_gives_the_anchored_entries_and_own_keys_win() -> None:
    node = root("base: &b {x: 1, y: 2}\njob:\n  <<: *b\n  y: 3\n").map("job")
    assert node is not None
    assert (node.integer("x"), node.integer("y")) == (1, 3)
    assert node.key_location("x").start_line == 1


def test_every_document_of_a_file_is_kept_and_the_first_is_the_root() -> None:
    document = parse("---\na: 1\n---\nb: 2\n")
    assert [list(each) for each in document.documents if isinstance(each, YamlMap)] == [["a"], ["b"]]
    assert document.root is document.documents[0]


def test_unknown_tag_is_kept_and_never_constructed() -> None:
    node = root("a: !reference [x]\nb: !!python/object/apply:os.system ['true']\n").get("b")
    assert isinstance(node, YamlList)
    assert node.tag == "!!python/object/apply:os.system"


def test_holders_finds_the_maps_along_a_path_through_lists() -> None:
    node = root("tasks:\n  - c: {v: 1}\n  - c: {w: 2}\n  - c: {v: 3}\n")
    assert [each.integer("v") for each in node.holders("tasks[].c.v")] == [1, 3]


def test_foreign_line_separators_do_not_shift_lines() -> None:
    place = root("a: x\u2028b: 1\nc: 2\n").key_location("c")
    assert (place.start_line, place.start_column) == (2, 1)


def test_empty_file_has_neither_root_nor_problem() -> None:
    document = parse("# only a comment\n")
    assert (document.root, document.problem) == (None, None)


BOMB = "a0: &a0 [1, 2, 3]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 15))


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a:\n\tb: 1\n", "is not valid YAML: found character that cannot start any token", 2),
        ("a: [1, 2\n", "is not valid YAML: did not find expected ',' or ']'", 2),
        ("a: 1\nb: *nowhere\n", "uses the alias '*nowhere' before its anchor is complete", 2),
        ("a: &a [*a]\n", "uses the alias '*a' before its anchor is complete", 1),
        ("{{ jinja }}: 1\n", "has a list or a map as a key (is it a template?)", 1),
        ("a: \x01\n", "is not valid YAML: control characters are not allowed", 1),
        ("a: \ud800\n", "is not valid YAML: UnicodeEncodeError", 1),
        ("[" * 1000 + "]" * 1000, "nests deeper than 100 levels", 1),
        ("a: " + "{a: " * 1000 + "}" * 1000, "nests deeper than 100 levels", 1),
        (BOMB, "has more than 200,000 nodes once aliases are expanded", 6),
        ("a: " + "x" * 4_000_000, "is larger than 4,000,000 characters", 1),
    ],
    ids=[
        "tab",
        "unclosed",
        "no anchor",
        "cycle",
        "template",
        "control",
        "surrogate",
        "deep",
        "deep map",
        "bomb",
        "big",
    ],
)
def test_what_cannot_be_read_is_a_sentence_with_a_line(text: str, problem: str, line: int) -> None:
    document = parse(text)
    assert document.root is None
    assert (document.problem, document.problem_line) == (problem, line)


def test_depth_counts_what_aliases_bring_in() -> None:
    text = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 150))
    assert parse(text).problem == "nests deeper than 100 levels"


@example("?")
@given(st.text(alphabet=st.sampled_from("ab01:-[]{}&*!|>'\"#%@,?\n\t \\<~.${}é\x85\u2028"), max_size=120))
def test_text_like_yaml_never_raises_and_positions_stay_inside_the_file(text: str) -> None:
    document = parse(text)
    waiting = list(document.documents)
    lines = document.source.lines
    while waiting:
        node = waiting.pop()
        place = node.location
        assert 1 <= place.start_line <= len(lines)
        assert place.end_line <= len(lines)
        assert place.start_column <= len(lines[place.start_line - 1]) + 1
        if isinstance(node, YamlMap):
            waiting += [value for _, value in node.items()]
        elif isinstance(node, YamlList):
            waiting += node
