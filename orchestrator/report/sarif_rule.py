"""A rule as SARIF describes it: its help as text and as Markdown, its level, and what code scanning ranks it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from orchestrator.code.visible import visible
from orchestrator.report.markdown_text import fenced, link, prose
from orchestrator.report.page_text import Sample, blocks
from orchestrator.report.visible import one_line
from orchestrator.types import Severity

if TYPE_CHECKING:
    from orchestrator.report.context import RulePage
    from orchestrator.types import Finding

Json: TypeAlias = dict[str, object]
"""A JSON object on its way out: built and printed inside this format, never read."""

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# What code scanning sorts security alerts by: above 9 is critical, from 7 high, from 4 medium, below low.
_SECURITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_SECURITY_PREFIX = "SEC"


def rule_descriptor(rule: str, page: RulePage | None, finding: Finding) -> Json:
    """The descriptor of a rule; without a page of its own the finding says what is known."""
    if page is None:
        return _unknown(rule, finding)
    return {
        "id": rule,
        "name": _name(page.name),
        "shortDescription": {"text": one_line(page.summary)},
        "fullDescription": {"text": _first_words(page)},
        "help": {"text": visible(page.text) or one_line(page.summary), "markdown": help_markdown(page)},
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": _properties(rule, page),
        **_help_address(page),
    }


def help_markdown(page: RulePage) -> str:
    """The rule's page as Markdown: its samples fenced, its sources as links."""
    parts = [f"**{prose(page.summary)}**"] if page.summary else []
    for block in blocks(page.text):
        if isinstance(block, Sample):
            parts.append(f"_{prose(block.label)}_\n\n{fenced(block.code, lines=60)}")
        elif block.text != page.summary:
            label = f"**{block.label}** " if block.label else ""
            parts.append(f"{'- ' if block.bullet else ''}{label}{prose(block.text, 2_000)}")
    parts += [f"- {link(address, address)}" for address in page.references]
    return "\n\n".join(parts)


def _unknown(rule: str, finding: Finding) -> Json:
    text = one_line(finding.message)
    return {
        "id": rule,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": visible(finding.why) or text, "markdown": prose(finding.why) or prose(text)},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": list(finding.specialists), "precision": "medium"},
    }


def _properties(rule: str, page: RulePage) -> Json:
    is_security = rule.startswith(_SECURITY_PREFIX)
    properties: Json = {
        "tags": [page.specialist, "databricks", *(["security"] if is_security else [])],
        "precision": "high" if page.default else "medium",
        "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[LEVELS[page.severity]],
    }
    if is_security and page.severity in _SECURITY:
        properties["security-severity"] = _SECURITY[page.severity]
    return properties


def _name(name: str) -> str:
    """`driver-collect` as `DriverCollect`, the form that SARIF viewers expect."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("_", "-").split("-"))


def _first_words(page: RulePage) -> str:
    """The summary and the first paragraph of the page that says more."""
    for block in blocks(page.text):
        if not isinstance(block, Sample) and block.text != page.summary:
            return f"{one_line(page.summary)} {one_line(block.text, 900)}"
    return one_line(page.summary)


def _help_address(page: RulePage) -> Json:
    """The first source of the rule, as the page to open from a viewer."""
    address = next((each for each in page.references if each.startswith("https://")), "")
    return {"helpUri": address} if address else {}
