"""The texts of a posted review, written by the reports."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.github.placing import Aside
from orchestrator.report.context import Context
from orchestrator.report.pull_comment import comment
from orchestrator.report.pull_summary import summary, title
from orchestrator.report.verdict import verdict
from orchestrator.report.visible import one_line
from orchestrator.types import Finding, Review


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportTexts:
    """What people read of one review; `notes` are said at the end of its summary."""

    review: Review
    context: Context
    notes: tuple[str, ...] = ()

    def title(self) -> str:
        """The answer in a few words."""
        return title(self.review, self.context.fail_on)

    def reason(self) -> str:
        """The answer in a sentence."""
        missing = next((f": {gap.path}: {gap.reason}" for gap in self.review.incomplete), "")
        said = verdict(self.review, self.context.fail_on).sentence
        return one_line(f"{said[:1].upper()}{said[1:]}{missing}", 1_000)

    def comment(self, finding: Finding, *, said: str, suggests: bool) -> str:
        """A finding on its line."""
        return comment(finding, self.context, said=said, suggests=suggests)

    def summary(self, *, inline: int, aside: tuple[Aside, ...]) -> str:
        """The whole review, and the findings that are no comments."""
        others = ((each.finding, each.reason) for each in aside)
        return summary(self.review, self.context.fail_on, inline=inline, aside=others, notes=self.notes)
