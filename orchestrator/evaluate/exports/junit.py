"""A scored run as JUnit XML: a test for each golden, and one for each case that nothing false is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from orchestrator.code.visible import visible
from orchestrator.evaluate.exports.figures import facts
from orchestrator.evaluate.exports.items import CaseItems, Item, Standing, case_items
from orchestrator.report.visible import one_line

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

# What XML 1.0 cannot hold, even as an entity.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_TIMED = "0"


def render(report: Report) -> str:
    """One `testsuites`, with a `testsuite` for each case; a recording that is not fresh is an error of its own."""
    scored = report.scored
    suites = [_suite(case, report) for case in case_items(report)]
    if scored.not_measured:
        suites.append(_not_measured(scored.not_measured))
    root = ET.Element("testsuites", _attributes(name=f"{scored.suite}: {scored.system}", **_sums(suites)))
    root.extend(suites)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(case: CaseItems, report: Report) -> ET.Element:
    tests = [*_goldens(case), _quiet(case)]
    suite = ET.Element("testsuite", _attributes(name=case.name, **_tallied(tests), time=_NOT_TIMED))
    properties = ET.SubElement(suite, "properties")
    for name, text in facts(report).items():
        ET.SubElement(properties, "property", _attributes(name=name, value=text))
    suite.extend(tests)
    return suite


def _goldens(case: CaseItems) -> Iterator[ET.Element]:
    for item in case.items:
        if item.result is None:
            continue
        result = item.result
        test = _test(case, f"{result.id} {result.kind}", item.file, item.lines[0])
        if item.standing is Standing.MISSED:
            must = "a must-find " if result.must_find else "a "
            message = f"{must}{result.severity} defect was missed: {result.kind} at {item.file}:{item.lines[0]}"
            text = item.golden.rationale if item.golden else ""
            _fail(test, message, text)
        yield test


def _quiet(case: CaseItems) -> ET.Element:
    false = [item for item in case.items if item.standing is Standing.FALSE]
    test = _test(case, "says nothing false", None, None)
    if false:
        _fail(test, f"{len(false)} false", "\n".join(_told(item) for item in false))
    return test


def _told(item: Item) -> str:
    said = item.said
    where = f"{item.variant}: {item.file}:{item.lines[0]}"
    return one_line(f"{where}: {said.rule}: {said.message} ({item.why})" if said else where)


def _not_measured(recordings: tuple[str, ...]) -> ET.Element:
    suite = ET.Element(
        "testsuite", _attributes(name="recordings", tests=len(recordings), failures=0,
                                 errors=len(recordings), skipped=0, time=_NOT_TIMED),
    )  # fmt: skip
    for each in recordings:
        test = ET.SubElement(suite, "testcase", _attributes(classname="recordings", name=each, time=_NOT_TIMED))
        ET.SubElement(test, "error", _attributes(message="not measured", type="not-measured"))
    return suite


def _test(case: CaseItems, name: str, file: str | None, line: int | None) -> ET.Element:
    where: dict[str, object] = {} if file is None else {"file": f"{case.case.name}/input/{file}", "line": line}
    return ET.Element(
        "testcase", _attributes(classname=case.name.replace("/", "."), name=name, **where, time=_NOT_TIMED)
    )


def _fail(test: ET.Element, message: str, text: str) -> None:
    failure = ET.SubElement(test, "failure", _attributes(message=one_line(message), type="golden"))
    failure.text = _clean(text)


def _tallied(tests: list[ET.Element]) -> dict[str, int]:
    failures = sum(test.find("failure") is not None for test in tests)
    return {"tests": len(tests), "failures": failures, "errors": 0, "skipped": 0}


def _sums(suites: list[ET.Element]) -> dict[str, int]:
    return {name: sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors")}


def _attributes(**values: object) -> dict[str, str]:
    return {name: _clean(str(value)) for name, value in values.items()}


def _clean(text: str) -> str:
    """The text with every character that acts, or that XML cannot hold, spelled out."""
    return _NOT_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", visible(text))
