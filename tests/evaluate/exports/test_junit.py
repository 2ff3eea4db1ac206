"""The JUnit XML of a scored run: valid by the schema that Jenkins publishes, its sums right."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from orchestrator.evaluate.exports import render
from orchestrator.evaluate.exports.report import Report
from tests.evaluate.exports.samples import full, hostile, stale, synthetic
from tests.evaluate.exports.test_every_format import STORABLE

# What the schema of the Jenkins xUnit plugin (junit-10.xsd) allows where: attributes, required ones, children in order.
SHAPE: dict[str, tuple[set[str], set[str], list[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), ["testsuite"]),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "file"},
        {"name", "tests"},
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "properties": (set(), set(), ["property"]),
    "property": ({"name", "value"}, {"name", "value"}, []),
    "testcase": (
        {"name", "classname", "time", "file", "line", "assertions", "status"},
        {"name", "classname", "time"},
        ["skipped", "error", "failure", "system-out", "system-err"],
    ),
    "failure": ({"type", "message"}, set(), []),
    "error": ({"type", "message"}, set(), []),
}


def parsed(text: str) -> ET.Element:
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(["start"])
    parser.feed(text)
    parser.close()
    root: object = [*next(iter(parser.read_events()))][1]
    assert isinstance(root, ET.Element)
    return root


def check(element: ET.Element) -> None:
    allowed, required, children = SHAPE[element.tag]
    assert set(element.attrib) <= allowed
    assert required <= set(element.attrib)
    order = [children.index(child.tag) for child in element]
    assert order == sorted(order)
    for child in element:
        check(child)


@pytest.mark.parametrize("report", [full, synthetic, stale])
def test_the_shape_is_that_of_the_schema(report: Callable[[], Report]) -> None:
    check(parsed(render("junit", report())))


@pytest.mark.parametrize("trap", STORABLE)
def test_hostile_text_stays_well_formed(trap: str) -> None:
    check(parsed(render("junit", hostile(trap))))


@pytest.mark.parametrize("report", [full, stale])
def test_the_sums_are_those_of_the_tests(report: Callable[[], Report]) -> None:
    root = parsed(render("junit", report()))
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "0")) == len(list(element.iter("testcase")))
        assert int(element.get("failures", "0")) == len(list(element.iter("failure")))
        assert int(element.get("errors", "0")) == len(list(element.iter("error")))


def test_a_missed_golden_fails_and_a_found_one_passes() -> None:
    tests = {test.get("name"): test for test in parsed(render("junit", full())).iter("testcase")}
    missed = tests["g2 missing-watermark"].find("failure")
    assert missed is not None
    assert missed.get("message") == "a must-find high defect was missed: missing-watermark at src/load.py:6"
    assert missed.text == "State grows for ever."
    assert tests["g1 shared-checkpoint"].find("failure") is None


def test_a_stale_recording_is_an_error_and_no_failure() -> None:
    (suite,) = [each for each in parsed(render("junit", stale())).iter("testsuite") if each.get("name") == "recordings"]
    assert suite.get("failures") == "0"
    (test,) = suite.iter("testcase")
    assert test.get("name") == "daily-total e1 input streaming-specialist: STALE-PROMPT"
    assert test.find("error") is not None
