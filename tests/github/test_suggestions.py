"""A suggestion is made of a fix that was seen to work, and of nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator.github.diff.files import DiffedFile, PullDiff
from orchestrator.github.diff.hunks import hunks_of
from orchestrator.github.placing import Tree, placed
from orchestrator.github.suggestions import Suggested, Suggestions
from orchestrator.types import Edit, Finding, Fix
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request

LINES = (
    "from pyspark.sql import functions as F",
    "",
    "df = spark.table('main.silver.orders')",
    "if df.count() == 0:",
    "    raise ValueError('none')",
    "df.write.saveAsTable('main.gold.orders')",
    *("# more",) * 9,
)
AT = 4
Make = Callable[[str], Fix]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A reviewed file whose count is compared with zero, and a diff that shows some of its lines."""

    finding: Finding
    suggestions: Suggestions

    def suggested(self, fix: Fix | None) -> Suggested | None:
        """What becomes of the finding with that fix in place of its own."""
        of = replace(self.finding, fix=fix)
        (inline,) = placed([of], self.suggestions.diff, self.suggestions.tree).inline
        return self.suggestions.suggested(inline)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    (tmp_path / "load.py").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    request = Request(path=tmp_path, today=dt.date(2026, 11, 23))
    reviewed = cached_review(request, use_cache=False)
    (found,) = [finding for finding in reviewed.review.findings if finding.rule == "PYS009"]
    patch = "@@ -3 +3,4 @@\n" + "\n".join(f"+{line}" for line in LINES[2:6]) + "\n-x\n"
    diff = PullDiff(files={"load.py": DiffedFile(path="load.py", hunks=hunks_of(patch))})
    tree = Tree(root=tmp_path)
    return Scene(finding=found, suggestions=Suggestions(request=request, reviewed=reviewed, diff=diff, tree=tree))


def lines(first: int, last: int, text: str, path: str = "load.py") -> Fix:
    """A fix that puts a text in place of whole lines, newline and all."""
    edit = Edit(path=path, start_line=first, start_column=1, end_line=last + 1, end_column=1, replacement=text)
    return Fix(description="Mend it", edits=(edit,), safe=True)


def test_the_fix_of_a_rule_is_suggested_at_its_line(scene: Scene) -> None:
    found = scene.suggested(scene.finding.fix)
    assert found is not None
    assert (found.suggestion, found.inline.place.line) == ("if df.isEmpty():", AT)


def test_a_fix_of_more_lines_than_the_finding_has_widens_the_comment(scene: Scene) -> None:
    found = scene.suggested(lines(AT, AT + 1, "df.limit(1)\n"))
    assert found is not None
    assert (found.inline.place.start_line, found.inline.place.line, found.suggestion) == (AT, AT + 1, "df.limit(1)")


def test_a_fix_that_takes_lines_away_is_an_empty_suggestion(scene: Scene) -> None:
    found = scene.suggested(lines(AT, AT + 1, ""))
    assert found is not None
    assert found.suggestion == ""


UNPROVEN: dict[str, Fix | None] = {
    "none": None,
    "without edits": Fix(description="x", edits=()),
    "that changes nothing the rule sees": lines(AT, AT, "if df.count() == 0:  # mended\n"),
    "that does not parse": lines(AT, AT, "if df.isEmpty(:\n"),
    "that another rule reports": lines(
        AT, AT + 1, "for name in df.columns:\n    df = df.withColumn(name, F.trim(name))\n"
    ),
    "of another file": lines(AT, AT, "pass\n", path="other.py"),
    "that begins above the hunk": lines(1, AT + 1, "df = spark.table('t')\n"),
    "that ends below the hunk": lines(AT, AT + 4, "\n"),
    "of too many lines": lines(AT, AT + 1, "x = 1\n" * 40),
    "that leaves one empty line": lines(AT, AT + 1, "\n"),
    "that hides a character": lines(AT, AT + 1, "x = '\u202e'\n"),
}


@pytest.mark.parametrize("name", UNPROVEN)
def test_a_fix_that_is_not_proven_is_not_suggested(scene: Scene, name: str) -> None:
    assert scene.suggested(UNPROVEN[name]) is None
