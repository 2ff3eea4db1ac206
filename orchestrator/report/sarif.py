"""The review as SARIF 2.1.0, for code scanning: rules with their help, results, fixes, and what was not covered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from orchestrator.code.visible import visible
from orchestrator.report.json_text import json_text
from orchestrator.report.sarif_rule import LEVELS, Json, rule_descriptor
from orchestrator.report.spending import sentence
from orchestrator.report.verdict import uncounted
from orchestrator.report.visible import one_line
from orchestrator.types import Location, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Coverage, Edit, Finding, Fix, Review

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "orchestrateFingerprint/v1"
_BASE = "%SRCROOT%"
_HOME = "https://pypi.org/project/databricks-platform-marketplace/"


def render(review: Review, context: Context) -> str:
    """One run; suppressed results are marked as such, withheld findings are only counted."""
    findings = sorted(_shown(review, context), key=lambda finding: (finding.location, finding.rule, finding.id))
    rules = sorted({finding.rule for finding in findings})
    places = {rule: index for index, rule in enumerate(rules)}
    run: Json = {
        "tool": {"driver": _driver(review, findings, rules, context)},
        "automationDetails": {"id": "orchestrate/review/"},
        "invocations": [_invocation(review)],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the reviewed project."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places[finding.rule], context) for finding in findings],
        "properties": {
            "files": review.files,
            "lines": review.lines,
            "rules": review.rules,
            "notCounted": str(uncounted(review)),
            **({"model": sentence(review.asked)} if review.asked else {}),
        },
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _shown(review: Review, context: Context) -> Iterator[Finding]:
    """What stands as a result: verified and inside the diff, or anything but withheld when all is asked for."""
    for finding in review.findings:
        if finding.standing is Standing.WITHHELD:
            continue
        if context.show_all or finding.in_diff:
            yield finding


def _driver(review: Review, findings: list[Finding], rules: list[str], context: Context) -> Json:
    first = {finding.rule: finding for finding in reversed(findings)}
    return {
        "name": "orchestrate",
        "fullName": f"orchestrate {review.version}",
        "version": review.version,
        "semanticVersion": review.version,
        "informationUri": _HOME,
        "rules": [rule_descriptor(rule, context.page(rule), first[rule]) for rule in rules],
    }


def _invocation(review: Review) -> Json:
    return {
        "executionSuccessful": not (review.incomplete or review.unfinished),
        "toolExecutionNotifications": [_notification(entry) for entry in review.incomplete],
    }


def _notification(entry: Coverage) -> Json:
    reason = f": {one_line(entry.reason)}" if entry.reason else ""
    return {
        "level": "error",
        "message": {"text": f"{one_line(entry.path, 1_000)} was not reviewed in full{reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(entry.path)}}],
    }


def _result(finding: Finding, rule_index: int, context: Context) -> Json:
    checked = finding.standing is Standing.VERIFIED
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "kind": "fail" if checked else "review",
        "level": LEVELS[finding.severity] if checked else "none",
        "message": {"text": _message(finding)},
        "locations": [_location(finding, context)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "rank": float(finding.confidence),
        "properties": {
            "severity": finding.severity,
            "specialists": list(finding.specialists),
            "source": finding.source,
            "inDiff": finding.in_diff,
        },
    }
    if finding.suppressed_by is not None:
        result["suppressions"] = [_suppression(finding.suppressed_by)]
    if finding.fix and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _message(finding: Finding) -> str:
    """The message and its reason; brackets before a parenthesis would be read as a link."""
    text = one_line(finding.message, 1_000)
    if finding.why:
        text = f"{text}\n{visible(finding.why)}"
    return text.replace("](", "] (")


def _suppression(by: str) -> Json:
    kind = "inSource" if by.startswith("comment") else "external"
    return {"kind": kind, "status": "accepted", "justification": one_line(by)}


def _location(finding: Finding, context: Context) -> Json:
    place = finding.location
    physical: Json = {"artifactLocation": _artifact(place.path), "region": _region(place, finding.evidence)}
    around = context.snippet(place, 2, 2)
    if len(around) > place.end_line - place.start_line + 1:
        physical["contextRegion"] = {
            "startLine": around[0][0],
            "endLine": around[-1][0],
            "snippet": {"text": "\n".join(line for _, line in around)},
        }
    location: Json = {"physicalLocation": physical}
    if place.cell is not None:
        location["logicalLocations"] = [{"name": f"cell {place.cell}", "kind": "module"}]
    return location


def _region(place: Location, evidence: str) -> Json:
    region: Json = {"startLine": place.start_line, "startColumn": place.start_column, "endLine": place.end_line}
    if place.end_column is not None:
        region["endColumn"] = place.end_column
    if evidence:
        region["snippet"] = {"text": evidence}
    return region


def _fix(fix: Fix) -> Json:
    by_path: dict[str, list[Json]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(_replacement(edit))
    changes = [{"artifactLocation": _artifact(path), "replacements": edits} for path, edits in by_path.items()]
    return {"description": {"text": one_line(fix.description)}, "artifactChanges": changes}


def _replacement(edit: Edit) -> Json:
    return {
        "deletedRegion": {
            "startLine": edit.start_line,
            "startColumn": edit.start_column,
            "endLine": edit.end_line,
            "endColumn": edit.end_column,
        },
        "insertedContent": {"text": edit.replacement},
    }


def _artifact(path: str) -> Json:
    """The path as a percent-encoded URI under the project's root; bytes that are not UTF-8 keep their values."""
    return {"uri": quote(path.encode("utf-8", "surrogatepass"), safe="/._-~"), "uriBaseId": _BASE}
